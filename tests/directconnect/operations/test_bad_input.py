"""Whatever is wrong in a request gets AWS's error type and one sentence, and changes nothing at all.

In the tables of `bad_input`, `$name` stands for the id of something in the scene below; a member given as
None is left out.
"""

from __future__ import annotations

from string import Template
from typing import Any

import pytest

from lab.directconnect.errors import ApiError
from tests.directconnect.office import VGW, Office
from tests.directconnect.operations.bad_input import (
    ARN,
    CLIENT,
    CONNECTION,
    TABLE,
    peer,
    private,
    public,
    transit,
)


class Scene:
    """A lab with one of everything, and the ids by name."""

    def __init__(self, office: Office) -> None:
        connection = office.plug()
        hub, centre = office.gateway("hub"), office.gateway("centre", amazonSideAsn=64600)
        private = office.private(connection.id, virtualGatewayId=None, directConnectGatewayId=hub)
        transit = office.transit(connection.id, centre)
        public = office.public(connection.id)
        office.add_peer(private["virtualInterfaceId"], asn=64700)
        leaving = office.private(connection.id, vlan=104)["virtualInterfaceId"]
        office.call("DeleteVirtualInterface", virtualInterfaceId=leaving)
        self.ids = {
            "connection": connection.id,
            "hub": hub,
            "centre": centre,
            "private": private["virtualInterfaceId"],
            "public": public["virtualInterfaceId"],
            "transit": transit["virtualInterfaceId"],
            "leaving": leaving,
            "peer": private["bgpPeers"][0]["bgpPeerId"],
            "foreign": public["bgpPeers"][0]["bgpPeerId"],
        }

    def fill(self, value: Any) -> Any:  # noqa: ANN401 - parameters have every type
        """The value with every `$name` replaced."""
        if isinstance(value, str):
            return Template(value).safe_substitute(self.ids)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items() if item is not None}
        return value


@pytest.fixture
def scene(office: Office) -> Scene:
    return Scene(office)


def refused(office: Office, operation: str, parameters: dict[str, Any]) -> tuple[str, int, str]:
    """The error of a call that leaves store, memory and listeners as they were."""
    before, connections, vifs = office.dump(), office.cloud.connections(), office.cloud.virtual_interfaces()
    office.changes.clear()
    with pytest.raises(ApiError) as raised:
        office.call(operation, **parameters)
    assert office.dump() == before
    assert (office.cloud.connections(), office.cloud.virtual_interfaces()) == (connections, vifs)
    assert office.changes == []
    return raised.value.code, raised.value.status, raised.value.message


CASES = [
    pytest.param(operation, parameters, message, id=f"{operation}-{number}")
    for operation, cases in TABLE.items()
    for number, (parameters, message) in enumerate(cases)
]


@pytest.mark.parametrize(("operation", "parameters", "message"), CASES)
def test_a_bad_value_is_refused_in_one_sentence(
    office: Office, scene: Scene, operation: str, parameters: dict[str, Any], message: str
) -> None:
    assert refused(office, operation, scene.fill(parameters)) == (CLIENT, 400, scene.fill(message))


# ===== tags, wherever a resource is made =====

MAKING = {
    "CreateConnection": lambda tags: {**CONNECTION, "tags": tags},
    "CreatePrivateVirtualInterface": lambda tags: private(tags=tags),
    "CreatePublicVirtualInterface": lambda tags: public(tags=tags),
    "CreateTransitVirtualInterface": lambda tags: transit(tags=tags),
    "CreateDirectConnectGateway": lambda tags: {"directConnectGatewayName": "x", "tags": tags},
    "TagResource": lambda tags: {"resourceArn": ARN, "tags": tags},
}
TWICE = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
MANY = [{"key": f"key{number}"} for number in range(51)]


@pytest.mark.parametrize("operation", MAKING)
@pytest.mark.parametrize(
    ("tags", "code", "message"),
    [
        (TWICE, "DuplicateTagKeysException", "Tag key a is given more than once."),
        (
            MANY,
            "TooManyTagsException",
            "A resource can have up to 50 tags, and this one would have 51.",
        ),
        (
            [{"key": "a#b"}],
            CLIENT,
            "Tag key 'a#b' has an invalid format: use 1 to 128 letters, digits, spaces and _.:/=+-@",
        ),
    ],
    ids=["twice", "many", "form"],
)
def test_bad_tags_are_refused(
    office: Office, scene: Scene, operation: str, tags: list[dict[str, str]], code: str, message: str
) -> None:
    assert refused(office, operation, scene.fill(MAKING[operation](tags))) == (code, 400, message)


def test_the_scene_itself_is_right(office: Office, scene: Scene) -> None:
    """What the tables vary is accepted without the variation."""
    for operation, parameters in (
        ("CreateConnection", CONNECTION),
        ("CreatePrivateVirtualInterface", private(vlan=201)),
        ("CreatePublicVirtualInterface", public(vlan=202)),
        ("CreateTransitVirtualInterface", transit(vlan=203)),
        ("CreateBGPPeer", peer()),
    ):
        office.call(operation, **scene.fill(parameters))
    assert VGW in str(office.vifs())
