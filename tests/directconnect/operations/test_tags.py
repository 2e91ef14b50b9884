from __future__ import annotations

import pytest

from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ClientException, TooManyTagsException
from tests.directconnect.office import Office

ACCOUNT = "123456789012"
TAGS = [{"key": "owner", "value": "net"}]


@pytest.fixture(params=["dxcon", "dxvif", "dx-gateway"])
def arn(request: pytest.FixtureRequest, office: Office) -> str:
    """The ARN of a resource that was made with a tag."""
    ordered = office.call(
        "CreateConnection", location="EqDC2", bandwidth="1Gbps", connectionName="office", tags=TAGS
    )
    ids = {
        "dxcon": f"us-east-1:{ACCOUNT}:dxcon/{ordered['connectionId']}",
        "dxvif": f"us-east-1:{ACCOUNT}:dxvif/"
        + office.private(ordered["connectionId"], tags=TAGS)["virtualInterfaceId"],
        "dx-gateway": f":{ACCOUNT}:dx-gateway/{office.gateway(tags=TAGS)}",
    }
    return f"arn:aws:directconnect:{ids[request.param]}"


def tags(office: Office, arn: str) -> list[dict[str, str]]:
    (resource,) = office.call("DescribeTags", resourceArns=[arn])["resourceTags"]
    assert resource["resourceArn"] == arn
    return list(resource["tags"])


def test_tags_of_the_making_are_described(office: Office, arn: str) -> None:
    assert tags(office, arn) == TAGS


def test_tags_come_and_go(office: Office, arn: str) -> None:
    added = [{"key": "owner", "value": "ops"}, {"key": "stage"}]
    assert office.call("TagResource", resourceArn=arn, tags=added) == {}
    assert tags(office, arn) == [{"key": "owner", "value": "ops"}, {"key": "stage", "value": ""}]
    assert office.call("UntagResource", resourceArn=arn, tagKeys=["owner", "unknown"]) == {}
    assert tags(office, arn) == [{"key": "stage", "value": ""}]


def test_tags_are_shown_on_the_resource(office: Office, arn: str) -> None:
    office.call("TagResource", resourceArn=arn, tags=[{"key": "stage", "value": "1"}])
    operation, resources = {
        "dxcon": ("DescribeConnections", "connections"),
        "dxvif": ("DescribeVirtualInterfaces", "virtualInterfaces"),
        "dx-gateway": ("DescribeDirectConnectGateways", "directConnectGateways"),
    }[arn.split(":")[5].split("/")[0]]
    (resource,) = office.call(operation)[resources]
    assert resource["tags"] == [*TAGS, {"key": "stage", "value": "1"}]


def test_tags_that_are_there_already_change_nothing(office: Office, arn: str) -> None:
    office.changes.clear()
    office.call("TagResource", resourceArn=arn, tags=TAGS)
    assert office.changes == []


def test_there_is_a_limit(office: Office, arn: str) -> None:
    many = [{"key": f"key{number}"} for number in range(50)]
    with pytest.raises(TooManyTagsException):
        office.call("TagResource", resourceArn=arn, tags=many)
    assert tags(office, arn) == TAGS


def test_a_resource_is_known_to_its_account_alone(office: Office, arn: str) -> None:
    stranger = Caller("210987654321", "us-east-1")
    for asked in (arn, arn.replace(ACCOUNT, stranger.account)):
        with pytest.raises(ClientException) as raised:
            office.call_as(stranger, "DescribeTags", resourceArns=[asked])
        assert raised.value.message == f"Resource {asked} does not exist."


def test_an_arn_without_account_is_one_of_the_callers(office: Office, arn: str) -> None:
    short = arn.replace(ACCOUNT, "")
    assert tags(office, short) == TAGS
    with pytest.raises(ClientException, match="does not exist"):
        office.call_as(Caller("210987654321", "us-east-1"), "DescribeTags", resourceArns=[short])


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-notthere",
        "arn:aws:directconnect:us-east-1:123456789012:dxvif/dxvif-notthere",
        "arn:aws:directconnect::123456789012:dx-gateway/5f294f92-bafb-4011-916d-9b0bd1234567",
        "arn:aws:directconnect:us-east-1:123456789012:dx-gateway/5f294f92-bafb-4011-916d-9b0bd1234567",
        "arn:aws:directconnect:us-east-1:123456789012:dxlag/dxlag-notthere",
    ],
)
def test_an_unknown_resource(office: Office, arn: str) -> None:
    with pytest.raises(ClientException) as raised:
        office.call("DescribeTags", resourceArns=[arn])
    assert raised.value.message == f"Resource {arn} does not exist."


def test_a_resource_is_in_its_region(office: Office) -> None:
    connection = office.plug()
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    for path in (f"dxcon/{connection.id}", f"dxvif/{vif_id}"):
        office.call("DescribeTags", resourceArns=[f"arn:aws:directconnect:us-east-1:{ACCOUNT}:{path}"])
        with pytest.raises(ClientException, match="does not exist"):
            office.call("DescribeTags", resourceArns=[f"arn:aws:directconnect:eu-west-1:{ACCOUNT}:{path}"])


def test_what_is_deleted_has_no_tags(office: Office) -> None:
    connection = office.plug()
    vif_id = office.private(connection.id)["virtualInterfaceId"]
    office.call("DeleteVirtualInterface", virtualInterfaceId=vif_id)
    office.cloud.vif_removed(vif_id)
    office.call("DeleteConnection", connectionId=connection.id)
    office.cloud.connection_removed(connection.id)
    for path in (f"dxcon/{connection.id}", f"dxvif/{vif_id}"):
        with pytest.raises(ClientException, match="does not exist"):
            office.call("DescribeTags", resourceArns=[f"arn:aws:directconnect:us-east-1:{ACCOUNT}:{path}"])
