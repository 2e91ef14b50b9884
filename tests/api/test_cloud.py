"""The real cloud world behind the wire."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.client import BaseClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.api.endpoint import Endpoint
from lab.api.service import OPERATIONS
from lab.directconnect.cloud import Cloud
from lab.directconnect.operations import OPERATIONS as SIMULATED
from lab.directconnect.settings import Settings
from lab.directconnect.store import Store
from tests.api.wire import Writer, cbor_request, document, json_request
from tests.support.cbor_client import cbor_client, json_client
from tests.support.examples import example
from tests.support.live import live_endpoint

GATEWAY = "vgw-0a1b2c3d4e5f60718"


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with Store.open(tmp_path / "state") as store:
        yield Cloud(store, Settings())


@pytest.fixture
def endpoint(cloud: Cloud) -> Endpoint:
    return Endpoint(cloud)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """For requests that do not depend on what was there before."""
    with Store.open(tmp_path_factory.mktemp("state")) as store:
        yield Endpoint(Cloud(store, Settings()))


@pytest.fixture(params=["json", "smithy-rpc-v2-cbor"])
def client(request: pytest.FixtureRequest, cloud: Cloud, tmp_path: Path) -> Iterator[BaseClient]:
    with live_endpoint(cloud) as address:
        made = (
            json_client(address.url)
            if request.param == "json"
            else cbor_client(address.url, tmp_path / "model")
        )
        yield made
        made.close()


def test_a_virtual_interface_with_two_peers(cloud: Cloud, client: BaseClient) -> None:
    connection = cloud.plug_cable("office", location="EqDC2")
    wanted = {
        "virtualInterfaceName": "office-private",
        "vlan": 101,
        "asn": 65001,
        "authKey": "s3cretKey9",
        "virtualGatewayId": GATEWAY,
        "tags": [{"key": "owner", "value": "Größe"}],
    }

    created = client.create_private_virtual_interface(
        connectionId=connection.id, newPrivateVirtualInterface=wanted
    )
    added = client.create_bgp_peer(
        virtualInterfaceId=created["virtualInterfaceId"],
        newBGPPeer={"addressFamily": "ipv6", "asnLong": 4_200_000_000},
    )

    [described] = client.describe_virtual_interfaces()["virtualInterfaces"]
    assert described["bgpPeers"] == added["virtualInterface"]["bgpPeers"]
    assert [peer["asnLong"] for peer in described["bgpPeers"]] == [65001, 4_200_000_000]
    assert (described["authKey"], described["tags"]) == ("s3cretKey9", wanted["tags"])


def test_accounts_and_regions_come_from_the_key_and_the_scope(cloud: Cloud) -> None:
    with live_endpoint(cloud) as address:
        mine = json_client(address.url, access_key="111122223333", region="eu-central-1")
        theirs = json_client(address.url, access_key="444455556666", region="eu-central-1")
        made = mine.create_connection(location="EqFA5", bandwidth="1Gbps", connectionName="c")
        assert (made["ownerAccount"], made["region"]) == ("111122223333", "eu-central-1")
        assert theirs.describe_connections()["connections"] == []
        mine.close()
        theirs.close()


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_that_is_not_simulated_says_so(name: str, shared: Endpoint) -> None:
    answer = document(shared.answer(json_request(name, example(OPERATIONS[name].input, complete=True))))

    says_so = answer.get("message") == f"{name} is not simulated yet."
    assert says_so == (name not in SIMULATED)


@pytest.mark.parametrize("write", [json_request, cbor_request], ids=["json", "cbor"])
@pytest.mark.parametrize("complete", [False, True], ids=["required members", "all members"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_made_up_parameters_are_no_fault_of_the_endpoint(
    name: str, complete: bool, write: Writer, shared: Endpoint
) -> None:
    response = shared.answer(write(name, example(OPERATIONS[name].input, complete=complete)))

    assert response.status < 500


NUMBERS = st.sampled_from([-1, 0, 1, 4094, 4095, 65001, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1])
TEXTS = st.sampled_from(
    [
        *("ipv4", "ipv6", "169.254.1.1/30", "169.254.1.2/30", "1.1.1.1/31", "2001:db8::1/125", "::/0"),
        *("1Gbps", "EqDC2", GATEWAY, "dxcon-", "\0", "arn:aws:directconnect:us-east-1:123456789012:dxcon/"),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_parameters_of_the_right_types_are_no_fault_of_the_endpoint(
    data: st.DataObject, cloud: Cloud, endpoint: Endpoint
) -> None:
    connection = cloud.plug_cable("office", location="EqDC2")
    vif = {"virtualInterfaceName": "v", "vlan": 101, "asn": 65001, "virtualGatewayId": GATEWAY}
    made = json_request(
        "CreatePrivateVirtualInterface", {"connectionId": connection.id, "newPrivateVirtualInterface": vif}
    )
    identifier = document(endpoint.answer(made)).get("virtualInterfaceId", "dxvif-ffffffff")
    texts = TEXTS | st.text(max_size=20) | st.sampled_from([connection.id, identifier])
    name = data.draw(st.sampled_from(sorted(cloud.operations)))
    parameters = example(OPERATIONS[name].input, complete=True)

    response = endpoint.answer(json_request(name, _redrawn(data, parameters, texts)))

    assert response.status < 500, response.body


def _redrawn(data: st.DataObject, value: object, texts: st.SearchStrategy[str]) -> object:
    """The same document with other numbers and texts, and fewer members."""
    if isinstance(value, dict):
        kept = [name for name in value if data.draw(st.integers(0, 3))]
        return {name: _redrawn(data, value[name], texts) for name in kept}
    if isinstance(value, list):
        return [_redrawn(data, item, texts) for item in value * data.draw(st.integers(0, 2))]
    if isinstance(value, bool):
        return data.draw(st.booleans())
    return data.draw(NUMBERS) if isinstance(value, int) else data.draw(st.just(value) | texts)
