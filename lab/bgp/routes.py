"""Between ExaBGP's UPDATE messages and our `Route`: what the router announced, and what of it is accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import ip_network

from exabgp.bgp.message.action import Action
from exabgp.bgp.message.update import Update
from exabgp.bgp.message.update.attribute.aspath import ASPath
from exabgp.bgp.message.update.attribute.attribute import Attribute
from exabgp.bgp.message.update.attribute.attributes import Attributes
from exabgp.bgp.message.update.nlri.inet import INET

from lab.bgp.events import Route
from lab.bgp.spec import SpeakerSpec


def accepted(route: Route, spec: SpeakerSpec) -> bool:
    """Whether a route enters the Adj-RIB-In. RFC 4271 section 9.1.2 leaves out what has passed through us before; on a
    public virtual interface, AWS leaves out what is not within the prefixes that it was told of.
    """
    return spec.local_asn not in route.as_path and spec.admits(ip_network(route.prefix))


def read_update(
    update: Update, *, spec: SpeakerSpec, held: Collection[str]
) -> tuple[tuple[Route, ...], tuple[str, ...]]:
    """The routes of an UPDATE that are accepted, and which of the held prefixes are gone with it.

    A route that is not accepted still takes the place of an earlier one for its prefix.
    """
    routes: dict[str, Route] = {}
    withdrawn = {nlri.cidr.prefix() for nlri in update.nlris if nlri.action == Action.WITHDRAW}
    for nlri in update.nlris:
        if nlri.action == Action.ANNOUNCE:
            # An IPv6 route has two next hops, the global one first (RFC 2545 section 3); ExaBGP makes two routes of it.
            routes.setdefault(nlri.cidr.prefix(), _route(nlri, update.attributes))
    announced = {prefix: route for prefix, route in routes.items() if accepted(route, spec)}
    gone = (withdrawn | routes.keys()) - announced.keys()
    return tuple(announced.values()), tuple(sorted(gone & set(held)))


def _route(nlri: INET, attributes: Attributes) -> Route:
    med = attributes.get(Attribute.CODE.MED)
    return Route(
        prefix=nlri.cidr.prefix(),
        next_hop=str(nlri.nexthop),
        as_path=tuple(_as_path(attributes.get(Attribute.CODE.AS_PATH))),
        communities=tuple(str(community) for community in attributes.get(Attribute.CODE.COMMUNITY, ())),
        med=None if med is None else int(med.med),
        origin=str(attributes.get(Attribute.CODE.ORIGIN, "incomplete")),
    )


def _as_path(attribute: ASPath | None) -> Iterable[int]:
    segments = () if attribute is None else attribute.aspath
    return (int(asn) for segment in segments for asn in segment)
