"""The routers for which DescribeRouterConfiguration has a text.

First AWS's own nine, in AWS's words. AWS has no operation that lists them; the list is from the Terraform provider's
documentation (data source aws_dx_router_configuration), whose tests hold the first row against AWS. Several types
share a language, as they share a stylesheet at AWS. Behind them come the routers that a lab can run, with
identifiers of the same form, and without stylesheets.
"""

from __future__ import annotations

from dataclasses import dataclass

from lab.directconnect.router_config.quoting import (
    Quote,
    backslashed,
    bird,
    junos,
    line,
    nxos,
    openbgpd,
    panos,
)


@dataclass(frozen=True)
class Language:
    """A configuration language.

    :param template: the name of its template, without the ending.
    :param comment: what begins a line of comment.
    :param quote: writes a BGP key.
    """

    template: str
    comment: str
    quote: Quote


@dataclass(frozen=True)
class RouterType:
    """A kind of router.

    :param xslt: AWS's name for the stylesheet that makes the text; empty where AWS has none.
    :param xslt_for_macsec: the same for a connection with MACsec.
    """

    vendor: str
    platform: str
    software: str
    identifier: str
    language: Language
    xslt: str = ""
    xslt_for_macsec: str = ""


_IOS = Language("ios", "!", line)
_NXOS = Language("nxos", "!", nxos)
_JUNOS = Language("junos", "#", junos)
_PANOS = Language("panos", "#", panos)
_FRR = Language("frr", "!", line)
_BIRD = Language("bird", "#", bird)
_GOBGP = Language("gobgp", "#", backslashed)
_OPENBGPD = Language("openbgpd", "#", openbgpd)

_CISCO, _JUNIPER, _PALO_ALTO = "Cisco Systems, Inc.", "Juniper Networks, Inc.", "Palo Alto Networks"
_IOS_XSLT = "customer-router-cisco-generic.xslt"
_NXOS_XSLT = "customer-switch-cisco-nexus-generic.xslt"
_JUNOS_XSLT = "customer-router-juniper-generic.xslt"
_PANOS_XSLT = "customer-router-palo-alto-generic.xslt"


def _ios(series: int) -> RouterType:
    platform, identifier = f"{series} Series Routers", f"CiscoSystemsInc-{series}SeriesRouters-IOS124"
    return RouterType(_CISCO, platform, "IOS 12.4+", identifier, _IOS, _IOS_XSLT)


def _junos(series: str, letters: str, xslt_for_macsec: str = "") -> RouterType:
    platform, identifier = f"{series} Series Routers", f"JuniperNetworksInc-{letters}SeriesRouters-JunOS95"
    return RouterType(_JUNIPER, platform, "JunOS 9.5+", identifier, _JUNOS, _JUNOS_XSLT, xslt_for_macsec)


_TYPES = (
    _ios(2900),
    _ios(3700),
    _ios(7200),
    RouterType(
        _CISCO,
        "Nexus 7000 Series Switches",
        "NX-OS 5.1+",
        "CiscoSystemsInc-Nexus7000SeriesSwitches-NXOS51",
        _NXOS,
        _NXOS_XSLT,
    ),
    RouterType(
        _CISCO,
        "Nexus 9K+ Series Switches",
        "NX-OS 9.3+",
        "CiscoSystemsInc-Nexus9KSeriesSwitches-NXOS93",
        _NXOS,
        _NXOS_XSLT,
        "customer-switch-cisco-nexus-generic-macsec.xslt",
    ),
    _junos("M/MX", "MMX", "customer-router-juniper-generic-macsec.xslt"),
    _junos("SRX", "SRX"),
    _junos("T", "T"),
    RouterType(
        _PALO_ALTO,
        "PA-3000+ and 5000+ series",
        "PAN-OS 8.0.3+",
        "PaloAltoNetworks-PA3000and5000series-PANOS803",
        _PANOS,
        _PANOS_XSLT,
    ),
    RouterType("FRRouting", "FRR", "FRR 8+", "FRRouting-FRR-8", _FRR),
    RouterType("CZ.NIC", "BIRD", "BIRD 2+", "CZNIC-BIRD-2", _BIRD),
    RouterType("OSRG", "GoBGP", "GoBGP 3+", "OSRG-GoBGP-3", _GOBGP),
    RouterType("OpenBSD", "OpenBGPD", "OpenBGPD 7+", "OpenBSD-OpenBGPD-7", _OPENBGPD),
)

#: By `routerTypeIdentifier`, in AWS's order.
ROUTER_TYPES: dict[str, RouterType] = {each.identifier: each for each in _TYPES}
