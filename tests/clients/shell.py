"""The shell of a user who has read the documentation: the lab's commands on the path, its endpoint in the
environment.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients.document import Program
from tests.support.command import Running

#: The labs of other tests may be up as well, and hold the usual port.
_APART = {
    r"dxlab up ": "dxlab up --port 0 ",
    r"dxlab exec ": "dxlab exec --lab {name} ",
    r"dxlab down\b": "dxlab down {name}",
}
_INTERPRETERS = {"sh": ("bash", "-euo", "pipefail", "-c"), "python": (sys.executable, "-c")}


@dataclass(frozen=True)
class Shell:
    """Runs programs as a user of one lab would.

    :ivar directory: the working directory.
    :ivar variables: environment variables besides those of a user who has no AWS account.
    """

    lab: str
    directory: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, *shown: Program) -> str:
        """Run programs of one language as one, and return what they print.

        They may be taken from a document: what they say to `dxlab` is said to this shell's own lab.
        """
        (language,) = {program.language for program in shown}
        text = "\n".join(program.text for program in shown)
        for said, meant in _APART.items():
            text = re.sub(said, meant.format(name=self.lab), text)
        words = (*_INTERPRETERS[language], text)
        done = subprocess.run(
            words, cwd=self.directory, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout

    def sh(self, text: str) -> str:
        """Run a line of shell."""
        return self.run(Program("sh", text, None))

    @property
    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        commands = os.pathsep.join((str(Path(sys.executable).parent), kept["PATH"]))
        nobody = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        return {**kept, **nobody, "PATH": commands, **self.variables}


def exported(lab: Running) -> dict[str, str]:
    """What the documentation has a user export for a lab that is up."""
    return {
        "AWS_ENDPOINT_URL_DIRECT_CONNECT": lab.url,
        "AWS_DEFAULT_REGION": lab.region,
        "AWS_ACCESS_KEY_ID": "dxlab",
        "AWS_SECRET_ACCESS_KEY": "dxlab",
    }
