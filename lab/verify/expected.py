"""A topology's `expect`, peer by peer: which expectations there are, and of whom.

A key of `expect` names a virtual interface, which means all its peers, or one of them. What is said of a peer
counts for it in place of what is said of its virtual interface. Prefixes and addresses go to the peers of their
family. Pure: it is asked once the requests were answered, with the virtual interfaces that there are then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.directconnect.model import VirtualInterface, VirtualInterfaceState
from lab.errors import TopologyError
from lab.topology import Expectation, Topology
from lab.topology.refusals import known
from lab.verify.checks import (
    Accepted,
    AcceptedAny,
    AcceptedOnly,
    Advertised,
    AsPath,
    Check,
    Communities,
    CustomerRouterConfig,
    Med,
    NotAccepted,
    Reachable,
    Status,
)
from lab.verify.seen import Subject

#: Seconds that everything may take unless `within` says otherwise.
WITHIN = 30.0
#: Seconds for which a session has to be down, where nothing is said: to be down is how it begins.
DOWN_STAYS = 10.0

_GONE = (VirtualInterfaceState.DELETING, VirtualInterfaceState.DELETED)
#: The API's families, with the version of IP that each means.
FAMILIES = {"ipv4": 4, "ipv6": 6}
NOTHING = "there is nothing to verify: no request makes a virtual interface"
#: Keys of `expect` that hold prefixes, with the check that takes them.
_PREFIXES: Mapping[str, type[Accepted | AcceptedOnly | NotAccepted | Advertised]] = {
    "accepted": Accepted,
    "accepted_only": AcceptedOnly,
    "not_accepted": NotAccepted,
    "advertised": Advertised,
}


def checks_of(topology: Topology, vifs: Iterable[VirtualInterface]) -> tuple[Check, ...]:
    """Everything that is expected, in the order of the topology, then of the peers.

    :raises TopologyError: an expectation names a virtual interface or a peer that is not there; or nothing is
        expected, and there is no peer of which the usual could be.
    """
    standing = [vif for vif in vifs if vif.state not in _GONE]
    if topology.expect:
        return expected(topology.expect, standing, topology.path)
    usual = [check for vif in standing for subject in _subjects(vif) for check in _usual(subject)]
    if not usual:
        raise TopologyError(NOTHING, topology.path)
    return tuple(usual)


def expected(
    expectations: Sequence[Expectation], standing: Sequence[VirtualInterface], path: Path
) -> tuple[Check, ...]:
    """What these expectations mean for the virtual interfaces that are standing.

    :param path: the topology file, for errors.
    :raises TopologyError: as above.
    """
    merged: dict[str, _Merged] = {}
    for each in sorted(expectations, key=lambda each: _is_peer(each, standing)):
        subjects = list(_named(each, standing, path))
        demand_families(each, {subject.version for subject in subjects}, path)
        for subject in subjects:
            merged.setdefault(subject.peer.id, _Merged(subject, {}, {})).add(each)
    return tuple(check for each in merged.values() for check in each.checks())


def _usual(subject: Subject) -> Iterator[Check]:
    yield Status(subject, WITHIN, None, "up", 0.0)
    yield AcceptedAny(subject, WITHIN, None)


@dataclass(frozen=True)
class _Merged:
    """All that is said of one peer, by the members of `Expectation`, and in which line."""

    subject: Subject
    said: dict[str, Any]
    lines: dict[str, int]

    def add(self, expectation: Expectation) -> None:
        said = {key: value for key in _MEMBERS if (value := getattr(expectation, key)) is not None}
        self.said.update(said)
        self.lines.update(
            {key: expectation.lines.get(_MEMBERS[key], expectation.line) for key in said}
            | {"": expectation.line}
        )

    def checks(self) -> Iterator[Check]:
        within = self.said.get("within", WITHIN)
        status = self.said.get("bgp_status", "up")
        stays = self.said.get("stays", DOWN_STAYS if status == "down" else 0.0)
        yield Status(self.subject, within, self._line("bgp_status"), status, stays)
        for key, kind in _PREFIXES.items():
            yield from self._prefix_check(key, kind, within)
        yield from self._attribute_checks(within)
        for address in self.said.get("reachable", ()):
            if address.version == self.subject.version:
                yield Reachable(self.subject, within, self._line("reachable"), address)
        if "customer_router_config" in self.said:
            yield CustomerRouterConfig(self.subject, within, self._line("customer_router_config"))

    def _prefix_check(
        self, key: str, kind: type[Accepted | AcceptedOnly | NotAccepted | Advertised], within: float
    ) -> Iterator[Check]:
        prefixes = frozenset(each for each in self.said.get(key, ()) if each.version == self.subject.version)
        if prefixes or (kind is AcceptedOnly and key in self.said):
            yield kind(self.subject, within, self._line(key), prefixes)

    def _attribute_checks(self, within: float) -> Iterator[Check]:
        if by_prefix := self._of_family("communities"):
            yield Communities(self.subject, within, self._line("communities"), by_prefix)
        if by_prefix := self._of_family("as_path"):
            yield AsPath(self.subject, within, self._line("as_path"), by_prefix)
        med = self.said.get("med")
        if isinstance(med, int) or (med := self._of_family("med")):
            yield Med(self.subject, within, self._line("med"), med)

    def _of_family(self, key: str) -> dict[Any, Any]:
        by_prefix = self.said.get(key, {})
        return {
            prefix: value for prefix, value in by_prefix.items() if prefix.version == self.subject.version
        }

    def _line(self, key: str) -> int:
        return self.lines.get(key, self.lines[""])


_MEMBERS = {
    "bgp_status": "bgpStatus",
    "within": "within",
    "stays": "stays",
    **{
        key: key.replace("_", "-")
        for key in (*_PREFIXES, "communities", "as_path", "med", "reachable", "customer_router_config")
    },
}

# ----- whom an expectation means ----------------------------------------------------------------------------


def _is_peer(expectation: Expectation, standing: Sequence[VirtualInterface]) -> bool:
    """Whether it names one peer; these have the last word, so they come last."""
    return not any(expectation.target in (vif.name, vif.id) for vif in standing)


def _named(expectation: Expectation, standing: Sequence[VirtualInterface], path: Path) -> Iterator[Subject]:
    name, dot, family = expectation.target.rpartition(".")
    whole = [vif for vif in standing if expectation.target in (vif.name, vif.id)]
    if whole or not dot or family not in FAMILIES:
        return iter(_subjects(_only(expectation, whole, standing, path)))
    named = [vif for vif in standing if name in (vif.name, vif.id)]
    vif = _only(expectation, named, standing, path)
    peers = [subject for subject in _subjects(vif) if subject.peer.family == family]
    if not peers:
        raise TopologyError(f"'{name}' has no {family} peer", path, expectation.line)
    return iter(peers[:1])


def _only(
    expectation: Expectation,
    found: Sequence[VirtualInterface],
    standing: Sequence[VirtualInterface],
    path: Path,
) -> VirtualInterface:
    if len(found) == 1:
        return found[0]
    if found:
        ids = " and ".join(vif.id for vif in found)
        sentence = f"{ids} are both called '{found[0].name}'; use the id"
    else:
        names = {vif.name for vif in standing}
        sentence = f"there is no virtual interface '{expectation.target}'; {known(expectation.target, names)}"
    raise TopologyError(sentence, path, expectation.line)


def _subjects(vif: VirtualInterface) -> list[Subject]:
    return [Subject(vif, peer) for peer in vif.standing_peers]


def demand_families(expectation: Expectation, versions: Collection[int], path: Path) -> None:
    """Refuse a prefix or an address that no peer could be meant by: nobody would ever look at it.

    :param versions: of IP, of the peers that are meant.
    """
    for key in (*_PREFIXES, "communities", "as_path", "med", "reachable"):
        said = getattr(expectation, key)
        for each in () if isinstance(said, int) else said or ():
            if each.version not in versions:
                sentence = f"'{expectation.target}' has no IPv{each.version} peer for {each}"
                raise TopologyError(sentence, path, expectation.lines[_MEMBERS[key]])
