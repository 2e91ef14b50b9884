"""The AWS CLI against a live lab."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clients.document import CLIENTS, expected_output, programs
from tests.clients.shell import Shell
from tests.support.command import Running, eventually

pytestmark = [pytest.mark.root, pytest.mark.client]


@pytest.mark.timeout(120)
def test_the_documented_session(shell: Shell, lab: Running) -> None:
    shown = programs(CLIENTS.read_text(), "AWS CLI")

    assert shell.run(*shown) == expected_output(shown)
    eventually(lambda: lab.vifs()[0]["virtualInterfaceState"] == "deleted", "the VIF to be gone")


def test_a_port_from_order_to_deletion(shell: Shell) -> None:
    ordered = aws(shell, "create-connection --location EqDC2 --bandwidth 1Gbps --connection-name branch")
    asked = f"describe-connections --connection-id {ordered['connectionId']}"
    assert ordered["connectionState"] == "requested"
    eventually(lambda: state(aws(shell, asked)) == "down", "the port to be ready")

    deleted = aws(shell, f"delete-connection --connection-id {ordered['connectionId']}")

    assert deleted["connectionState"] == "deleting"
    eventually(lambda: state(aws(shell, asked)) == "deleted", "the port to be given back")


def test_tags_of_a_gateway(shell: Shell) -> None:
    made = aws(shell, "create-direct-connect-gateway --direct-connect-gateway-name core")
    gateway = made["directConnectGateway"]["directConnectGatewayId"]
    arn = f"arn:aws:directconnect::123456789012:dx-gateway/{gateway}"

    shell.sh(f"aws directconnect tag-resource --resource-arn {arn} --tags key=site,value='rue d_Ulm'")
    described = aws(shell, f"describe-tags --resource-arns {arn}")
    shell.sh(f"aws directconnect untag-resource --resource-arn {arn} --tag-keys site")

    assert described["resourceTags"] == [
        {"resourceArn": arn, "tags": [{"key": "site", "value": "rue d_Ulm"}]}
    ]
    assert aws(shell, f"describe-tags --resource-arns {arn}")["resourceTags"][0]["tags"] == []


def test_a_refusal_is_said_in_the_words_of_aws(shell: Shell) -> None:
    said = shell.sh("aws directconnect delete-connection --connection-id dxcon-fg000000 2>&1 || echo $?")

    refusal, status = said.split("\n")[-3:-1]
    assert refusal == (
        "An error occurred (DirectConnectClientException) when calling the DeleteConnection operation:"
        " Could not find Connection with ID dxcon-fg000000"
    )
    assert status == "255"


def aws(shell: Shell, words: str) -> dict[str, Any]:
    """The answer of an operation."""
    return dict(json.loads(shell.sh(f"aws directconnect {words} --output json")))


def state(described: dict[str, Any]) -> str:
    return str(described["connections"][0]["connectionState"])
