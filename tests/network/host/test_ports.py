"""Interfaces that are lent to a lab and given back as they were found, at whatever moment somebody was killed."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from lab.controller import Wiring
from lab.errors import NetworkError, UsageError
from lab.network.host import HostPorts
from lab.network.host import ports as host_ports
from lab.network.host.found import Found, keep
from lab.network.links import End, ensure_cable, has_carrier, known_link, remove_link, set_link
from lab.network.namespaces import ensure_namespace, netlink, remove_namespace
from lab.network.vlan import vlan_driver
from lab.places import Places
from lab.remains import remove_remains
from tests.network.wire import eventually
from tests.support.nic import Nic

pytestmark = pytest.mark.root

PORT = "dxcon-fg12ab34"


def furnish(eth: Nic) -> None:
    """Give the interface everything that an interface can have."""
    eth.set(mtu=1400)
    eth.promiscuous()
    eth.assign("198.51.100.1", 24, label=f"{eth.name}:1")
    eth.assign("198.51.100.5", 24)
    eth.assign("100.64.77.1", 31, broadcast="100.64.77.9")
    eth.assign("2001:db8:77::1", 64)
    eth.route(dst="203.0.113.0/24", gateway="198.51.100.9", priority=7)
    eth.route(dst="2001:db8:99::/48", gateway="2001:db8:77::9")
    eventually(lambda: any("fe80" in str(each) for each in eth.state()["addresses"]), "a link-local address")


def device_end(places: Places) -> End:
    return End(places.namespace("dx"), PORT)


@pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
def test_it_is_given_back_as_it_was_found(eth: Nic, ports: HostPorts, up: bool) -> None:
    furnish(eth)
    if not up:
        eth.set(state="down")
    before = eth.state()
    ports.lend(eth.name, PORT, mtu=9100)
    assert not eth.exists()
    ports.give_back(PORT)
    assert eth.state() == before
    assert ports.lent() == {}


def test_it_is_the_port(eth: Nic, ports: HostPorts, places: Places) -> None:
    ports.lend(eth.name, PORT, mtu=9100)
    with netlink(places.namespace("dx")) as kernel:
        link = known_link(kernel, PORT)
    assert link.get_attr("IFLA_MTU") == 9100
    assert link["flags"] & 0x101 == 0x101, "up and promiscuous"
    assert ports.lent() == {PORT: eth.name}


def test_carrier_is_the_wires_own(eth: Nic, ports: HostPorts, places: Places) -> None:
    ports.lend(eth.name, PORT, mtu=9100)
    assert has_carrier(device_end(places))
    for up in (False, True):
        set_link(eth.far, up=up)
        eventually(lambda up=up: has_carrier(device_end(places)) is up, f"carrier {up}")  # type: ignore[misc]


def test_twice_is_once(eth: Nic, ports: HostPorts, places: Places) -> None:
    """The second time, nothing happens to the port: frames go on."""
    before = eth.state()
    for _ in range(2):
        ports.lend(eth.name, PORT, mtu=9100)
        set_link(device_end(places), up=False)
    assert not has_carrier(device_end(places)), "lending what is lent would have set it up again"
    for _ in range(2):
        ports.give_back(PORT)
    assert eth.state() == before


def test_it_takes_the_place_of_a_port_without_a_cable(eth: Nic, ports: HostPorts, places: Places) -> None:
    device = places.namespace("dx")
    ensure_cable(End(device, PORT), End(device, "stub-fg12ab34"))
    ports.lend(eth.name, PORT, mtu=9100)
    eventually(lambda: has_carrier(eth.far), "light at the far end")
    with netlink(device) as kernel:
        names = {link.get_attr("IFLA_IFNAME") for link in kernel.link("dump")}
    assert names == {"lo", PORT}


def test_while_it_is_lent_the_endpoint_makes_no_port_in_its_place(
    eth: Nic, ports: HostPorts, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment that a connection has no port, the endpoint, which is another process, comes to give it one."""
    wiring = Wiring(places, vlan_driver())
    made: list[bool] = []
    endpoint = Thread(target=lambda: made.append(wiring.ensure_port(PORT)))

    def remove_and_be_seen(port: End) -> None:
        remove_link(port)
        endpoint.start()
        endpoint.join(0.2)
        assert endpoint.is_alive(), "it has to wait"

    wiring.ensure_port(PORT)
    monkeypatch.setattr(host_ports, "remove_link", remove_and_be_seen)
    before = eth.state()
    ports.lend(eth.name, PORT, mtu=9100)
    endpoint.join()
    assert made == [False]
    eventually(lambda: has_carrier(eth.far), "light at the far end")
    ports.give_back(PORT)
    assert eth.state() == before


def test_the_mtu_is_at_most_the_hardwares(eth: Nic, ports: HostPorts, places: Places) -> None:
    ports.lend(eth.name, PORT, mtu=100_000)
    with netlink(places.namespace("dx")) as kernel:
        assert known_link(kernel, PORT).get_attr("IFLA_MTU") == 65535


def test_another_port_takes_it_over(eth: Nic, ports: HostPorts) -> None:
    """As a topology that was changed between two runs asks for."""
    before = eth.state()
    ports.lend(eth.name, PORT, mtu=9100)
    ports.lend(eth.name, "dxcon-other000", mtu=9100)
    assert ports.lent() == {"dxcon-other000": eth.name}
    ports.give_all_back()
    assert eth.state() == before


# ---- after a kill -----------------------------------------------------------------------------------------


def test_killed_before_anything_was_done(eth: Nic, ports: HostPorts, places: Places) -> None:
    furnish(eth)
    before = eth.state()
    with netlink(None) as kernel:
        found = Found.of(kernel, known_link(kernel, eth.name))
    keep(found, places.host_ports / f"{PORT}.json")
    ports.give_back(PORT)
    assert eth.state() == before


def test_killed_after_it_was_set_down(eth: Nic, ports: HostPorts, places: Places) -> None:
    furnish(eth)
    before = eth.state()
    with netlink(None) as kernel:
        found = Found.of(kernel, known_link(kernel, eth.name))
    keep(found, places.host_ports / f"{PORT}.json")
    eth.set(state="down")
    HostPorts(places).give_all_back()
    assert eth.state() == before


def test_its_namespace_was_deleted_and_the_kernel_put_it_home(
    eth: Nic, ports: HostPorts, places: Places
) -> None:
    """As it does with a NIC: under the name that it had there, down."""
    furnish(eth)
    before = eth.state()
    ports.lend(eth.name, PORT, mtu=9100)
    with netlink(places.namespace("dx")) as kernel:
        kernel.link("set", ifname=PORT, net_ns_pid=os.getpid())
    remove_namespace(places.namespace("dx"))
    assert eth.exists(PORT)
    remove_remains(places)
    assert eth.state() == before


def test_its_namespace_was_deleted_and_it_with_it(
    eth: Nic, ports: HostPorts, places: Places, caplog: pytest.LogCaptureFixture
) -> None:
    """What stands for a NIC is a veth end, which the kernel does not spare."""
    ports.lend(eth.name, PORT, mtu=9100)
    remove_namespace(places.namespace("dx"))
    eventually(lambda: not eth.far_exists(), "the kernel to clear the namespace")
    with caplog.at_level(logging.WARNING, "dxlab.host"):
        remove_remains(places)
    words = f"event=host-interface-gone interface={eth.name} connection={PORT}"
    assert caplog.messages == [f'{words} action="none: it was deleted with its namespace"']


def test_another_one_has_its_place_by_now(eth: Nic, ports: HostPorts, places: Places) -> None:
    """Its address tells that it is not the one that was lent; nothing is done to it."""
    furnish(eth)
    with netlink(None) as kernel:
        found = Found.of(kernel, known_link(kernel, eth.name))
    keep(
        found.model_copy(update={"mac": "02:00:00:00:00:01", "mtu": 1300}), places.host_ports / f"{PORT}.json"
    )
    before = eth.state()
    ports.give_back(PORT)
    assert eth.state() == before


def test_its_name_is_taken_by_now(eth: Nic, ports: HostPorts, places: Places) -> None:
    """It is home, and safe; under its own name once that is free and somebody asks again."""
    before = eth.state()
    ports.lend(eth.name, PORT, mtu=9100)
    with netlink(None) as kernel:
        kernel.link("add", ifname=eth.name, kind="veth", peer={"ifname": "dxtest-usurp"})
        try:
            with pytest.raises(
                NetworkError, match=f"'{PORT}' cannot be called '{eth.name}' again: File exists"
            ):
                remove_remains(places)
            assert ports.lent() == {PORT: eth.name}
        finally:
            kernel.link("del", ifname=eth.name)
    remove_remains(places)
    assert eth.state() == before


def test_what_linux_refuses_by_now_is_said(
    eth: Nic, ports: HostPorts, places: Places, caplog: pytest.LogCaptureFixture
) -> None:
    furnish(eth)
    ports.lend(eth.name, PORT, mtu=9100)
    record = places.host_ports / f"{PORT}.json"
    record.write_text(record.read_text().replace("198.51.100.9", "8.8.8.8"))
    with caplog.at_level(logging.WARNING, "dxlab.host"):
        ports.give_back(PORT)
    words = (
        f'event=host-interface-not-restored interface={eth.name} what="route to 203.0.113.0/24"'
        ' error="Network is unreachable" action="the rest of it is restored"'
    )
    assert caplog.messages == [words]


# ---- several labs -----------------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Places]:
    made = Places.of("tlab-hostports-2", tmp_path / "other")
    remove_remains(made)
    made.prepare()
    ensure_namespace(made.namespace("dx"))
    yield made
    remove_remains(made)


def test_another_lab_has_it(eth: Nic, ports: HostPorts, places: Places, other: Places) -> None:
    ports.lend(eth.name, PORT, mtu=9100)
    with pytest.raises(UsageError) as refusal:
        HostPorts(other).lend(eth.name, "dxcon-other000", mtu=9100)
    assert str(refusal.value) == (
        f"the interface '{eth.name}' is a port of the lab '{places.name}'; end that one first: "
        f"dxlab down {places.name}"
    )
    assert ports.lent() == {PORT: eth.name}
    ports.give_back(PORT)
    HostPorts(other).lend(eth.name, "dxcon-other000", mtu=9100)


def test_what_cannot_be_moved_stays_as_it_was(ports: HostPorts) -> None:
    """Linux keeps a bridge where it is."""
    bridge = Nic("dxtest-bridge", End("", ""))
    with netlink(None) as kernel:
        kernel.link("add", ifname=bridge.name, kind="bridge")
        kernel.link("set", ifname=bridge.name, state="up")
    try:
        before = bridge.state()
        with pytest.raises(UsageError, match="Linux does not move it into a network namespace"):
            ports.lend(bridge.name, PORT, mtu=9100)
        assert (bridge.state(), ports.lent()) == (before, {})
    finally:
        with netlink(None) as kernel:
            kernel.link("del", ifname=bridge.name)
