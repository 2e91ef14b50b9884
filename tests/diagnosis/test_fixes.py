"""What is to be changed, and where."""

from __future__ import annotations

import pytest

from lab.diagnosis import Cause, judge
from lab.diagnosis.evidence import ConfigLine
from lab.diagnosis.fixes import FIXES
from tests.diagnosis.faults.languages import LANGUAGES
from tests.diagnosis.made import case, light


def test_a_cable_is_plugged_in_again_where_it_was_pulled() -> None:
    """Nothing on the router is named where it has nothing to do with it."""
    pulled = judge(case(light(enabled=False, carrier=False), line("interface"), kind="frr"))
    assert (pulled.fix, pulled.where) == ("dxlab plug dxcon-fg000001", "")
    dark = judge(case(light(carrier=False), line("interface"), kind="frr"))
    assert dark.fix.startswith("interface <port> / no shutdown")
    assert dark.where == "/office/edge.conf:7"


def line(topic: str) -> ConfigLine:
    return ConfigLine("configuration of edge", 0.0, topic, "/office/edge.conf", 7)


@pytest.mark.parametrize("kind", LANGUAGES)
def test_every_kind_has_its_own_words_for_whatever_its_router_can_mend(kind: str) -> None:
    assert set(FIXES[kind]) == set(Cause) - {Cause.LAB_FAULT}
