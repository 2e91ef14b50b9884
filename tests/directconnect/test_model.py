from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Interface, IPv6Interface

import pytest
from pydantic import ValidationError

from lab.directconnect import model
from lab.directconnect.model import AddressFamily, BgpPeer, BgpPeerState, BgpStatus, Tag
from tests.directconnect.shapes import MODEL


def peer(**members: object) -> BgpPeer:
    return BgpPeer.model_validate(
        {
            "id": "dxpeer-fg12ab34",
            "asn": 65001,
            "auth_key": "s3cretKey9",
            "family": AddressFamily.IPV4,
            "amazon_address": IPv4Interface("169.254.255.1/30"),
            "customer_address": IPv4Interface("169.254.255.2/30"),
            "state": BgpPeerState.AVAILABLE,
            "since": 1.0,
            **members,
        }
    )


@pytest.mark.parametrize(
    ("enumeration", "shape"),
    [
        (model.ConnectionState, "ConnectionState"),
        (model.VirtualInterfaceState, "VirtualInterfaceState"),
        (model.BgpPeerState, "BGPPeerState"),
        (model.BgpStatus, "BGPStatus"),
        (model.GatewayState, "DirectConnectGatewayState"),
        (model.AddressFamily, "AddressFamily"),
        (model.LogicalRedundancy, "HasLogicalRedundancy"),
    ],
)
def test_enumerations_are_those_of_the_service_model(enumeration: type[StrEnum], shape: str) -> None:
    assert [member.value for member in enumeration] == MODEL.shape_for(shape).enum


def test_a_resource_never_changes() -> None:
    with pytest.raises(ValidationError):
        Tag(key="a", value="b").value = "c"


def test_a_key_is_in_no_repr() -> None:
    assert "s3cretKey9" not in repr(peer())


def test_an_observed_status_is_not_stored() -> None:
    stored = peer(status=BgpStatus.UP).model_dump_json()
    assert BgpPeer.model_validate_json(stored).status is BgpStatus.UNKNOWN


@pytest.mark.parametrize("key", ["a\"b'c\\d", "{};#<&>", "0x" + "f" * 22])
def test_a_peer_comes_back_from_the_store_as_it_was(key: str) -> None:
    original = peer(
        auth_key=key,
        family=AddressFamily.IPV6,
        amazon_address=IPv6Interface("2001:db8::1/125"),
        customer_address=IPv6Interface("2001:db8::6/125"),
    )
    assert BgpPeer.model_validate_json(original.model_dump_json()) == original


def test_the_block_is_what_both_addresses_are_in() -> None:
    assert str(peer().block) == "169.254.255.0/30"


def test_a_value_that_does_not_fit_is_not_shown() -> None:
    with pytest.raises(ValidationError) as raised:
        peer(auth_key=["s3cretKey9"])
    assert "s3cretKey9" not in str(raised.value)
