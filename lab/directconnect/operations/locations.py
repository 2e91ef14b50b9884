"""Operations on Direct Connect locations."""

from __future__ import annotations

from lab.directconnect.answers import Answer
from lab.directconnect.locations import Location, locations_in
from lab.directconnect.operations.registry import Context, operation
from lab.directconnect.rules import Parameters


@operation("DescribeLocations")
def describe_locations(context: Context, _: Parameters) -> Answer:
    """The locations of the caller's region."""
    return {"locations": [_answer(location) for location in locations_in(context.caller.region)]}


def _answer(location: Location) -> Answer:
    return {
        "locationCode": location.code,
        "locationName": location.name,
        "region": location.region,
        "availablePortSpeeds": list(location.speeds),
        "availableProviders": list(location.providers),
        "availableMacSecPortSpeeds": list(location.mac_sec_speeds),
    }
