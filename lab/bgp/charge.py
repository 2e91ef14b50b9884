"""One BGP peer in the launcher's charge: its speaker, and what becomes of the peer when that ends.

A `Charge` forks the speaker, remembers what the next one would have to know, and says when that is due. It
holds no descriptor but its end of the line to the speaker, and since nobody else holds the other end, the end
of that line is the speaker's death.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from lab.bgp.channel import Channel
from lab.bgp.events import PrefixLimitExceeded, ProbationPassed, SpeakerExited, SpeakerStarted, kind_of
from lab.bgp.spec import Network, SpeakerSpec

# Called once with None when a request is carried out, or with a sentence when it failed.
Answer = Callable[[str | None], None]

# A speaker that lived for so long was sound, seconds: its death is as good as a first one.
_SOUND = 10.0
_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0

# How long a speaker may take over its farewell before it is killed, seconds.
_FAREWELL = 3.0


@dataclass(frozen=True)
class Birth:
    """What a forked child needs to become a speaker.

    :param orders: the child's end of the line to the launcher.
    :param launcher: the process that must not be outlived.
    """

    spec: SpeakerSpec
    link_up: bool
    on_probation: bool
    orders: socket.socket
    launcher: int


class InChild(BaseException):
    """Raised in the forked child, to leave the launcher's loop."""

    def __init__(self, birth: Birth) -> None:
        super().__init__()
        self.birth = birth


class Charge:
    """A peer and, except between a death and the next birth, its speaker.

    :param started: told when the first speaker runs, or why it could not.
    """

    def __init__(self, spec: SpeakerSpec, started: Answer) -> None:
        self.spec = spec
        self.link_up = True
        self.on_probation = False
        self.pid = 0
        self.line: Channel | None = None
        self.due: float | None = None
        self._started: Answer | None = started
        self._stopped: list[Answer] = []
        self._last_words = ""
        self._deaths = 0
        self._born_at = 0.0

    @property
    def stopping(self) -> bool:
        return bool(self._stopped)

    def bear(self) -> Channel:
        """Fork a speaker and return the line to it; raises InChild in the child."""
        ours, theirs = socket.socketpair()
        launcher = os.getpid()
        self.pid = os.fork()
        if not self.pid:
            ours.close()
            raise InChild(Birth(self.spec, self.link_up, self.on_probation, theirs, launcher))
        theirs.close()
        self.line = Channel(ours)
        self.due = None
        self._born_at = time.monotonic()
        self._last_words = ""
        return self.line

    def order(self, name: str, **details: object) -> None:
        """Tell the speaker, if there is one; the next one learns it at birth."""
        if self.line is not None:
            self.line.send(json.dumps({"order": name} | details))

    def set_link(self, up: bool) -> None:
        self.link_up = up
        self.order("link", up=up)

    def announce(self, prefixes: tuple[Network, ...]) -> None:
        self.spec = replace(self.spec, announce=prefixes)
        self.order("announce", prefixes=[str(prefix) for prefix in prefixes])

    def stop(self, subcode: int, stopped: Answer) -> None:
        """Let the speaker say Cease with this subcode and end; `settle` answers when it has."""
        self._stopped.append(stopped)
        self.order("stop", subcode=subcode)
        self.due = time.monotonic() + _FAREWELL

    def kill(self) -> None:
        """End a speaker that did not stop in time."""
        self.due = None
        os.kill(self.pid, signal.SIGKILL)

    def note(self, line: str) -> None:
        """Learn from an event what the next speaker would have to know, and whether this one runs."""
        kind = kind_of(line)
        if kind == SpeakerStarted.__name__ and self._started is not None:
            self._started(None)
            self._started = None
        elif kind == PrefixLimitExceeded.__name__:
            self.on_probation = True
        elif kind == ProbationPassed.__name__:
            self.on_probation = False
        elif kind == SpeakerExited.__name__:
            self._last_words = json.loads(line)["reason"]

    def bury(self) -> SpeakerExited:
        """Collect a dead speaker. Afterwards `due` says when the next is to be born, if one is."""
        assert self.line is not None
        self.line.close()
        self.line = None
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self._last_words = self._last_words or _obituary(status, stopped=self.stopping)
        if self.lives_on:
            self._plan_the_next()
        return SpeakerExited(self.spec.peer_id, time.time(), status, self._last_words)

    @property
    def lives_on(self) -> bool:
        """Whether a dead speaker is to have a successor: not one that was stopped, nor a first that never ran."""
        return not self.stopping and self._started is None

    def settle(self) -> None:
        """Answer the requests that waited for the end of a charge that does not live on."""
        if self._started is not None:
            self._started(self._last_words)
        for answer in self._stopped:
            answer(None)

    def _plan_the_next(self) -> None:
        now = time.monotonic()
        self._deaths = 1 if now - self._born_at > _SOUND else self._deaths + 1
        pause = _SHORTEST_PAUSE * 2 ** (self._deaths - 2) if self._deaths > 1 else 0.0
        self.due = now + min(pause, _LONGEST_PAUSE)


def _obituary(status: int, *, stopped: bool) -> str:
    if stopped:
        return "speaker stopped"
    if status < 0:
        return f"speaker died ({signal.Signals(-status).name})"
    return f"speaker died (exit status {status})"
