from __future__ import annotations

import re

import pytest

from lab.directconnect.locations import HOSTED_BANDWIDTHS, LOCATIONS, find_location, located, locations_in


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


def test_a_location_that_is_not_listed_needs_its_region() -> None:
    assert located("Atlantis", None) is None
    place = located("Atlantis", "eu-west-9")
    assert place is not None
    assert (place.code, place.region) == ("Atlantis", "eu-west-9")


@pytest.mark.parametrize("region", [None, "us-west-2"])
def test_a_listed_location_is_the_listed_one(region: str | None) -> None:
    assert located("EqSE2", region) is LOCATIONS["EqSe2"]


def test_a_listed_location_may_be_said_to_belong_elsewhere() -> None:
    place = located("EqSe2", "us-east-1")
    assert place is not None
    assert (place.code, place.region) == ("EqSe2", "us-east-1")


def test_hosted_bandwidths_are_in_the_words_of_the_api() -> None:
    assert all(re.fullmatch(r"[1-9][0-9]*[MG]bps", bandwidth) for bandwidth in HOSTED_BANDWIDTHS)
