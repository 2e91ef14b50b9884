"""AWS's own description of the API, from botocore.

botocore ships the Smithy model of every AWS service as data; clients build their requests from it. dxlab
reads the same file, once, so that the endpoint and its clients cannot disagree about a name or a shape. The
user's own models (`~/.aws/models`, AWS_DATA_PATH) are left out on purpose: they may have been edited to
steer a client.

Source: botocore `data/directconnect/2012-10-25/service-2.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape


@dataclass(frozen=True)
class Operation:
    """One operation of the API; None stands for an input or output without members."""

    name: str
    input: Shape | None
    output: Shape | None


def _load() -> ServiceModel:
    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    return ServiceModel(loader.load_service_model("directconnect", "service-2"), "directconnect")


def _operations(model: ServiceModel) -> dict[str, Operation]:
    described = map(model.operation_model, model.operation_names)
    return {entry.name: Operation(entry.name, entry.input_shape, entry.output_shape) for entry in described}


_MODEL = _load()

SIGNING_NAME: str = _MODEL.signing_name
"""The service in a SigV4 credential scope: `directconnect`."""

TARGET_PREFIX: str = _MODEL.metadata["targetPrefix"]
"""The service on the wire, in `X-Amz-Target` and in the path of RPC v2: `OvertureService`."""

OPERATIONS: Mapping[str, Operation] = MappingProxyType(_operations(_MODEL))
"""Every operation of the model by its name."""
