"""Direct Connect locations: a selection of the real ones, by code, with the region that each belongs to.

Speeds are in the words of DescribeLocations (`10G`), not in those of a connection's bandwidth (`10Gbps`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: The bandwidths of hosted connections, which Direct Connect partners sell at every location.
HOSTED_BANDWIDTHS = (
    *(f"{speed}Mbps" for speed in (50, 100, 200, 300, 400, 500)),
    *(f"{speed}Gbps" for speed in (1, 2, 5, 10, 25)),
)

_PROVIDERS = ("AT&T", "CenturyLink", "Equinix, Inc.", "Megaport", "Verizon", "Zayo Group")


@dataclass(frozen=True)
class Location:
    """A colocation facility in which AWS has ports."""

    code: str
    name: str
    region: str
    speeds: tuple[str, ...] = ("1G", "10G", "100G")
    mac_sec_speeds: tuple[str, ...] = ("10G", "100G")
    providers: tuple[str, ...] = _PROVIDERS

    @property
    def bandwidths(self) -> tuple[str, ...]:
        """The bandwidths that a connection here can have."""
        return tuple(f"{speed}bps" for speed in self.speeds)


LOCATIONS: Mapping[str, Location] = {
    location.code: location
    for location in (
        Location("EqDC2", "Equinix DC1 - DC6, DC10 - DC12, Ashburn, VA", "us-east-1"),
        Location("CSVA1", "CoreSite VA1 & VA2, Reston, VA", "us-east-1"),
        Location("EqDA2", "Equinix DA1 - DA3 & DA6, Dallas, TX", "us-east-1"),
        Location("EQC50", "Equinix CH2, Chicago, IL", "us-east-2"),
        Location("EqSV5", "Equinix SV1 & SV5, San Jose, CA", "us-west-1"),
        Location(
            "EqSe2", "Equinix SE2 & SE3, Seattle, WA", "us-west-2", speeds=("1G", "10G", "100G", "400G")
        ),
        Location("EqLD5", "Equinix LD5, London (Slough), GBR", "eu-west-1"),
        Location("EqFA5", "Equinix FR5, Frankfurt, DEU", "eu-central-1"),
        Location("EqTY2", "Equinix TY2, Tokyo, JPN", "ap-northeast-1"),
        Location("LGKNX", "KINX, Seoul, KOR", "ap-northeast-2"),
        Location("EqSG2", "Equinix SG2, Singapore, SGP", "ap-southeast-1"),
        Location("EqSY3", "Equinix SY1 - SY4, Sydney, AUS", "ap-southeast-2"),
        Location(
            "TIVIT", "TIVIT - Site Transamerica Data Center, Sao Paulo, BRA", "sa-east-1", mac_sec_speeds=()
        ),
        Location("TNDB", "NAP do Brasil, Barueri, Sao Paulo, BRA", "sa-east-1", ("1G", "10G"), ()),
    )
}


def find_location(code: str) -> Location | None:
    """The location of a code, whatever its case; answers use the canonical case."""
    return LOCATIONS.get(code) or next(
        (location for location in LOCATIONS.values() if location.code.lower() == code.lower()), None
    )


def located(code: str, region: str | None) -> Location | None:
    """The location of a code; one that is not listed here too, where its region is said.

    :param region: None is the listed location's own.
    """
    listed = find_location(code)
    if region is None or (listed is not None and listed.region == region):
        return listed
    return Location(code, code, region, speeds=("1G", "10G", "100G", "400G"))


def locations_in(region: str) -> list[Location]:
    """A region's locations."""
    return [location for location in LOCATIONS.values() if location.region == region]
