from __future__ import annotations

from lab.directconnect.cloud import Caller
from tests.directconnect.office import Office


def test_locations_are_those_of_the_callers_region(office: Office) -> None:
    (sydney,) = office.call_as(Caller("123456789012", "ap-southeast-2"), "DescribeLocations")["locations"]
    assert (sydney["locationCode"], sydney["region"]) == ("EqSY3", "ap-southeast-2")
    assert sydney["availablePortSpeeds"] == ["1G", "10G", "100G"]
    assert sydney["availableMacSecPortSpeeds"] == ["10G", "100G"]
    assert "Equinix, Inc." in sydney["availableProviders"]


def test_a_region_may_have_none(office: Office) -> None:
    assert office.call_as(Caller("123456789012", "xx-north-1"), "DescribeLocations") == {"locations": []}


def test_whatever_is_listed_can_be_ordered(office: Office) -> None:
    for location in office.call("DescribeLocations")["locations"]:
        for speed in location["availablePortSpeeds"]:
            office.call(
                "CreateConnection",
                location=location["locationCode"],
                bandwidth=f"{speed}bps",
                connectionName="office",
                providerName=location["availableProviders"][0],
            )
