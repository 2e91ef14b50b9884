from __future__ import annotations

import re

import pytest

from lab.directconnect.locations import LOCATIONS, find_location, locations_in


@pytest.mark.parametrize(("asked", "code"), [("EqSe2", "EqSe2"), ("EqSE2", "EqSe2"), ("tivit", "TIVIT")])
def test_a_location_is_found_whatever_the_case(asked: str, code: str) -> None:
    location = find_location(asked)
    assert location is not None
    assert location.code == code


def test_an_unknown_location_is_not_found() -> None:
    assert find_location("Atlantis") is None


def test_a_location_belongs_to_one_region() -> None:
    assert [location.code for location in locations_in("us-west-2")] == ["EqSe2"]
    assert locations_in("nowhere-1") == []
    assert sum(len(locations_in(region)) for region in {place.region for place in LOCATIONS.values()}) == len(
        LOCATIONS
    )


def test_speeds_are_the_connections_bandwidths_in_short() -> None:
    for location in LOCATIONS.values():
        assert all(re.fullmatch(r"1|10|100|400", speed.removesuffix("G")) for speed in location.speeds)
        assert all(bandwidth.endswith("Gbps") for bandwidth in location.bandwidths)
        assert set(location.mac_sec_speeds) <= set(location.speeds)
