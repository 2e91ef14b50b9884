"""What a topology file says, once it is known to be right."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

#: The key under `gateways` that means AWS's public network, which is behind every public virtual interface.
PUBLIC = "public"

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


#: In a cable's end, the node that is this machine itself; its interfaces are the machine's own.
HOST = "host"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Device(_Frozen):
    """A Direct Connect device, the AWS end of the cables at one location.

    :param line: where the file has the location.
    :param region: None is the one that the location is known to belong to.
    """

    name: str
    location: str
    line: int
    region: str | None = None


class Written(_Frozen):
    """A text of the file that may hold references, and the line in which it stands."""

    text: str
    line: int


class NodeInterface(_Frozen):
    """What a router's interface is given beside what its configuration says, in netplan's words.

    :param addresses: the complete set, with prefix lengths; None leaves them to the router.
    :param mtu: None leaves it as it is; a new 802.1Q sub-interface then has 1500.
    :param link: the interface on which an 802.1Q sub-interface stands; None where it is none, or where the
        router's configuration says so.
    :param vlan: netplan's `id`, the VLAN of the sub-interface.
    """

    name: str
    line: int
    addresses: tuple[Written, ...] | None = None
    mtu: int | None = None
    link: str | None = None
    vlan: int | None = None


class Command(_Frozen):
    """A command that is run inside a router after every start; its words may hold references."""

    words: tuple[str, ...]
    line: int


class Bind(_Frozen):
    """A file or folder of this machine that a container can read."""

    source: Path
    target: str


class Image(_Frozen):
    """How a router that is a container image is run, in containerlab's words.

    :param startup_config_path: where in the container the router looks for its configuration.
    :param cmd: the start command; empty is the image's own.
    :param user: of the start command, as `user` or `user:group`; None is the image's own.
    :param cap_add: Linux capabilities beside the engine's usual ones.
    """

    startup_config_path: str
    cmd: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    binds: tuple[Bind, ...] = ()
    user: str | None = None
    cap_add: tuple[str, ...] = ()
    privileged: bool = False


class RouterNode(_Frozen):
    """A customer router.

    :param startup_config: absolute path of its configuration, which may hold references; None where it is what AWS
        has for it.
    :param line: where the file has that.
    :param image: container image; None is the lab's own. Only for the docker runtime.
    :param run: how the image is run, for a router of kind linux; None for every other kind.
    """

    name: str
    kind: str
    startup_config: Path | None
    line: int = 0
    runtime: str = "namespace"
    image: str | None = None
    interfaces: tuple[NodeInterface, ...] = ()
    commands: tuple[Command, ...] = ()
    run: Image | None = None


class Endpoint(_Frozen):
    """One end of a cable."""

    node: str
    interface: str

    def __str__(self) -> str:
        return f"{self.node}:{self.interface}"


class Link(_Frozen):
    """A cable from a port of the Direct Connect device to a router's interface, or to one of this machine.

    :param port: its interface is the name of the Connection that the cable is, or the id or name of an
        existing one.
    :param line: where the file has it.
    :param logical_redundancy: the new Connection's `hasLogicalRedundancy`, in the API's words; None is the
        lab's default.
    :param bandwidth: the new Connection's, in the API's words; None is the lab's default.
    :param tags: the new Connection's, in the API's words.
    """

    port: Endpoint
    router: Endpoint
    line: int
    logical_redundancy: str | None = None
    bandwidth: str | None = None
    tags: tuple[Mapping[str, str], ...] = ()

    @property
    def connection(self) -> str:
        return self.port.interface

    @property
    def host_interface(self) -> str | None:
        """The interface of this machine that is the port; None for a cable to a router of the lab's."""
        return self.router.interface if self.router.node == HOST else None


class Gateway(_Frozen):
    """What stands behind virtual interfaces; `asn` None is AWS's default.

    :param line: where the file has it.
    """

    line: int
    asn: int | None = None
    cidrs: tuple[Network, ...] = ()


class Assignment(_Frozen):
    """The addresses, in one subnet, that AWS assigns to a BGP peer.

    :param line: where the file has them.
    """

    amazon: IPv4Interface | IPv6Interface
    customer: IPv4Interface | IPv6Interface
    line: int


class Request(_Frozen):
    """One call of the Direct Connect API.

    :param parameters: as boto3 takes them, but for names in the place of ids.
    :param line: where the file has it.
    """

    operation: str
    parameters: Mapping[str, Any]
    line: int


class Expectation(_Frozen):
    """What is expected of a virtual interface's peers, or of one of them; None where nothing is said.

    :param target: `NAME` (or a virtual interface's id), `NAME.ipv4` or `NAME.ipv6`.
    :param line: where the file has it.
    :param lines: where the file has each key, by the key.
    :param within: seconds.
    :param stays: seconds.
    :param med: of every accepted prefix, or by prefix.
    """

    target: str
    line: int
    lines: Mapping[str, int]
    bgp_status: Literal["up", "down"] | None = None
    within: float | None = None
    stays: float | None = None
    accepted: tuple[Network, ...] | None = None
    accepted_only: tuple[Network, ...] | None = None
    not_accepted: tuple[Network, ...] | None = None
    advertised: tuple[Network, ...] | None = None
    communities: Mapping[Network, tuple[str, ...]] | None = None
    as_path: Mapping[Network, tuple[int, ...]] | None = None
    med: int | Mapping[Network, int] | None = None
    reachable: tuple[Address, ...] | None = None
    customer_router_config: Literal["applied"] | None = None


class Topology(_Frozen):
    """A lab's physical world and what is asked of AWS.

    :param devices: at least one.
    :param gateways: by virtual private gateway id, Direct Connect gateway name, or PUBLIC.
    :param assignments: by the name of the virtual interface, in the order of its peers.
    :param expect: in the file's order; empty where the file has no `expect`.
    """

    name: str
    path: Path
    devices: tuple[Device, ...]
    routers: tuple[RouterNode, ...] = ()
    links: tuple[Link, ...] = ()
    gateways: Mapping[str, Gateway] = {}
    assignments: Mapping[str, tuple[Assignment, ...]] = {}
    requests: tuple[Request, ...] = ()
    expect: tuple[Expectation, ...] = ()

    def device_of(self, link: Link) -> Device:
        """The Direct Connect device that the cable leads to."""
        return next(device for device in self.devices if device.name == link.port.node)
