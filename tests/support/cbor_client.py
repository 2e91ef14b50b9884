"""A boto3 client that speaks Smithy RPC v2 CBOR to Direct Connect.

botocore prefers JSON where a service's model lists both protocols. So the client gets a copy of the model
that lists CBOR alone, in a directory that its loader searches before its own data.
"""

from __future__ import annotations

import json
from pathlib import Path

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

PROTOCOL = "smithy-rpc-v2-cbor"


def cbor_model(directory: Path) -> Path:
    """Write the copy of the model; the directory is what `AWS_DATA_PATH` may then name."""
    model = Loader().load_service_model("directconnect", "service-2")
    model["metadata"] |= {"protocol": PROTOCOL, "protocols": [PROTOCOL]}
    path = directory / "directconnect" / model["metadata"]["apiVersion"] / "service-2.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(model))
    return directory


def cbor_client(
    url: str, directory: Path, *, access_key: str = "test", region: str = "us-east-1"
) -> BaseClient:
    """A client of the endpoint at `url`; `directory` is empty and stays for as long as the client lives."""
    session = Session()
    session.get_component("data_loader").search_paths.insert(0, str(cbor_model(directory)))
    return _client(session, url, access_key, region)


def json_client(url: str, *, access_key: str = "test", region: str = "us-east-1") -> BaseClient:
    """A client as boto3 makes it: AWS JSON 1.1."""
    return _client(Session(), url, access_key, region)


def _client(session: Session, url: str, access_key: str, region: str) -> BaseClient:
    return boto3.Session(botocore_session=session).client(
        "directconnect",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )
