"""Figures into words: which aims are met, and the page for the documentation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.figures import Aim, Spread
from benchmarks.machine import Machine
from benchmarks.rates import CONNECTIONS, RESOURCES, Rates
from benchmarks.sessions import Sessions
from benchmarks.verifications import Verifications


@dataclass(frozen=True)
class Results:
    """One run of everything.

    :ivar taken: when, UTC.
    """

    taken: str
    machine: Machine
    sessions: Sessions
    rates: Rates
    verifications: Verifications

    def aims(self) -> list[Aim]:
        """What was hoped for, and what came of it."""
        sessions, verifications = self.sessions, self.verifications
        floor = sessions.by_hand_worked.p50
        return [
            Aim("CreateBGPPeer to `up`, p50", sessions.create_bgp_peer.p50, 150, "ms"),
            Aim("the same, against the floor", sessions.create_bgp_peer.p50 / floor, 3, "times"),
            Aim(
                "CreatePrivateVirtualInterface to `up`, p50, against the floor",
                sessions.create_virtual_interface.p50 / floor,
                3,
                "times",
            ),
            *(
                Aim(f"memory a peer, {peers} peers", megabytes, 12, "MB")
                for peers, megabytes in sessions.memory.items()
            ),
            Aim("idle, 100 peers", sessions.idle.per_100_peers, 2, "% of a core"),
            Aim("API calls a second, against moto", self.rates.ratio, 3, "times", at_least=True),
            Aim("`dxlab verify`, p50, above the floor", verifications.above_the_floor, 1.5, "s"),
            Aim(
                f"{verifications.at_once} `dxlab verify` at once, against one",
                verifications.ratio,
                8,
                "times",
            ),
        ]

    def to_json(self) -> dict[str, Any]:
        """Everything measured, and the aims."""
        aims = [asdict(aim) | {"met": aim.met} for aim in self.aims()]
        return asdict(self) | {"aims": aims}


_PAGE = """\
# Benchmarks

Written by `make bench`; the numbers behind it are in `benchmarks/results/latest.json`. What is compared was
measured alternately, in one run.

{machine}

## Aims

{aims}

## From a request to `up`

{times}

A session is `up` when a client that asks DescribeVirtualInterfaces every 2 ms over one connection sees
it. The router, BIRD, was waiting: its sessions were configured and passive, so no retry timer of its own
is in these numbers. CreateBGPPeer adds a second IPv4 peer to a virtual interface, which means an address
and a speaker; CreatePrivateVirtualInterface also makes the namespace and the 802.1Q sub-interface, so it
does what is done by hand. Every session has an MD5 key.

By hand means a namespace, a link into the router, addresses and a BIRD at AWS's end, with ip(8) in
batches, and no 802.1Q. BIRD dials no sooner than 0.75 s after it was started; the floor that dxlab is
held against is what is left without that wait.

Where the time of CreateBGPPeer goes, as medians since the request:

{steps}

## Verifying

{verifications}

`dxlab verify topologies/private-vif` as a whole process, from its start to its end: two peers that come up and bring a
route each. By hand means the same FRR with the same configuration and the same two speakers on a cable without 802.1Q,
started by scripts and waited for, up to the same routes; FRR holds them back for 1.2 s.

## Memory and idle time

{costs}

## API

{rates}

One client, {connections} connections that stay open where the server lets them, {resources} resources in
each server; dxlab's answer has {bytes[0]} bytes, moto's {bytes[1]}.
"""


def page(results: Results) -> str:
    """The page for the documentation, in Markdown."""
    return _PAGE.format(
        machine=machine_line(results),
        aims=aims_table(results.aims()),
        times=times_table(results.sessions),
        verifications=verifications_table(results.verifications),
        steps=steps_table(results.sessions),
        costs=costs_table(results.sessions),
        rates=rates_table(results.rates),
        connections=CONNECTIONS,
        resources=RESOURCES,
        bytes=results.rates.answer_bytes,
    )


def machine_line(results: Results) -> str:
    """On what, with what and when."""
    machine = results.machine
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    return (
        f"Taken {results.taken} on {machine.cores} cores ({machine.processor}), {machine.memory_gib} GiB,"
        f" {machine.system}, Linux {machine.kernel}, VLAN driver `{machine.vlan_driver}`; {versions}."
        f" Load before the run: {machine.load:.2f}."
    )


def aims_table(aims: Iterable[Aim]) -> str:
    rows = [
        (
            aim.name,
            f"{number(aim.measured)} {aim.unit}",
            f"{'at least' if aim.at_least else 'at most'} {number(aim.limit)} {aim.unit}",
            "met" if aim.met else "**missed**",
        )
        for aim in aims
    ]
    return table(("", "measured", "aim", ""), rows)


def times_table(sessions: Sessions) -> str:
    spreads = {
        "CreateBGPPeer": sessions.create_bgp_peer,
        "CreatePrivateVirtualInterface": sessions.create_virtual_interface,
        "by hand": sessions.by_hand,
        "by hand, without BIRD's wait (the floor)": sessions.by_hand_worked,
    }
    rows = [(name, *_row(spread)) for name, spread in spreads.items()]
    return table(("ms", "times", "least", "p50", "p95", "most"), rows)


def verifications_table(verifications: Verifications) -> str:
    spreads = {
        "`dxlab verify`": verifications.whole,
        "by hand (the floor)": verifications.by_hand,
        f"{verifications.at_once} `dxlab verify` at once": verifications.together,
    }
    rows = [(name, *_row(spread)) for name, spread in spreads.items()]
    return table(("s", "times", "least", "p50", "p95", "most"), rows)


def steps_table(sessions: Sessions) -> str:
    seen = {"seen by the client": sessions.create_bgp_peer.p50}
    return table(("", "ms"), [(step, number(moment)) for step, moment in (sessions.steps | seen).items()])


def costs_table(sessions: Sessions) -> str:
    idle = sessions.idle
    rows = [
        *(
            (f"memory (PSS) a peer, speakers and launcher, {peers} peers", f"{number(megabytes)} MB")
            for peers, megabytes in sessions.memory.items()
        ),
        (
            f"speakers and launcher, {idle.peers} peers, {idle.seconds:.0f} s",
            f"{idle.speakers:.2f} % of a core",
        ),
        ("endpoint, meanwhile", f"{idle.endpoint:.2f} % of a core"),
    ]
    return table(("", ""), rows)


def rates_table(rates: Rates) -> str:
    spreads = {
        "dxlab, DescribeVirtualInterfaces": rates.dxlab,
        "moto_server, DescribeConnections": rates.moto,
    }
    rows = [
        (name, number(spread.p50), f"{number(spread.least)} to {number(spread.most)}")
        for name, spread in spreads.items()
    ]
    return table(("", "calls a second", "rounds"), rows)


def _row(spread: Spread) -> tuple[str, ...]:
    numbers = (spread.least, spread.p50, spread.p95, spread.most)
    return (str(spread.count), *map(number, numbers))


def number(value: float) -> str:
    """To a tenth below a hundred; nobody needs more."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 100 else f"{value:,.0f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown: the first column is text, the others are numbers."""
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
