"""Telling on standard error what goes on, and waiting for what will."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

#: Seconds between two looks at something that is waited for, in every measurement the same.
PAUSE = 0.002
#: Seconds after which something waited for is taken not to come.
PATIENCE = 15.0


def tell(text: str) -> None:
    """One line of progress."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


def counted(what: str, count: int) -> Iterator[int]:
    """The numbers below `count`; after each tenth of them it is told how far things are."""
    tell(f"{what}, {count} times")
    step = max(1, count // 10)
    for number in range(count):
        yield number
        if (number + 1) % step == 0:
            tell(f"  {number + 1} of {count}")


def wait_for(
    condition: Callable[[], bool],
    what: str,
    *,
    patience: float = PATIENCE,
    pause: float = PAUSE,
    details: Callable[[], str] = str,
) -> None:
    """Return as soon as the condition holds; TimeoutError, with the details, if it does not in time.

    :param patience: seconds.
    :param pause: seconds between two looks.
    """
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:.0f} s in vain for {what} {details()}".rstrip())
        time.sleep(pause)
