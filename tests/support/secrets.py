"""Looking for words that nobody may see: in what processes show of themselves, and in what everybody may read."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def watching_processes(*words: str) -> Iterator[set[str]]:
    """The files of /proc in which one of the words was seen while the block ran."""
    seen = _showing(words)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            seen.update(_showing(words))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _showing(words: Collection[str]) -> set[str]:
    """The command lines and environments of all processes that hold one of the words."""
    files = [path for name in ("cmdline", "environ") for path in Path("/proc").glob(f"[0-9]*/{name}")]
    return {str(path) for path in files if holds(content(path), words)}


def content(path: Path) -> bytes:
    """Empty where the process is gone, or the file is none that can be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def holds(text: bytes | str, words: Collection[str]) -> bool:
    content = text.encode() if isinstance(text, str) else text
    return any(word.encode() in content for word in words)


def readable_by_everybody(words: Collection[str], since: float, *directories: Path) -> list[Path]:
    """The files below these directories in which the user nobody could find one of the words.

    :param since: in seconds of the epoch; what was written before is left out.
    """
    nobody = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
    search = ("find", *map(str, directories), "-type", "f", "-newermt", f"@{since}", "-readable", "-print0")
    found = subprocess.run((*nobody, *search), capture_output=True, check=False)
    paths = [Path(os.fsdecode(name)) for name in found.stdout.split(b"\0") if name]
    return [path for path in paths if holds(content(path), words)]
