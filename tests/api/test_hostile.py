"""Text that tries to be more than text, in every place of the API that takes some from a customer.

It is refused with one line, or it is kept and comes back as it was; it never begins a line of the log, of the XML for
the router, or of a configuration for it.
"""

from __future__ import annotations

import json
import logging
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.api.endpoint import Endpoint
from tests.api.wire import json_request
from tests.directconnect.office import Clock, Office, private_members

HOSTILE = (
    "line one\nline two",
    "carriage\rreturn",
    "nul\0nul",
    "escape\x1b[2J\x1b]0;title\x07",
    "quote\"quote'quote`quote",
    "../../../../etc/passwd",
    "/etc/passwd",
    "$(touch /tmp/x)`touch /tmp/x`;touch /tmp/x|cat&",
    "${office-private.ipv4.authKey}",
    "{{ 7 * 7 }}{% for %}",
    "<x>&amp;]]><!-- -->",
    "%s%n%d%(asctime)s",
    "right\u202eto left, line\u2028separator",
    "\ud800 lone surrogate",
    "x" * 5000,
    " ",
    "",
)
#: Where a customer's text goes in, and what is asked for with it.
PLACES: dict[str, Callable[[str], tuple[str, dict[str, object]]]] = {
    "connectionName": lambda text: (
        "CreateConnection",
        {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": text},
    ),
    "gatewayName": lambda text: ("CreateDirectConnectGateway", {"directConnectGatewayName": text}),
    "virtualInterfaceName": lambda text: vif(virtualInterfaceName=text),
    "authKey": lambda text: vif(authKey=text),
    "amazonAddress": lambda text: vif(amazonAddress=text, customerAddress=text),
    "virtualGatewayId": lambda text: vif(virtualGatewayId=text),
    "tag key": lambda text: vif(tags=[{"key": text, "value": "x"}]),
    "tag value": lambda text: vif(tags=[{"key": "x", "value": text}]),
}


def vif(**members: object) -> tuple[str, dict[str, object]]:
    named = {"newPrivateVirtualInterface": private_members(**members)}
    return "CreatePrivateVirtualInterface", {"connectionId": "office", **named}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "state", Clock())
    yield made
    made.close()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_is_refused_or_kept_as_it_is(
    office: Office, caplog: pytest.LogCaptureFixture, place: str, text: str
) -> None:
    caplog.set_level(logging.DEBUG)
    connection = office.plug()
    operation, parameters = PLACES[place](text)
    if "connectionId" in parameters:
        parameters["connectionId"] = connection.id
    before = office.dump()
    response = Endpoint(office.cloud).answer(json_request(operation, parameters))
    answer = json.loads(response.body)
    if response.status != 200:
        assert 400 <= response.status < 500
        assert "\n" not in answer.get("message", "")
        assert office.dump() == before
    elif operation == "CreatePrivateVirtualInterface":
        check_router_configuration(answer)
    assert all(
        "\n" not in record.getMessage() and "\x1b" not in record.getMessage() for record in caplog.records
    )
    assert text in ("", " ") or all(text not in record.getMessage() for record in caplog.records)


def check_router_configuration(answer: dict[str, str]) -> None:
    """The XML for the router says what was asked for, and no more."""
    document = ElementTree.fromstring(answer["customerRouterConfig"])
    peers = document.findall(".//bgp_auth_key")
    assert [peer.text for peer in peers] == [answer["authKey"]]
