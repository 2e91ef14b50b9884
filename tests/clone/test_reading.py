"""What the AWS CLI printed, read."""

from __future__ import annotations

import json

import pytest

from lab.clone import read
from lab.errors import UsageError

VIF = {"virtualInterfaceId": "dxvif-fg000001", "vlan": 101, "asn": 65001}


def test_documents_one_after_the_other() -> None:
    answers = [
        {"virtualInterfaces": [VIF]},
        {"connections": [{"connectionId": "dxcon-1", "connectionName": "office"}], "nextToken": None},
        {"lags": [{"lagId": "dxlag-1", "lagName": "bundle", "connectionsBandwidth": "10Gbps"}]},
        {"directConnectGateways": [{"directConnectGatewayId": "g-1", "amazonSideAsn": 64512}]},
        {"directConnectGatewayAssociations": [{"directConnectGatewayId": "g-1"}, {}]},
        {"virtualGateways": [{"virtualGatewayId": "vgw-1"}]},
    ]
    text = "\ufeff \n" + "\n\n".join(json.dumps(answer, indent=2) for answer in answers) + "\n"
    records = read([("standard input", text)])
    assert records == read([(str(index), json.dumps(answer)) for index, answer in enumerate(answers)])
    assert [vif.virtual_interface_id for vif in records.virtual_interfaces] == ["dxvif-fg000001"]
    assert (len(records.connections), len(records.lags), len(records.gateways)) == (1, 1, 1)
    assert len(records.associations) == 2
    assert records.remarks == ()


def test_one_object_with_the_members_of_all() -> None:
    answer = {"virtualInterfaces": [VIF], "connections": [{"connectionId": "dxcon-1"}], "newerThings": [1]}
    records = read([("all.json", json.dumps(answer))])
    assert (len(records.virtual_interfaces), len(records.connections)) == (1, 1)


@pytest.mark.parametrize("answer", [VIF, {"virtualInterface": VIF}])
def test_the_answer_of_a_call_that_makes_a_virtual_interface(answer: object) -> None:
    assert len(read([("made.json", json.dumps(answer))]).virtual_interfaces) == 1


def test_the_last_one_of_an_id_counts() -> None:
    older, newer = {**VIF, "vlan": 1}, {**VIF, "vlan": 2}
    records = read([("old", json.dumps(older)), ("new", json.dumps(newer))])
    assert [vif.vlan for vif in records.virtual_interfaces] == [2]


def test_a_member_that_is_null_is_absent() -> None:
    (vif,) = read(
        [("vif", json.dumps({**VIF, "mtu": None, "bgpPeers": None, "tags": None}))]
    ).virtual_interfaces
    assert (vif.mtu, vif.bgp_peers, vif.tags) == (None, (), ())


def test_an_answer_that_is_cut_is_remarked_upon() -> None:
    answer = json.dumps({"virtualInterfaces": [VIF], "nextToken": "abc"})
    assert read([("page.json", answer)]).remarks == ("page.json is one page of several: it has a nextToken",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it is empty; it should hold what 'aws directconnect describe-...' printed"),
        (
            '{"connections": []}\nVIRTUALINTERFACES\t65000',
            "it:2: this is not JSON (Expecting value); run the AWS CLI with '--output json'",
        ),
        (
            "virtualInterfaces:\n- asn: 65000\n",
            "it:1: this is not JSON (Expecting value); run the AWS CLI with '--output json'",
        ),
        ("[]", "it holds a list, not an answer of AWS; leave '--query' out"),
        ('"text"', "it holds a bare value, not an answer of AWS; leave '--query' out"),
        (
            '{"Vpcs": []}',
            "it is no answer of Direct Connect: it has none of virtualInterfaces, connections, lags, directConnect",
        ),
        ('{"virtualInterface": 1}', "it is no answer of Direct Connect: it has none of virtualInterfaces,"),
        (
            '{"virtualInterfaces": [{"vlan": 1}]}',
            "it: virtualInterfaceId of virtualInterfaces: field required",
        ),
        (
            '{"virtualInterfaces": [{"virtualInterfaceId": "dxvif-1", "vlan": "none"}]}',
            "it: vlan of virtualInterfaces: input should be a valid integer,",
        ),
        (
            '{"virtualInterfaces": [7]}',
            "it: an item of virtualInterfaces: input should be a valid dictionary",
        ),
    ],
)
def test_what_is_no_answer(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read([("it", text)])
    assert str(refusal.value).startswith(sentence)


def test_a_key_is_not_repeated_in_an_error() -> None:
    answer = {"virtualInterfaces": [{**VIF, "vlan": "none", "authKey": "s3cretKey9"}]}
    with pytest.raises(UsageError) as refusal:
        read([("it", json.dumps(answer))])
    assert "s3cretKey9" not in str(refusal.value)
