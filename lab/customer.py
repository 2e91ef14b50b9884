"""The customer: asks AWS for what a topology's `requests` say, over the network, with boto3.

The lab's own requests take the road of everybody's: they are encoded, signed, sent to the endpoint and judged
there. Names stand in a topology where AWS wants ids; they are looked up through the API right before each
request.

boto3 blocks, so every method here is for a thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from lab.errors import TopologyError
from lab.topology import Request
from lab.topology.references import substitute_names

#: The operations' own members, as boto3 gives them.
Record = Mapping[str, Any]


def client_for(url: str, region: str) -> Any:  # noqa: ANN401 -- boto3 makes its client classes at run time
    """A boto3 Direct Connect client that talks to the lab. Any credentials do: the lab knows no secrets."""
    return boto3.client(
        "directconnect",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="dxlab",
        aws_secret_access_key="dxlab",
        config=Config(retries={"total_max_attempts": 1}),
    )


class Customer:
    """Plays a topology's requests.

    :param path: the topology file, for errors.
    """

    def __init__(self, url: str, region: str, path: Path) -> None:
        self._client = client_for(url, region)
        self._path = path

    def ask(self, request: Request) -> Record:
        """Make one request.

        :raises TopologyError: AWS refuses it; with file, line and AWS's own words.
        """
        parameters = substitute_names(request.parameters, self._ids())
        try:
            answer: Record = getattr(self._client, xform_name(request.operation))(**parameters)
        except ClientError as refusal:
            error = refusal.response["Error"]
            raise self._refused(request, f"{error['Code']}: {error['Message']}") from refusal
        except ParamValidationError as refusal:
            raise self._refused(request, str(refusal).replace("\n", " ")) from refusal
        return answer

    def virtual_interfaces(self) -> Sequence[Record]:
        """Every virtual interface, as DescribeVirtualInterfaces has it."""
        return self._all("describe_virtual_interfaces", "virtualInterfaces")

    def _refused(self, request: Request, words: str) -> TopologyError:
        return TopologyError(f"AWS refuses {request.operation}: {words}", self._path, request.line)

    def _ids(self) -> dict[str, dict[str, str]]:
        """For each parameter that takes an id, the ids of what is standing, by name."""
        return {
            "connectionId": {
                record["connectionName"]: record["connectionId"]
                for record in self._all("describe_connections", "connections")
                if record["connectionState"] not in ("deleting", "deleted")
            },
            "virtualInterfaceId": {
                record["virtualInterfaceName"]: record["virtualInterfaceId"]
                for record in self.virtual_interfaces()
                if record["virtualInterfaceState"] not in ("deleting", "deleted")
            },
            "directConnectGatewayId": {
                record["directConnectGatewayName"]: record["directConnectGatewayId"]
                for record in self._all("describe_direct_connect_gateways", "directConnectGateways")
            },
        }

    def _all(self, operation: str, member: str) -> list[Record]:
        """Every page of a list."""
        records: list[Record] = []
        token: dict[str, str] = {}
        while True:
            page = getattr(self._client, operation)(**token)
            records += page[member]
            if not page.get("nextToken"):
                return records
            token = {"nextToken": page["nextToken"]}
