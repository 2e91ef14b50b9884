"""Keys that stand in the environment, and keys that only look so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.errors import TopologyError
from lab.topology import Device, Request, Topology
from lab.topology.keys import literal, variable, with_keys


def asked(parameters: Mapping[str, Any], **environment: str) -> Mapping[str, Any]:
    """The parameters of a topology's only request, as they are sent."""
    (request,) = with_keys(topology_of(parameters), environment).requests
    return request.parameters


def topology_of(parameters: Mapping[str, Any]) -> Topology:
    request = Request(operation="CreateBGPPeer", parameters=parameters, line=7)
    device = Device(name="dx", location="EqDC2", line=3)
    return Topology(name="keys", path=Path("/lab.yml"), devices=(device,), requests=(request,))


def test_a_variable_is_replaced_at_any_depth() -> None:
    parameters = {"virtualInterfaceId": "office", "new": [{"asn": 1, "authKey": "${OFFICE_KEY_1}"}]}
    assert asked(parameters, OFFICE_KEY_1="s3cret$9") == {
        "virtualInterfaceId": "office",
        "new": [{"asn": 1, "authKey": "s3cret$9"}],
    }


@pytest.mark.parametrize(
    "key", ["s3cretKey9", "$", "$WORD", "a${WORD}", "${WORD}b", "${WO-RD}", "${}", "${1}", "${a.b}", "$$WORD"]
)
def test_everything_else_is_the_key_itself(key: str) -> None:
    assert asked({"authKey": key}, WORD="other", a="other") == {"authKey": key}


@pytest.mark.parametrize(("written", "key"), [("$${WORD}", "${WORD}"), ("$$${WORD}", "$${WORD}")])
def test_one_more_dollar_makes_a_variable_a_key(written: str, key: str) -> None:
    assert asked({"authKey": written}, WORD="other") == {"authKey": key}


def test_a_value_is_not_looked_into() -> None:
    assert asked({"authKey": "${ONE}"}, ONE="${TWO}", TWO="other") == {"authKey": "${TWO}"}


def test_other_members_have_no_variables() -> None:
    parameters = {
        "virtualInterfaceName": "${WORD}",
        "authKey": 12345678,
        "tags": [{"key": "a", "value": "${WORD}"}],
    }
    assert asked(parameters, WORD="other") == parameters


def test_a_variable_that_is_not_set_is_refused_with_its_place() -> None:
    with pytest.raises(TopologyError) as refusal:
        with_keys(topology_of({"new": {"authKey": "${OFFICE_KEY}"}}), {"OTHER_KEY": "s3cretKey9"})
    assert str(refusal.value) == (
        "/lab.yml:7: the environment variable OFFICE_KEY, an authKey of CreateBGPPeer, is not set"
    )


@given(st.text(st.sampled_from("${}AB_1 x"), max_size=12))
def test_every_key_can_be_written(key: str) -> None:
    assert asked({"authKey": literal(key)}) == {"authKey": key}


def test_a_variable_can_be_written() -> None:
    assert asked({"authKey": variable("A_1")}, A_1="s3cretKey9") == {"authKey": "s3cretKey9"}
