"""A soak into words: what was judged, how soon all was up again, and the curve. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.figures import Aim
from benchmarks.machine import Machine
from benchmarks.report import aims_table, number, table
from benchmarks.soak.census import ENDPOINT, LAUNCHER, ROLES, SPEAKERS, Census
from benchmarks.soak.judge import judge
from benchmarks.soak.run import Soak

BEGIN = "<!-- soak: written by make soak -->\n"
END = "<!-- end of soak -->\n"
#: Rows of the curve; the JSON has all.
_ROWS = 12


@dataclass(frozen=True)
class Report:
    """One soak on one machine.

    :ivar taken: when, UTC.
    """

    taken: str
    machine: Machine
    soak: Soak

    def aims(self) -> list[Aim]:
        return judge(self.soak.counts)

    def to_json(self) -> dict[str, Any]:
        """Everything counted, and what is to be said of it."""
        return asdict(self) | {"aims": [asdict(aim) | {"met": aim.met} for aim in self.aims()]}


def section(report: Report) -> str:
    """What stands between the two marks of the page."""
    machine, soak = report.machine, report.soak
    line = (
        f"Taken {report.taken} on {machine.cores} cores ({machine.processor}), {machine.memory_gib} GiB, Linux"
        f" {machine.kernel}, VLAN driver `{machine.vlan_driver}`, load before the run {machine.load:.2f}:"
        f" {soak.sessions} sessions, {soak.seconds / 60:.0f} minutes, {soak.faults} faults, seed {soak.seed}."
    )
    return "\n\n".join((line, aims_table(report.aims()), recoveries_table(soak), curve_table(soak)))


def recoveries_table(soak: Soak) -> str:
    """How long it took until everything was up again, the time until the fault was noticed included."""
    rows = [
        [name, str(spread.count), *map(number, (spread.p50, spread.most))]
        for name, spread in soak.spreads().items()
    ]
    return table(("s until all is up again", "times", "p50", "most"), rows)


def curve_table(soak: Soak) -> str:
    """Some of the counts, the first and the last among them."""
    counts = soak.counts
    step = max(1, -(-(len(counts) - 1) // (_ROWS - 1)))
    chosen = [*counts[:-1:step], counts[-1]]
    head = ("minute", "faults", "endpoint, MB", "launcher, MB", "speakers, MB each", "descriptors")
    more = ("namespaces", "interfaces", "processes", "history", "state, MB")
    return table((*head, *more), [_row(each, soak.sessions) for each in chosen])


def _row(count: Census, sessions: int) -> list[str]:
    memory, pieces = count.memory, count.counts
    megabytes = (memory[ENDPOINT], memory[LAUNCHER], memory[SPEAKERS] / sessions)
    descriptors = sum(pieces[f"descriptors, {role}"] for role in ROLES)
    return [
        *(number(count.seconds / 60), str(count.faults)),
        *(f"{each / 1e6:.2f}" for each in megabytes),
        *(str(descriptors), *(str(pieces[name]) for name in ("namespaces", "interfaces", "processes"))),
        *(f"{count.history:,}", number(count.state / 1e6)),
    ]


def updated(document: str, report: Report) -> str:
    """The page with this soak between its two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{section(report)}\n\n{END}{after}"
