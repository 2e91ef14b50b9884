"""The customer: asks AWS for what a topology's `requests` say, over the network, with boto3.

The lab's own requests take the road of everybody's: they are encoded, signed, sent to the endpoint and judged
there. Names stand in a topology where AWS wants ids; they are looked up through the API right before each
request.

boto3's clients are botocore's. They are made by botocore here, whose import takes half the time. They block, so
every method here is for a thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from lab.errors import LabError, TopologyError, without_secrets
from lab.topology import Request
from lab.topology.references import names_in, substitute_names
from lab.topology.refusals import known

#: The operations' own members, as boto3 gives them.
Record = Mapping[str, Any]


def client_for(url: str, region: str) -> Any:  # noqa: ANN401 -- boto3 makes its client classes at run time
    """A Direct Connect client as boto3 makes it. It talks to the lab, whatever the user's AWS profile and proxy are.

    Any credentials do: the lab knows no secrets.
    """
    return _plain_session().create_client(
        "directconnect",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="dxlab",
        aws_secret_access_key="dxlab",
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


def _plain_session() -> botocore.session.Session:
    """botocore as it is without environment variables and files of the user's."""
    known = botocore.session.Session.SESSION_VARIABLES
    plain = {name: (None, None, default, convert) for name, (*_, default, convert) in known.items()}
    files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    return botocore.session.Session(session_vars={**plain, **files})


class Customer:
    """Plays a topology's requests.

    :param path: the topology file, for errors.
    """

    def __init__(self, url: str, region: str, path: Path) -> None:
        self._url = url
        self._client = client_for(url, region)
        self._client.meta.events.register("before-call", self._mark)
        self._invocation: str | None = None
        self._path = path

    def ask(self, request: Request, invocation: str | None = None) -> Record:
        """Make one request.

        :param invocation: the request's id, by which the endpoint knows a second attempt; a new one if None.
        :raises TopologyError: AWS refuses it; with file, line and AWS's own words, but never a key.
        :raises LabError: the endpoint does not answer.
        """
        keys = self._keys(request)
        ids = self._ids()
        parameters = substitute_names(request.parameters, ids)
        self._invocation = invocation
        try:
            return self._call(xform_name(request.operation), parameters)
        except ClientError as refusal:
            error = refusal.response["Error"]
            words = f"{error['Code']}: {error['Message']}"
            raise self._refused(request, words + _meant(parameters, ids, error["Message"])) from None
        except ParamValidationError as refusal:
            heading, *faults = str(refusal).splitlines()
            words = without_secrets(f"{heading} {'; '.join(faults)}", keys)
            raise self._refused(request, words) from None
        finally:
            self._invocation = None

    def router_configuration(self, virtual_interface_id: str, router_type: str) -> str:
        """The text of DescribeRouterConfiguration.

        :raises LabError: AWS refuses, or the endpoint does not answer.
        """
        parameters = {"virtualInterfaceId": virtual_interface_id, "routerTypeIdentifier": router_type}
        try:
            answer = self._call("describe_router_configuration", parameters)
        except ClientError as refusal:
            message = refusal.response["Error"]["Message"]
            raise LabError(f"AWS refuses DescribeRouterConfiguration: {message}") from None
        return str(answer["customerRouterConfig"])

    def connection_ids(self) -> Mapping[str, str]:
        """The ids of the connections that stand, by name."""
        return {
            record["connectionName"]: record["connectionId"]
            for record in self._all("describe_connections", "connections")
            if record["connectionState"] not in ("deleting", "deleted")
        }

    def virtual_interfaces(self) -> Sequence[Record]:
        """Every virtual interface, as DescribeVirtualInterfaces has it."""
        return self._all("describe_virtual_interfaces", "virtualInterfaces")

    def _mark(self, context: dict[str, Any], **_: object) -> None:
        """Called by botocore before each request, which draws an id itself where none is set."""
        if self._invocation is not None:
            context.setdefault("retries", {})["invocation-id"] = self._invocation

    def _keys(self, request: Request) -> list[str]:
        """The BGP keys in a request. One that is no text would be shown by boto3, and so is refused here."""
        keys = list(_values_of_keys(request.parameters))
        if not all(isinstance(key, str) for key in keys):
            sentence = f"the authKey of {request.operation} must be text; quote it"
            raise TopologyError(sentence, self._path, request.line)
        return [str(key) for key in keys]

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> Record:
        """Call an operation by boto3's name for it."""
        try:
            answer: Record = getattr(self._client, operation)(**parameters)
        except ParamValidationError:
            raise
        except BotoCoreError as failure:
            raise LabError(f"the lab's endpoint {self._url} cannot be asked: {failure}") from None
        return answer

    def _refused(self, request: Request, words: str) -> TopologyError:
        return TopologyError(f"AWS refuses {request.operation}: {words}", self._path, request.line)

    def _ids(self) -> dict[str, Mapping[str, str]]:
        """For each parameter that takes an id, the ids of what is standing, by name."""
        return {
            "connectionId": self.connection_ids(),
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
            page = self._call(operation, token)
            records += page[member]
            if not page.get("nextToken"):
                return records
            token = {"nextToken": page["nextToken"]}


def _meant(parameters: Mapping[str, Any], ids: Mapping[str, Mapping[str, str]], message: str) -> str:
    """The names that would have been known, where AWS complains of a name that stands for no id."""
    for value, names in names_in(parameters, ids):
        if names and value not in names.values() and value in message:
            return f" {known(value, names)}"
    return ""


def _values_of_keys(value: object) -> Iterator[object]:
    """What stands under `authKey`, in whatever case, at any depth."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if str(name).casefold() == "authkey":
                yield part
            else:
                yield from _values_of_keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from _values_of_keys(part)
