"""`dxlab capture`: what is on the cable, tags and all, in a file that Wireshark opens."""

from __future__ import annotations

import base64
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from lab.cli.app import LabName, app, chosen_lab, err, require_root, until_interrupted
from lab.cli.peers import Named, One, peers_named
from lab.cli.status import fetch
from lab.diagnosis.frames import RawFrame
from lab.diagnosis.pcap import write_frame, write_header
from lab.diagnosis.recorder import open_capture, receive
from lab.errors import UsageError
from lab.places import Places, Record

#: Seconds after which a capture looks at the clock, though nothing was heard.
_LOOK = 0.2


@app.command()
def capture(
    who: One,
    write: Annotated[
        Path, typer.Option("-w", "--write", help="The pcap file; one that is there is replaced.")
    ],
    seconds: Annotated[
        float | None, typer.Option("--for", min=0, help="Seconds to capture; without it, until Ctrl-C.")
    ] = None,
    lab: LabName = None,
) -> None:
    """Write what was on a peer's cable lately, and what comes on it from now on, into a pcap file."""
    require_root("capture")
    record = chosen_lab(lab)
    peer = peers_named(record, who)[0]
    try:
        written = _write(record, peer, write, seconds)
    except OSError as error:
        raise UsageError(f"{write} cannot be written: {error.strerror}") from None
    err.print(f"{written} frames of {peer.connection_id} in {write}")


def _write(record: Record, peer: Named, path: Path, seconds: float | None) -> int:
    """How many frames were written. Each is in the file as soon as it is heard."""
    written = 0
    with path.open("wb") as file, until_interrupted():
        write_header(file)
        for frame in _frames(record, peer, seconds):
            write_frame(file, frame)
            file.flush()
            written += 1
    return written


def _frames(record: Record, peer: Named, seconds: float | None) -> Iterator[RawFrame]:
    """Those that the endpoint kept of the cable, then whatever comes."""
    device = Places.of(record.name).namespace("dx")
    with open_capture(device, peer.connection_id, everything=True) as listener:
        begin = time.time()
        yield from (frame for frame in _kept(record, peer) if frame.at < begin)
        while seconds is None or time.time() < begin + seconds:
            select.select([listener], (), (), _LOOK)
            yield from (frame for _, frame in receive(listener))


def _kept(record: Record, peer: Named) -> Iterator[RawFrame]:
    for at, inbound, octets in fetch(record, f"frames/{peer.connection_id}")["frames"]:
        yield RawFrame(at, inbound, base64.b64decode(octets))
