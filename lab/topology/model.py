"""What a topology file says, once it is known to be right."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

#: The key under `gateways` that means AWS's public network, which is behind every public virtual interface.
PUBLIC = "public"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Device(_Frozen):
    """The Direct Connect device, the AWS end of the cables.

    :param line: where the file has the location.
    """

    name: str
    location: str
    line: int


class RouterNode(_Frozen):
    """A customer router.

    :param startup_config: absolute path of its configuration, which may hold references.
    :param image: container image; None is the lab's own. Only for the docker runtime.
    """

    name: str
    kind: str
    startup_config: Path
    runtime: str = "namespace"
    image: str | None = None


class Endpoint(_Frozen):
    """One end of a cable."""

    node: str
    interface: str

    def __str__(self) -> str:
        return f"{self.node}:{self.interface}"


class Link(_Frozen):
    """A cable from a port of the Direct Connect device to a router's interface.

    :param port: its interface is the name of the Connection that the cable is, or the id or name of an
        existing one.
    :param line: where the file has it.
    :param logical_redundancy: the new Connection's `hasLogicalRedundancy`, in the API's words; None is the
        lab's default.
    :param bandwidth: the new Connection's, in the API's words; None is the lab's default.
    """

    port: Endpoint
    router: Endpoint
    line: int
    logical_redundancy: str | None = None
    bandwidth: str | None = None

    @property
    def connection(self) -> str:
        return self.port.interface


class Gateway(_Frozen):
    """What stands behind virtual interfaces; `asn` None is AWS's default.

    :param line: where the file has it.
    """

    line: int
    asn: int | None = None
    cidrs: tuple[IPv4Network | IPv6Network, ...] = ()


class Request(_Frozen):
    """One call of the Direct Connect API.

    :param parameters: as boto3 takes them, but for names in the place of ids.
    :param line: where the file has it.
    """

    operation: str
    parameters: Mapping[str, Any]
    line: int


class Topology(_Frozen):
    """A lab's physical world and what is asked of AWS.

    :param gateways: by virtual private gateway id, Direct Connect gateway name, or PUBLIC.
    """

    name: str
    path: Path
    device: Device
    routers: tuple[RouterNode, ...] = ()
    links: tuple[Link, ...] = ()
    gateways: Mapping[str, Gateway] = {}
    requests: tuple[Request, ...] = ()
