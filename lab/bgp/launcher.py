"""The endpoint's side of the launcher: start, stop and steer speakers, and hear what they report.

    launcher = await Launcher.open(run_directory)
    await launcher.start(spec)
    async for event in launcher.events():
        session, effects = step(session, event)

`open` finds the launcher that an earlier endpoint left running, or starts one. Either way the first events
are a `Snapshot` of every speaker that runs. What must be done to match them with what is wanted is the
caller's business: `speakers` tells the fingerprint of each. See `lab.bgp.launcher_process` for the other
side.

While the launcher is stopped or hangs, its speakers go on and nobody hears of them. `ping` finds out, and `rouse`
continues a launcher that is stopped.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import faults
from lab.bgp.events import SpeakerEvent, decode
from lab.bgp.notifications import DE_CONFIGURED
from lab.bgp.spec import Network, SpeakerSpec
from lab.errors import SpeakerError

__all__ = ["Launcher", "RunningSpeaker", "SpeakerSpec"]

Message = dict[str, Any]

# A Snapshot with all routes of a public virtual interface is one line of some 200 KB.
_LONGEST_LINE = 16 << 20


@dataclass(frozen=True)
class RunningSpeaker:
    """What the launcher says of a speaker. `fingerprint` is that of its `SpeakerSpec`."""

    pid: int
    fingerprint: str


class Launcher:
    """A connection to the launcher process of one lab. Every request raises SpeakerError once that is gone."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, run_directory: Path
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._run_directory = run_directory
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._events: asyncio.Queue[SpeakerEvent | None] = asyncio.Queue()
        self._requests = 0
        self._closed = False
        self._gone = False
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, run_directory: Path) -> Launcher:
        """Connect to the launcher of a lab, and start it if there is none.

        :param run_directory: an existing directory of root's; the launcher keeps its socket and log there.
        :raises SpeakerError: the process does not start.
        """
        path = run_directory / "launcher.sock"
        _signal(run_directory, signal.SIGCONT)
        try:
            reader, writer = await asyncio.open_unix_connection(path, limit=_LONGEST_LINE)
        except (FileNotFoundError, ConnectionRefusedError):
            await _start_process(run_directory)
            reader, writer = await asyncio.open_unix_connection(path, limit=_LONGEST_LINE)
        return cls(reader, writer, run_directory)

    async def events(self) -> AsyncIterator[SpeakerEvent]:
        """What all speakers report, in order. Ends after `close`.

        :raises SpeakerError: the launcher died, and all speakers with it.
        """
        while (event := await self._events.get()) is not None:
            yield event
        self._events.put_nowait(None)
        if not self._closed:
            raise self._lost()

    async def speakers(self) -> dict[str, RunningSpeaker]:
        """The speakers by BGP peer id."""
        answer = await self._ask("speakers")
        return {peer_id: RunningSpeaker(**fields) for peer_id, fields in answer["speakers"].items()}

    async def start(self, spec: SpeakerSpec) -> None:
        """Have a speaker run as specified; returns when it listens.

        One that runs for the same peer is left alone when only `announce` differs, and replaced otherwise.

        :raises SpeakerError: the namespace does not exist, or its port 179 is taken.
        """
        await self._ask("start", spec=spec.to_json())

    async def stop(self, peer_id: str, *, subcode: int = DE_CONFIGURED) -> None:
        """End a speaker for good, with Cease and this subcode (RFC 4486); returns when it is gone."""
        await self._ask("stop", peer_id=peer_id, subcode=subcode)

    async def set_link(self, peer_id: str, up: bool) -> None:
        """Tell of the carrier: without it the session is dropped and nothing dialled, with it dialled at once."""
        await self._ask("link", peer_id=peer_id, up=up)

    async def announce(self, peer_id: str, prefixes: Collection[Network]) -> None:
        """Announce these prefixes and withdraw all others, on the running session."""
        await self._ask("announce", peer_id=peer_id, prefixes=[str(prefix) for prefix in prefixes])

    async def ping(self) -> None:
        """Return when the launcher answers."""
        await self._ask("ping")

    def rouse(self) -> None:
        """Continue a launcher that was stopped; nothing happens to one that runs."""
        _signal(self._run_directory, signal.SIGCONT)

    def kill(self) -> None:
        """End a launcher that hangs, and all speakers with it."""
        _signal(self._run_directory, signal.SIGKILL)

    async def close(self) -> None:
        """Disconnect; the speakers go on."""
        self._closed = True
        self._writer.close()
        await self._listening

    async def shutdown(self) -> None:
        """End all speakers with Cease / Administrative Shutdown, and the launcher."""
        await self._ask("shutdown")
        await self.close()

    async def _ask(self, request: str, **details: object) -> Message:
        if self._gone:
            raise self._lost()
        self._requests += 1
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._answers[self._requests] = answer
        message = {"id": self._requests, "request": request} | details
        faults.point("the launcher is to be asked")
        self._writer.write(json.dumps(message).encode() + b"\n")
        answered = await answer
        faults.point("the launcher has answered")
        return answered

    async def _listen(self) -> None:
        try:
            async for line in self._reader:
                self._hear(line)
        except ConnectionError:
            pass
        finally:
            self._gone = True
            self._events.put_nowait(None)
            self._writer.close()
            for answer in self._answers.values():
                _settle(answer, self._lost())

    def _hear(self, line: bytes) -> None:
        if not line.startswith(b'{"answer"'):
            self._events.put_nowait(decode(line))
            return
        message = json.loads(line)
        answer = self._answers.pop(message["answer"])
        _settle(answer, SpeakerError(message["error"]) if "error" in message else message)

    def _lost(self) -> SpeakerError:
        return SpeakerError(
            "the launcher of the BGP speakers is gone, and they with it;"
            f" {_log_of(self._run_directory)} may say why"
        )


def _settle(answer: asyncio.Future[Message], result: Message | SpeakerError) -> None:
    """Unless whoever asked was cancelled meanwhile."""
    if answer.done():
        return
    if isinstance(result, SpeakerError):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def _log_of(run_directory: Path) -> Path:
    return run_directory / "launcher.log"


def _signal(run_directory: Path, number: signal.Signals) -> None:
    """Send a signal to the launcher of a run directory, if its process is that."""
    with suppress(OSError, ValueError):
        pid = int((run_directory / "launcher.pid").read_text())
        handle = os.pidfd_open(pid)  # never means a later process of the same id
        try:
            if bytes(run_directory) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)


async def _start_process(run_directory: Path) -> None:
    """Start the launcher in the background; it is listening when this returns."""
    log = _log_of(run_directory)
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    command = (sys.executable, "-m", "lab.bgp.launcher_process", str(run_directory))
    # In a thread, which nobody can cancel: a launcher that has been begun is waited for, so that it is one to be found.
    with log.open("ab") as errors:
        done = await asyncio.to_thread(
            subprocess.run,
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=environment,
        )
    if done.returncode:
        raise SpeakerError(
            f"the launcher of the BGP speakers does not start (exit status {done.returncode}); see {log}"
        )
