"""What the operations of the API do: one function of domain rules each, registered by its operation's name.

To add an operation, decorate a function with its name in the module of its resource:

    @operation("StartBgpFailoverTest")
    def start_bgp_failover_test(context: Context, parameters: Parameters) -> Answer: ...

It gets the request's members, already of the service model's types, under the names that the API has; checks
what the model cannot; changes the world through `context.world`; and answers in the API's names. It runs
inside a transaction: an error raised anywhere in it leaves everything as it was.
"""

from lab.directconnect.operations import (
    bgp_peers,
    connections,
    gateways,
    locations,
    router_configuration,
    tags,
    virtual_interfaces,
)
from lab.directconnect.operations.registry import OPERATIONS, Context, Handler

__all__ = [
    "OPERATIONS",
    "Context",
    "Handler",
    "bgp_peers",
    "connections",
    "gateways",
    "locations",
    "router_configuration",
    "tags",
    "virtual_interfaces",
]
