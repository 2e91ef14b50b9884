"""Cloud worlds without a machine: what a customer orders in one, and what a topology makes of another."""

# ruff: noqa: ANN401 - members of answers have every type

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lab.clone import Choice, Style, document, read, select, text
from lab.directconnect.cloud import Caller
from lab.directconnect.locations import located
from lab.directconnect.model import AssignedAddresses, LogicalRedundancy
from lab.topology import Topology, load
from lab.topology.keys import with_keys
from lab.topology.references import substitute_names
from tests.directconnect.office import ACCOUNT, Clock, Office

Record = dict[str, Any]

#: Members that say which machine something is on, or repeat an id in other words.
_OWN = {"bgpPeerId", "awsDevice", "awsDeviceV2", "awsLogicalDeviceId", "customerRouterConfig"}


def cloned(*answers: object, redact: bool = False) -> str:
    """The topology of these answers."""
    records = read([("an answer", json.dumps(answer)) for answer in answers])
    kept, remarks = select(records, Choice())
    return text(document(records, kept, Style(redact=redact), remarks))


def loaded(directory: Path, topology: str) -> Topology:
    """The topology of a text."""
    path = directory / "lab.yml"
    path.write_text(topology)
    return load(path)


@contextmanager
def world() -> Iterator[Office]:
    """An empty one."""
    with TemporaryDirectory() as directory:
        office = Office(Path(directory), Clock())
        try:
            yield office
        finally:
            office.close()


def played(office: Office, topology: Topology, environment: Mapping[str, str] | None = None) -> None:
    """Do in a world what `dxlab up` does in that of a lab, but for the machine."""
    topology = with_keys(topology, environment or {})
    place = located(topology.devices[0].location, topology.devices[0].region)
    assert place is not None
    office.caller = Caller(ACCOUNT, place.region)
    for name, gateway in topology.gateways.items():
        office.cloud.declare_gateway(name, asn=gateway.asn, cidrs=gateway.cidrs)
    for name, assignments in topology.assignments.items():
        addresses = [AssignedAddresses(amazon=each.amazon, customer=each.customer) for each in assignments]
        office.cloud.declare_assignments(name, addresses)
    for link in topology.links:
        device, redundancy = topology.device_of(link), link.logical_redundancy
        office.plug(
            link.connection,
            location=device.location,
            region=device.region,
            bandwidth=link.bandwidth or "1Gbps",
            tags=link.tags,
            logical_redundancy=LogicalRedundancy(redundancy) if redundancy else None,
        )
    for request in topology.requests:
        office.call(request.operation, **substitute_names(request.parameters, ids(office)))


def ids(office: Office) -> dict[str, dict[str, str]]:
    """Ids by name, for each member that takes one."""
    answers = described(office)
    gateways = answers["directConnectGateways"]
    return {
        "connectionId": {each["connectionName"]: each["connectionId"] for each in answers["connections"]},
        "virtualInterfaceId": {
            each["virtualInterfaceName"]: each["virtualInterfaceId"] for each in answers["virtualInterfaces"]
        },
        "directConnectGatewayId": {
            each["directConnectGatewayName"]: each["directConnectGatewayId"] for each in gateways
        },
    }


def described(office: Office) -> Record:
    """Everything that the account has."""
    answers: Record = {}
    for what in ("VirtualInterfaces", "Connections", "DirectConnectGateways"):
        answers |= office.call(f"Describe{what}")
    return answers


def comparable(answers: Record) -> object:
    """What an account has, with names in the place of ids, in the order of names."""
    records = [record for found in answers.values() for record in found]
    kinds = ("connection", "virtualInterface", "directConnectGateway")
    names = {
        record[f"{kind}Id"]: record[f"{kind}Name"]
        for kind in kinds
        for record in records
        if f"{kind}Name" in record
    }
    return {what: sorted(_named(found, names), key=repr) for what, found in answers.items()}


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _named(part, names) for key, part in value.items() if key not in _OWN}
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value
