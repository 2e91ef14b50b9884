"""`dxlab diagnose`: why a session is down, what proves it, and what to change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from lab.bringup import routers_of
from lab.cli.app import LabName, app, chosen_lab, err, out, require_root
from lab.cli.status import fetch
from lab.diagnose import Examination
from lab.diagnosis import Case, Verdict
from lab.errors import UsageError
from lab.places import Places, Record
from lab.routers import Router
from lab.topology import load

#: Seconds between two looks of --watch.
_INTERVAL = 2.0
#: Peers that are examined at once.
_TOGETHER = 16

Who = Annotated[
    str | None,
    typer.Argument(metavar="[PEER|VIF]", help="A BGP peer's id, or a virtual interface's name or id."),
]


@app.command()
def diagnose(
    who: Who = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow along until Ctrl-C.")] = False,
    lab: LabName = None,
) -> None:
    """Say why each session is down, or up and useless; prove it, and say what to change.

    Exit status 0 if every peer is healthy, 1 if one is not.
    """
    require_root("diagnose")
    doctor = Doctor(chosen_lab(lab))
    if watch:
        with suppress(KeyboardInterrupt):
            _follow(doctor, who, as_json=as_json)
        return
    verdicts = doctor.verdicts(who)
    _show(verdicts, doctor.names, as_json=as_json)
    if not all(verdict.healthy for verdict in verdicts):
        raise typer.Exit(1)


class Doctor:
    """Examines the peers of a lab that runs."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._places = Places.of(record.name, Path(record.state_directory))
        self.names: dict[str, str] = {}

    def verdicts(self, who: str | None) -> list[Verdict]:
        """One for each peer that is meant, in the lab's order.

        :raises UsageError: there is no such peer or virtual interface.
        """
        examinations = self.examinations(who)
        with ThreadPoolExecutor(_TOGETHER) as pool:
            return list(pool.map(Examination.verdict, examinations))

    def examinations(self, who: str | None) -> list[Examination]:
        """The examination of each peer that is meant, not begun yet.

        :raises UsageError: there is no such peer or virtual interface.
        """
        routers = self._routers()
        return [
            Examination(self._places, partial(self._testify, peer_id), routers)
            for peer_id in self._chosen(who)
        ]

    def _testify(self, peer_id: str) -> Case:
        answer = fetch(self._record, f"evidence/{peer_id}")
        if not answer:
            raise UsageError(f"the BGP peer '{peer_id}' is gone")
        return Case.from_json(answer)

    def _routers(self) -> dict[str, Router]:
        """The routers of the lab's topology; none where the file is gone, for then nothing is known of them."""
        if self._record.topology is None or not Path(self._record.topology).exists():
            return {}
        return routers_of(load(Path(self._record.topology)), self._places)

    def _chosen(self, who: str | None) -> Iterator[str]:
        found = False
        for vif in self._virtual_interfaces():
            for peer in vif["bgpPeers"]:
                names = (peer["bgpPeerId"], vif["virtualInterfaceId"], vif["virtualInterfaceName"])
                if peer["bgpPeerState"] not in ("deleting", "deleted") and who in (None, *names):
                    found = True
                    self.names[names[0]] = f"{names[2]} {peer['addressFamily']}"
                    yield names[0]
        if who and not found:
            raise UsageError(
                f"the lab '{self._record.name}' has no BGP peer or virtual interface '{who}'; see 'dxlab status'"
            )

    def _virtual_interfaces(self) -> list[dict[str, Any]]:
        connections = fetch(self._record, "status")["connections"]
        return [vif for connection in connections for vif in connection["virtualInterfaces"]]


def _follow(doctor: Doctor, who: str | None, *, as_json: bool) -> None:
    """Show each verdict that is another one than before."""
    told: dict[str, tuple[str, str]] = {}
    while True:
        verdicts = doctor.verdicts(who)
        news = [each for each in verdicts if told.get(each.peer) != (each.cause, each.explanation)]
        told = {each.peer: (each.cause, each.explanation) for each in verdicts}
        if news:
            err.print(time.strftime("%H:%M:%S"))
            _show(news, doctor.names, as_json=as_json)
        time.sleep(_INTERVAL)


def _show(verdicts: list[Verdict], names: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        out.print(json.dumps({"verdicts": [verdict.to_json() for verdict in verdicts]}, indent=2))
        return
    for verdict in verdicts:
        out.print(in_words(verdict, names.get(verdict.peer, "")))


def in_words(verdict: Verdict, name: str) -> str:
    """A verdict for a reader at a terminal."""
    head = f"{verdict.peer}  {name}  {verdict.cause}".replace("    ", "  ")
    if verdict.healthy:
        return head
    lines = [f"{head} ({verdict.confidence})", f"  {verdict.explanation}"]
    lines += [f"  fix: {verdict.fix}"] * bool(verdict.fix)
    lines += [f"  where: {verdict.where}"] * bool(verdict.where)
    lines += [f"  or: {', '.join(verdict.rivals)}; to decide: {verdict.decider}"] * bool(verdict.rivals)
    lines += [f"  then: {', '.join(verdict.next)}"] * bool(verdict.next)
    lines += [f"  seen: {_clock(item.at)} {item.source}: {item}" for item in verdict.evidence]
    return "\n".join(lines)


def _clock(at: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at % 1 * 1000):03d}"
