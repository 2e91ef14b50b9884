"""Whether a lab grew, from its counts alone.

What is counted in pieces (namespaces, interfaces, processes, threads, file descriptors, files) may never be more than
after the round that warms up. Memory cannot be held to that. A speaker is a fork, and copies pages of its launcher's
as it first writes to them, early in its life. The endpoint keeps the last 16 events of each kind of a peer, and of
each VLAN what five minutes heard, for whoever asks why a session is down; that takes some three hundred faults of two
hundred sessions to be there. So memory is judged by what a process gains in the later half of the counts of its life,
as a share of what it had: the median slope of all pairs of counts (Theil and Sen), which no single high count moves,
over the length of that half. Counts of different lives are never compared with each other.

The state may be larger by what the history's new entries take, and by what its journal holds at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from statistics import median

from benchmarks.figures import Aim
from benchmarks.soak.census import ENDPOINT, LAUNCHER, SPEAKERS, Census

#: Percent that a role may gain in the later half of a life: somewhat more than the counts of a healthy one scatter. The
#: launcher is small, and what it has alone depends on who of its speakers was forked when.
MEMORY = {ENDPOINT: 8.0, LAUNCHER: 15.0, SPEAKERS: 4.0}
#: Bytes that an entry of the history takes with its index, and that the journal holds before it is written back.
_ENTRY, _JOURNAL = 256, 5 << 20
#: Counts of a life without which nothing can be said of it.
LEAST = 4

Series = Sequence[Census]


def judge(counts: Series) -> list[Aim]:
    """Everything that may not grow, by how much it did, and how much is allowed.

    :raises ValueError: there is nothing to compare.
    """
    if len(counts) < 2:
        raise ValueError("the soak was too short: it has no count to compare with the first")
    return [*_pieces(counts), *_memories(counts), _state(counts)]


def _pieces(counts: Series) -> Iterator[Aim]:
    first, *others = counts
    for name, number in first.counts.items():
        most = max(other.counts[name] for other in others)
        yield Aim(name, most - number, 0, "more than at first")


def _memories(counts: Series) -> Iterator[Aim]:
    for role, allowed in MEMORY.items():
        gains = [gain(life, role) for life in lives(counts, role) if len(life) >= LEAST]
        if gains:
            yield Aim(f"memory, {role}", max(gains), allowed, "% gained in the later half of a life")


def lives(counts: Series, role: str) -> list[Series]:
    """The counts of each life of a role; speakers live with their launcher."""
    which = LAUNCHER if role == SPEAKERS else role
    starts = [
        0,
        *(n for n, (one, next_) in enumerate(pairwise(counts), 1) if one.lives[which] != next_.lives[which]),
    ]
    return [counts[start:end] for start, end in pairwise([*starts, len(counts)])]


def gain(life: Series, role: str) -> float:
    """Percent that a role gains in the later half of a life."""
    late = life[len(life) // 2 :]
    memory = {count.faults: count.memory[role] for count in late}
    slopes = [
        (memory[after.faults] - memory[before.faults]) / (after.faults - before.faults)
        for before, after in combinations(late, 2)
        if after.faults > before.faults
    ]
    return median(slopes) * (late[-1].faults - late[0].faults) / late[0].memory[role] * 100


def _state(counts: Series) -> Aim:
    first, last = counts[0], counts[-1]
    explained = (last.history - first.history) * _ENTRY + _JOURNAL
    return Aim("state", (last.state - first.state) / 1e6, round(explained / 1e6, 1), "MB more than at first")
