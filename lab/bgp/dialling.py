"""When to dial: a small pure policy over a monotonic clock.

While there is no session the speaker dials at once when something has changed (it started, the link came up,
the router called and hung up), then every second. Each attempt is a new one: after a wrong MD5 key was
mended, or a neighbour cache entry went bad, the retransmission of an old SYN may come many seconds later, a
fresh SYN comes now.

A router that refuses our OPEN (wrong ASN, say) would refuse it a thousand times a second. So the pause after
a refusal grows from one second to five, until the router calls by itself, the link comes up, or a session is
Established. After any other end the first pause is a quarter of a second: enough for the router to notice,
too little for anybody to wait.

Pauses vary by a few milliseconds, so that two ends that dial each other do not collide for ever.
"""

from __future__ import annotations

import random
from collections.abc import Callable

ATTEMPT = 1.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
_JITTER = 0.02


class DialPolicy:
    """Says when the next attempt is due. All times are seconds of one monotonic clock.

    :param jitter: returns a number from 0 to 1.
    """

    def __init__(self, now: float, jitter: Callable[[], float] = random.random) -> None:
        self._jitter = jitter
        self._refusals = 0
        self._closings = 0
        self._was_established = False
        self._was_refused = False
        self.due = now

    def dialled(self, now: float) -> None:
        """An attempt begins; if nothing comes of it, the next one follows."""
        self._after(ATTEMPT, now)

    def encouraged(self, now: float) -> None:
        """Something changed for the better: dial at once."""
        self._refusals = self._closings = 0
        self.due = now

    def connected(self, *, called: bool) -> None:
        """A connection is open. If the router called: what it refused before, it may accept now."""
        self._was_established = self._was_refused = False
        if called:
            self._refusals = 0

    def refused(self) -> None:
        """A NOTIFICATION ends this connection, other than one that settles a collision."""
        self._was_refused = True

    def established(self) -> None:
        self._was_established = True
        self._refusals = self._closings = 0

    def closed(self, now: float) -> None:
        """The connection ended."""
        self._refusals += self._was_refused and not self._was_established
        pause = float(self._refusals) or (ATTEMPT if self._closings else _FIRST_PAUSE)
        self._closings += 1
        self._after(min(pause, _LONGEST_PAUSE), now)

    def _after(self, pause: float, now: float) -> None:
        self.due = now + pause + self._jitter() * _JITTER
