from __future__ import annotations

import time
from ipaddress import IPv6Network

import pytest

from lab.directconnect.lifecycle import Delay
from lab.directconnect.settings import Settings
from lab.errors import UsageError


def test_nothing_is_delayed_unless_asked() -> None:
    assert {Settings().delay(delay) for delay in Delay} == {0}


def test_each_delay_has_its_setting() -> None:
    settings = Settings(order_delay=1, port_delay=2, verification_delay=3)
    delays = [settings.delay(delay) for delay in (Delay.ORDER, Delay.PORT, Delay.VERIFICATION)]
    assert delays == [1, 2, 3]


def test_a_pool_without_room_for_one_block_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        Settings(ipv6_pool=IPv6Network("2001:db8::/126"))
    assert str(raised.value) == "the IPv6 pool 2001:db8::/126 holds no /125: give a larger one, best a /64"


def test_the_clock_is_the_wall_clock() -> None:
    assert abs(Settings().clock() - time.time()) < 1
