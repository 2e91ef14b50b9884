"""What can be said against a topology's `expect` before anything is made: its requests tell which virtual interfaces
there will be, and of which families their peers.

What the requests leave open (a virtual interface that is called by its id) is looked at when they were answered, by
`checks_of`, in the same words. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lab.errors import TopologyError
from lab.topology import Expectation, Topology
from lab.topology.refusals import known
from lab.verify.expected import FAMILIES, NOTHING, demand_families

_ID = "dxvif-"
#: The API's name for a peer's family, and the family of a peer for which none is said.
_FAMILY, _USUAL = "addressFamily", "ipv4"

#: By the name of a virtual interface, the families of its peers.
Names = Mapping[str, frozenset[str]]


def demand_foreseen(topology: Topology) -> None:
    """Demand that all that is expected is of virtual interfaces and peers that the requests can come to.

    :raises TopologyError: (with file and line) it is not, or there is nothing of which anything could be expected.
    """
    names = _names(topology)
    if not names and not topology.expect:
        raise TopologyError(NOTHING, topology.path)
    for expectation in topology.expect:
        if not expectation.target.startswith(_ID):
            _demand(expectation, names, topology)


def _demand(expectation: Expectation, names: Names, topology: Topology) -> None:
    target = expectation.target
    name, _, family = target.rpartition(".")
    if target in names:
        families = names[target]
    elif name in names and family in FAMILIES:
        families = names[name] & {family}
        if not families:
            raise TopologyError(f"'{name}' has no {family} peer", topology.path, expectation.line)
    else:
        sentence = f"there is no virtual interface '{target}'; {known(target, names)}"
        raise TopologyError(sentence, topology.path, expectation.line)
    demand_families(expectation, {FAMILIES[each] for each in families}, topology.path)


def _names(topology: Topology) -> Names:
    found: dict[str, frozenset[str]] = {}
    for request in topology.requests:
        renames = request.operation.startswith("Update")
        for name, families in _named(request.parameters):
            every = frozenset(FAMILIES) if renames else families
            found[name] = found.get(name, frozenset()) | every
    return found


def _named(parameters: Mapping[str, Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """The virtual interfaces that a request gives a name, and those to which it gives a peer by their name."""
    if "virtualInterfaceName" in parameters:
        yield str(parameters["virtualInterfaceName"]), _family(parameters)
    if "newBGPPeer" in parameters:
        yield str(parameters.get("virtualInterfaceId")), _family(parameters["newBGPPeer"])
    for value in parameters.values():
        if isinstance(value, Mapping):
            yield from _named(value)


def _family(members: object) -> frozenset[str]:
    """The family of the peer that these members ask for; none where they are none."""
    return frozenset({str(members.get(_FAMILY, _USUAL))}) if isinstance(members, Mapping) else frozenset()
