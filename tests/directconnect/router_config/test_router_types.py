"""AWS's own words, as the Terraform provider's documentation of aws_dx_router_configuration has them."""

from __future__ import annotations

import pytest

from lab.directconnect.router_config.router_types import ROUTER_TYPES

CISCO, JUNIPER, PALO_ALTO = "Cisco Systems, Inc.", "Juniper Networks, Inc.", "Palo Alto Networks"
IOS, NXOS = "customer-router-cisco-generic.xslt", "customer-switch-cisco-nexus-generic.xslt"
JUNOS, PANOS = "customer-router-juniper-generic.xslt", "customer-router-palo-alto-generic.xslt"

AWS = [
    ("CiscoSystemsInc-2900SeriesRouters-IOS124", CISCO, "2900 Series Routers", "IOS 12.4+", IOS, ""),
    ("CiscoSystemsInc-3700SeriesRouters-IOS124", CISCO, "3700 Series Routers", "IOS 12.4+", IOS, ""),
    ("CiscoSystemsInc-7200SeriesRouters-IOS124", CISCO, "7200 Series Routers", "IOS 12.4+", IOS, ""),
    (
        *(
            "CiscoSystemsInc-Nexus7000SeriesSwitches-NXOS51",
            CISCO,
            "Nexus 7000 Series Switches",
            "NX-OS 5.1+",
        ),
        *(NXOS, ""),
    ),
    (
        *("CiscoSystemsInc-Nexus9KSeriesSwitches-NXOS93", CISCO, "Nexus 9K+ Series Switches", "NX-OS 9.3+"),
        *(NXOS, "customer-switch-cisco-nexus-generic-macsec.xslt"),
    ),
    (
        *("JuniperNetworksInc-MMXSeriesRouters-JunOS95", JUNIPER, "M/MX Series Routers", "JunOS 9.5+"),
        *(JUNOS, "customer-router-juniper-generic-macsec.xslt"),
    ),
    ("JuniperNetworksInc-SRXSeriesRouters-JunOS95", JUNIPER, "SRX Series Routers", "JunOS 9.5+", JUNOS, ""),
    ("JuniperNetworksInc-TSeriesRouters-JunOS95", JUNIPER, "T Series Routers", "JunOS 9.5+", JUNOS, ""),
    (
        *("PaloAltoNetworks-PA3000and5000series-PANOS803", PALO_ALTO, "PA-3000+ and 5000+ series"),
        *("PAN-OS 8.0.3+", PANOS, ""),
    ),
]


@pytest.mark.parametrize(
    ("identifier", "vendor", "platform", "software", "xslt", "macsec"), AWS, ids=[row[0] for row in AWS]
)
def test_a_type_is_called_as_aws_calls_it(
    identifier: str, vendor: str, platform: str, software: str, xslt: str, macsec: str
) -> None:
    router = ROUTER_TYPES[identifier]
    assert (router.identifier, router.vendor, router.platform) == (identifier, vendor, platform)
    assert (router.software, router.xslt, router.xslt_for_macsec) == (software, xslt, macsec)


def test_aws_own_come_first() -> None:
    assert list(ROUTER_TYPES)[: len(AWS)] == [row[0] for row in AWS]
