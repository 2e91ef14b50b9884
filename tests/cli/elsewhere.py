"""A machine on which only those labs are known that a test says."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import CompletedProcess

from lab.places import Record
from tests.support.command import dxlab

_MOUNT = 'mount --bind "$0" /run/dxlab && exec "$@"'


@dataclass(frozen=True)
class Elsewhere:
    """A directory that is /run/dxlab for the verbs that are run here."""

    run: Path

    def early(self, name: str) -> None:
        """A lab that was killed before it could write its record."""
        (self.run / name).mkdir()
        (self.run / name / "lock").touch()

    def lab(self, name: str, url: str = "") -> None:
        """A lab of which there is a record and nothing else."""
        (self.run / name).mkdir()
        record = Record(name, 1, url, f"/var/lib/dxlab/{name}")
        (self.run / name / "lab.json").write_text(json.dumps(asdict(record)))

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """The lab has an endpoint that lives, as far as the lock tells: this process."""
        with (self.run / name / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def dxlab(self, *arguments: str) -> CompletedProcess[str]:
        return dxlab(*arguments, prefix=("unshare", "--mount", "sh", "-c", _MOUNT, str(self.run)))
