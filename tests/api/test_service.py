"""The model: what is known of it here must be all of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.model import Shape

from lab.api.service import OPERATIONS, SIGNING_NAME, TARGET_PREFIX
from tests.support.cbor_client import cbor_model

KNOWN = """
    AcceptDirectConnectGatewayAssociationProposal AllocateConnectionOnInterconnect
    AllocateHostedConnection AllocatePrivateVirtualInterface AllocatePublicVirtualInterface
    AllocateTransitVirtualInterface AssociateConnectionWithLag AssociateConnectionsToResiliencyGroup
    AssociateHostedConnection AssociateMacSecKey AssociateVirtualInterface ConfirmConnection
    ConfirmCustomerAgreement ConfirmPrivateVirtualInterface ConfirmPublicVirtualInterface
    ConfirmTransitVirtualInterface CreateBGPPeer CreateConnection CreateDirectConnectGateway
    CreateDirectConnectGatewayAssociation CreateDirectConnectGatewayAssociationProposal CreateInterconnect
    CreateLag CreatePrivateVirtualInterface CreatePublicVirtualInterface CreateResiliencyGroup
    CreateTransitVirtualInterface DeleteBGPPeer DeleteConnection DeleteDirectConnectGateway
    DeleteDirectConnectGatewayAssociation DeleteDirectConnectGatewayAssociationProposal DeleteInterconnect
    DeleteLag DeleteResiliencyGroup DeleteVirtualInterface DescribeConnectionLoa DescribeConnections
    DescribeConnectionsOnInterconnect DescribeCustomerMetadata
    DescribeDirectConnectGatewayAssociationProposals DescribeDirectConnectGatewayAssociations
    DescribeDirectConnectGatewayAttachments DescribeDirectConnectGateways DescribeHostedConnections
    DescribeInterconnectLoa DescribeInterconnects DescribeLags DescribeLoa DescribeLocations
    DescribeRouterConfiguration DescribeTags DescribeVirtualGateways DescribeVirtualInterfaces
    DisassociateConnectionFromLag DisassociateConnectionsFromResiliencyGroup DisassociateMacSecKey
    GetResiliencyGroup ListResiliencyGroupAssociations ListResiliencyGroups ListVirtualInterfaceRoutes
    ListVirtualInterfaceTestHistory StartBgpFailoverTest StopBgpFailoverTest TagResource UntagResource
    UpdateConnection UpdateConnectionsBillingMode UpdateDirectConnectGateway
    UpdateDirectConnectGatewayAssociation UpdateLag UpdateResiliencyGroup UpdateVirtualInterfaceAttributes
"""


def test_the_model_has_exactly_the_operations_that_are_known() -> None:
    """When a new botocore brings an operation: read what it does, then write its name down."""
    assert set(OPERATIONS) == set(KNOWN.split())


def test_names_on_the_wire() -> None:
    assert TARGET_PREFIX == "OvertureService"
    assert SIGNING_NAME == "directconnect"


def test_every_operation_is_called_by_its_own_name() -> None:
    assert all(name == operation.name for name, operation in OPERATIONS.items())


@pytest.mark.parametrize("name", ["DescribeCustomerMetadata", "DescribeLocations", "DescribeVirtualGateways"])
def test_operations_without_input(name: str) -> None:
    assert OPERATIONS[name].input is None


def test_inputs_hold_no_type_that_is_not_checked() -> None:
    """`validate` lets a value of any other type pass."""
    types = {shape.type_name for operation in OPERATIONS.values() for shape in _shapes(operation.input)}

    assert types == {"structure", "list", "string", "integer", "long", "boolean"}


def test_a_model_that_the_user_has_edited_is_not_read(tmp_path: Path) -> None:
    program = "import lab.api.service as s; print(s.OPERATIONS['DescribeLocations'].name)"
    edited = cbor_model(tmp_path) / "directconnect" / "2012-10-25" / "service-2.json"
    edited.write_text("{}")

    finished = subprocess.run(
        [sys.executable, "-c", program],
        env={"AWS_DATA_PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.stdout == "DescribeLocations\n", finished.stderr


def _shapes(shape: Shape | None) -> Iterator[Shape]:
    if shape is None:
        return
    yield shape
    if shape.type_name == "list":
        yield from _shapes(shape.member)
    if shape.type_name == "structure":
        for member in shape.members.values():
            yield from _shapes(member)
