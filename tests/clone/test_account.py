"""The account itself, asked over the network: a lab's endpoint stands for AWS's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.clone import ask, read
from lab.directconnect.cloud import Caller
from lab.directconnect.errors import ClientException
from lab.errors import LabError
from tests.clone.worlds import described
from tests.directconnect.office import Clock, Office
from tests.support.live import live_endpoint

PROFILE = "tlab-real"


class Account:
    """A cloud world that answers one resource at a time, with a note of what was asked."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.operations = office.cloud.operations
        self.asked: list[str] = []
        self.prepared: dict[str, list[dict[str, Any]]] = {}
        self.locked = False

    def perform(
        self, operation: str, caller: Caller, parameters: Mapping[str, Any], invocation: str | None
    ) -> Mapping[str, Any]:
        self.asked.append(operation)
        if self.locked:
            raise ClientException("You may not.")
        if operation in self.prepared:
            return self.prepared[operation].pop(0)
        return self.office.cloud.perform(operation, caller, {**parameters, "maxResults": 1})


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account, and an environment whose credentials are its owner's."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "dxlab")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "dxlab")
    (tmp_path / "state").mkdir()
    office = Office(tmp_path / "state", Clock())
    account = Account(office)
    with live_endpoint(account) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DIRECT_CONNECT", address.url)
        yield account
    office.close()


@pytest.fixture
def ordered(account: Account) -> Account:
    """The account, with three virtual interfaces."""
    connection = account.office.plug()
    gateway = account.office.gateway("hub")
    for vlan in (1, 2):
        account.office.private(connection.id, vlan=vlan)
    account.office.transit(connection.id, gateway, vlan=3)
    return account


def test_every_page_is_asked_for(ordered: Account) -> None:
    found = ask("default", "us-east-1")
    wanted = read([("it", json.dumps(described(ordered.office)))])
    assert len(found.virtual_interfaces) == 3
    assert (found.virtual_interfaces, found.connections, found.gateways) == (
        wanted.virtual_interfaces,
        wanted.connections,
        wanted.gateways,
    )


def test_nothing_but_descriptions_is_asked_for(ordered: Account) -> None:
    ask("default", "us-east-1")
    assert {operation[:8] for operation in ordered.asked} == {"Describe"}


def test_what_is_refused_is_remarked_upon(ordered: Account) -> None:
    found = ask("default", "us-east-1")
    refused = [remark.partition(" was refused: ")[0] for remark in found.remarks]
    assert refused == ["describe_lags", "describe_direct_connect_gateway_associations"]
    assert len(found.virtual_interfaces) == 3


def test_a_gateways_associations_are_asked_for(ordered: Account) -> None:
    associations = [{"directConnectGatewayId": "one"}], [{"directConnectGatewayId": "two"}]
    ordered.prepared["DescribeDirectConnectGatewayAssociations"] = [
        {"directConnectGatewayAssociations": associations[0], "nextToken": "more"},
        {"directConnectGatewayAssociations": associations[1]},
    ]
    found = ask("default", "us-east-1").associations
    assert [association.direct_connect_gateway_id for association in found] == ["one", "two"]


def test_an_account_that_may_not_be_read(account: Account) -> None:
    account.locked = True
    with pytest.raises(LabError) as refusal:
        ask("default", "us-east-1")
    assert str(refusal.value).startswith("AWS cannot be asked with the profile 'default': An error occurred ")
    assert "You may not." in str(refusal.value)


def test_a_profile_of_the_users(ordered: Account, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(f"[profile {PROFILE}]\nregion = us-east-1\n")
    (tmp_path / "credentials").write_text(f"[{PROFILE}]\naws_access_key_id = a\naws_secret_access_key = b\n")
    assert len(ask(PROFILE, None).virtual_interfaces) == 3


def test_a_profile_that_there_is_not(account: Account) -> None:
    with pytest.raises(LabError, match="profile 'nobody': The config profile "):
        ask("nobody", "us-east-1")


def test_a_region_that_nobody_says(account: Account) -> None:
    with pytest.raises(LabError, match="profile 'default': You must specify a region"):
        ask("default", None)
