"""The account itself, asked as its owner: read-only calls with boto3 and the user's own credentials.

Virtual interfaces are indispensable. What else is asked makes the topology better; whoever may not ask it gets a
remark in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lab.clone.reading import Answer, records
from lab.clone.records import Records
from lab.errors import LabError

#: The profile that stands for whatever credentials boto3 finds.
DEFAULT_PROFILE = "default"
_INDISPENSABLE = "describe_virtual_interfaces"
_HELPFUL = ("describe_connections", "describe_lags", "describe_direct_connect_gateways")
_ASSOCIATIONS = "describe_direct_connect_gateway_associations"


def ask(profile: str, region: str | None) -> Records:
    """What the account has in one region.

    :param profile: a profile of the user's AWS configuration; `default` is whatever credentials boto3 finds.
    :param region: None is the profile's own.
    :raises LabError: AWS cannot be asked, or refuses.
    """
    try:
        client = _session(profile, region).client("directconnect")
        answers = list(_pages(client, _INDISPENSABLE))
        refusals = []
        for call, parameters in _calls(answers):
            try:
                answers += _pages(client, call, **parameters)
            except ClientError as refusal:
                refusals.append(f"{call} was refused: {refusal.response['Error']['Message']}")
    except (BotoCoreError, ClientError) as error:
        raise LabError(f"AWS cannot be asked with the profile '{profile}': {error}") from None
    found = records(answers)
    return replace(found, remarks=(*found.remarks, *dict.fromkeys(refusals)))


def _session(profile: str, region: str | None) -> boto3.Session:
    """boto3 takes `default` for a profile that must exist, even where the environment has credentials."""
    there = profile in boto3.Session().available_profiles
    chosen = profile if there or profile != DEFAULT_PROFILE else None
    return boto3.Session(profile_name=chosen, region_name=region)


def _calls(answers: list[tuple[str, Answer]]) -> Iterator[tuple[str, dict[str, str]]]:
    """What else is asked, one after the other; of each gateway that was answered, its associations."""
    for call in _HELPFUL:
        yield call, {}
    for _, answer in tuple(answers):
        for gateway in answer.get("directConnectGateways", ()):
            yield _ASSOCIATIONS, {"directConnectGatewayId": gateway["directConnectGatewayId"]}


def _pages(client: Any, call: str, **parameters: str) -> Iterator[tuple[str, Answer]]:  # noqa: ANN401 -- see above
    """Every page of an answer, without the token that leads to the next."""
    while True:
        page = dict(getattr(client, call)(**parameters))
        token = page.pop("nextToken", None)
        yield call, page
        if not token:
            return
        parameters["nextToken"] = token
