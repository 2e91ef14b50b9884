from __future__ import annotations

import re
import uuid

import pytest

from lab.directconnect.errors import ClientException
from lab.directconnect.identifiers import Arn, Kind, device, new_auth_key, new_gateway_id, new_id, well_formed


@pytest.mark.parametrize("prefix", ["dxcon", "dxvif", "dxpeer"])
def test_ids_begin_as_all_published_ones_do(prefix: str) -> None:
    ids = {new_id(prefix, ()) for _ in range(200)}
    assert all(re.fullmatch(rf"{prefix}-f[fgh][0-9a-z]{{6}}", id_) for id_ in ids)
    assert {id_[len(prefix) + 2] for id_ in ids} == {"f", "g", "h"}


def test_an_id_is_not_given_twice() -> None:
    class FirstThreeTaken:
        def __init__(self) -> None:
            self.asked: list[object] = []

        def __contains__(self, id_: object) -> bool:
            self.asked.append(id_)
            return len(self.asked) <= 3

    taken = FirstThreeTaken()
    assert new_id("dxvif", taken) == taken.asked[3]


def test_a_gateway_is_known_by_a_random_uuid() -> None:
    id_ = new_gateway_id()
    assert Kind.DIRECT_CONNECT_GATEWAY.matches(id_)
    assert uuid.UUID(id_).version == 4


def test_generated_keys_have_awss_form() -> None:
    assert all(re.fullmatch(r"0x[A-Za-z0-9._]{22}", new_auth_key()) for _ in range(50))


def test_a_location_has_one_device() -> None:
    assert device("EqDC2") == device("EqDC2") != device("EqSe2")
    assert re.fullmatch(r"EqDC2-[0-9a-z]{10,15}", device("EqDC2"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.CONNECTION, "dxcon-fg12ab34"),
        (Kind.CONNECTION, "dxcon-notthere"),
        (Kind.LAG, "dxlag-ffrz71kw"),
        (Kind.VIRTUAL_INTERFACE, "dxvif-fg12ab34"),
        (Kind.BGP_PEER, "dxpeer-fg12ab34"),
        (Kind.VIRTUAL_GATEWAY, "vgw-f9eb0c90"),
        (Kind.VIRTUAL_GATEWAY, "vgw-0a1b2c3d4e5f60718"),
        (Kind.DIRECT_CONNECT_GATEWAY, "5f294f92-bafb-4011-916d-9b0bd1234567"),
    ],
)
def test_ids_of_the_right_form(kind: Kind, text: str) -> None:
    assert well_formed(kind, text) == text


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (Kind.LAG, "doesntexist", "Lag ID doesntexist has an invalid format."),
        (Kind.CONNECTION, "dxcon-fg12", "Connection ID dxcon-fg12 has an invalid format."),
        (Kind.CONNECTION, "dxcon-fg12ab34\n", "Connection ID dxcon-fg12ab34\\n has an invalid format."),
        (
            Kind.VIRTUAL_INTERFACE,
            "dxvif-FG12AB34",
            "Virtual Interface ID dxvif-FG12AB34 has an invalid format.",
        ),
        (Kind.BGP_PEER, "dxpeer-", "BGP Peer ID dxpeer- has an invalid format."),
        (Kind.VIRTUAL_GATEWAY, "vgw-123", "VirtualGateway ID vgw-123 has an invalid format."),
        (Kind.DIRECT_CONNECT_GATEWAY, "hub", "Direct Connect Gateway ID hub has an invalid format."),
    ],
)
def test_ids_of_the_wrong_form(kind: Kind, text: str, message: str) -> None:
    with pytest.raises(ClientException) as raised:
        well_formed(kind, text)
    assert raised.value.message == message


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        (
            "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-fh59hd9u",
            Arn("us-east-1", "123456789012", "dxcon", "dxcon-fh59hd9u"),
        ),
        (
            "arn:aws:directconnect::123456789012:dx-gateway/5f294f92-bafb-4011-916d-9b0bd1234567",
            Arn("", "123456789012", "dx-gateway", "5f294f92-bafb-4011-916d-9b0bd1234567"),
        ),
        (
            "arn:aws:directconnect:us-east-1::dxvif/dxvif-fg12ab34",
            Arn("us-east-1", "", "dxvif", "dxvif-fg12ab34"),
        ),
    ],
)
def test_arns_are_read_and_written(text: str, arn: Arn) -> None:
    assert Arn.parse(text) == arn
    assert str(arn) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dxcon-fh59hd9u",
        "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1",
        "arn:aws:directconnect:us-east-1:12345:dxcon/dxcon-fh59hd9u",
        "arn:aws:directconnect:us-east-1:123456789012:dxcon",
    ],
)
def test_what_is_no_arn_of_the_service(text: str) -> None:
    with pytest.raises(ClientException) as raised:
        Arn.parse(text)
    assert raised.value.message == f"Resource ARN {text} has an invalid format."
