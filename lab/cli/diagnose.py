"""`dxlab diagnose`: why a session is down, what proves it, and what to change."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from lab.bringup import routers_of
from lab.cli.app import LabName, app, chosen_lab, err, out, require_root, until_interrupted
from lab.cli.peers import Who, peers_named
from lab.cli.status import fetch
from lab.diagnose import Examination
from lab.diagnosis import Case, Verdict, judge, shown
from lab.diagnosis.captured import case_of, speaks_of, terms_of
from lab.diagnosis.digest import Keys
from lab.diagnosis.pcap import read
from lab.errors import UsageError
from lab.places import Places, Record
from lab.routers import Router
from lab.topology import load

#: In the environment: the peer's authKey, for the signatures in a capture. It is never shown.
KEY_VARIABLE = "DXLAB_AUTH_KEY"
#: Seconds between two looks of --watch.
_INTERVAL = 2.0
#: Seconds that a busy endpoint has for the evidence of one peer.
_PATIENCE = 30.0
#: Peers that are examined at once.
_TOGETHER = 16


@app.command()
def diagnose(
    who: Who = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Follow along until Ctrl-C.")] = False,
    pcap: Annotated[
        Path | None,
        typer.Option(
            "--pcap", metavar="FILE", help="Judge a capture in place of a lab; see docs/diagnose.md."
        ),
    ] = None,
    terms: Annotated[
        str | None,
        typer.Option(
            "--terms",
            metavar="TERMS",
            help="What AWS expects of the router in the capture, where no lab says so.",
        ),
    ] = None,
    lab: LabName = None,
) -> None:
    """Say why each session is down, or up and useless; prove it, and say what to change.

    Exit status 0 if every peer is healthy, 1 if one is not.
    """
    if pcap is not None:
        verdicts, names = _of_a_capture(pcap, who, terms, lab)
        _show(verdicts, names, as_json=as_json)
        raise typer.Exit(not all(verdict.healthy for verdict in verdicts))
    require_root("diagnose")
    doctor = Doctor(chosen_lab(lab))
    if watch:
        with until_interrupted():
            _follow(doctor, who, as_json=as_json)
        return
    verdicts = doctor.verdicts(who)
    _show(verdicts, doctor.names, as_json=as_json)
    if not all(verdict.healthy for verdict in verdicts):
        raise typer.Exit(1)


def _of_a_capture(
    pcap: Path, who: str | None, terms: str | None, lab: str | None
) -> tuple[list[Verdict], dict[str, str]]:
    """The verdicts that a capture allows, on the peers of a lab or on the terms that the user gives."""
    frames = read(pcap)
    if terms is not None:
        expected = [terms_of(terms)]
        names = {expected[0].peer: terms}
    else:
        doctor = Doctor(chosen_lab(lab))
        expected = [examination.testify().expected for examination in doctor.examinations(who)]
        names = doctor.names
    key = os.environ.get(KEY_VARIABLE, "").encode()
    cases = [case_of(frames, each, str(pcap), Keys(key) if key else None) for each in expected]
    if who is None:  # a capture of one cable says nothing of the others
        cases = [case for case in cases if speaks_of(case)] or cases
    return [judge(case) for case in cases], names


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
        chosen = peers_named(self._record, who)
        self.names |= {peer.id: peer.title for peer in chosen}
        return [Examination(self._places, partial(self._testify, peer.id), routers) for peer in chosen]

    def _testify(self, peer_id: str) -> Case:
        answer = fetch(self._record, f"evidence/{peer_id}", _PATIENCE)
        if not answer:
            raise UsageError(f"the BGP peer '{peer_id}' is gone")
        return Case.from_json(answer)

    def _routers(self) -> dict[str, Router]:
        """The routers of the lab's topology; none where the file is gone, for then nothing is known of them."""
        if self._record.topology is None or not Path(self._record.topology).exists():
            return {}
        return routers_of(load(Path(self._record.topology)), self._places)


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
    return "\n".join([f"{head} ({verdict.confidence})", *(f"  {line}" for line in shown.lines(verdict))])
