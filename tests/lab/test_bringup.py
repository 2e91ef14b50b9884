"""A topology's way onto the machine: what is ordered, plugged in, refused, and taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lab.directconnect.cloud import Changes
from lab.directconnect.model import BgpStatus, ConnectionState, VirtualInterfaceState
from lab.directconnect.settings import Settings
from lab.errors import LabError, RouterError, TopologyError
from lab.lab import Lab, RunningLab
from lab.network.links import End
from lab.topology import Topology, load
from tests.support.changes import until
from tests.support.command import PATIENCE, Bench, nothing_left, refused
from tests.support.topologies import Office, line_of, write_topology

pytestmark = [pytest.mark.root, pytest.mark.anyio]

OFFICE = Office(families=("ipv4",))
ORDER = {"CreateConnection": {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "office"}}
DELAY = 0.2


def written(
    bench: Bench, requests: Sequence[Mapping[str, Any]], *, unplugged: bool, configuration: str
) -> Topology:
    """The office's topology with these requests, and its router with this configuration."""
    directory = bench.places.state.parent
    path = write_topology(directory, bench.name, OFFICE, requests=requests, unplugged=unplugged)
    (directory / "edge.conf").write_text(configuration)
    return load(path)


@asynccontextmanager
async def brought_up(
    bench: Bench,
    *requests: Mapping[str, Any],
    settings: Settings | None = None,
    unplugged: bool = False,
    configuration: str = "hostname edge\n",
) -> AsyncIterator[RunningLab]:
    topology = written(bench, requests, unplugged=unplugged, configuration=configuration)
    async with Lab(bench.places, settings or Settings(), topology=topology).running() as running:
        yield running


def connection_states(running: RunningLab) -> list[ConnectionState]:
    return [connection.state for connection in running.cloud.connections()]


async def ask(running: RunningLab, operation: str, **parameters: object) -> dict[str, Any]:
    """One call of the API, as a customer makes it."""
    assert running.bringup is not None
    method = getattr(running.bringup._customer._client, operation)
    return dict(await asyncio.to_thread(method, **parameters))


async def test_an_ordered_connection_gets_the_cable_of_its_name(lab_bench: Bench) -> None:
    async with brought_up(lab_bench, ORDER, OFFICE.create_vif, configuration=OFFICE.configuration) as running:
        assert await running.wait_until_up(PATIENCE)
        assert connection_states(running) == [ConnectionState.AVAILABLE]


async def test_the_states_of_an_order(lab_bench: Bench) -> None:
    """requested and pending as long as AWS takes, then down, and available once a cable is plugged in."""
    settings = Settings(order_delay=DELAY, port_delay=DELAY)
    async with brought_up(lab_bench, settings=settings, unplugged=True) as running:
        states: dict[str, float] = {}

        def note(_: Changes) -> None:
            for connection in running.cloud.connections():
                states.setdefault(connection.state.value, connection.since)

        running.cloud.subscribe(note)
        answer = await ask(running, "create_connection", **ORDER["CreateConnection"])
        assert answer["connectionState"] == "requested"
        await until(running.cloud, lambda: connection_states(running) == [ConnectionState.DOWN])
        await running.controller.plug(answer["connectionId"], End(running.places.namespace("edge"), "eth1"))
        await until(running.cloud, lambda: connection_states(running) == [ConnectionState.AVAILABLE])
    assert list(states) == ["requested", "pending", "down", "available"]
    assert DELAY <= states["pending"] - states["requested"] < DELAY + 1
    assert DELAY <= states["down"] - states["pending"] < DELAY + 1


async def test_an_order_without_delay_is_requested_first(lab_bench: Bench) -> None:
    async with brought_up(lab_bench, unplugged=True) as running:
        answer = await ask(running, "create_connection", **ORDER["CreateConnection"])
        assert answer["connectionState"] == "requested"
        assert connection_states(running) == [ConnectionState.DOWN]


async def test_a_connection_without_cable_is_down_with_all_that_is_on_it(lab_bench: Bench) -> None:
    requests = (ORDER, OFFICE.create_vif)
    async with brought_up(lab_bench, *requests, unplugged=True) as running:
        (vif,) = running.cloud.virtual_interfaces()
        await until(
            running.cloud, lambda: running.cloud.virtual_interfaces()[0].peers[0].status is BgpStatus.DOWN
        )
        assert running.cloud.virtual_interfaces()[0].state is VirtualInterfaceState.DOWN
        assert connection_states(running) == [ConnectionState.DOWN]
        assert "up" not in [entry.detail for entry in running.cloud.history(vif.peers[0].id)]


async def test_a_deleted_connection_never_comes_back(lab_bench: Bench) -> None:
    async with brought_up(lab_bench, ORDER) as running:
        (connection,) = running.cloud.connections()
        await until(running.cloud, lambda: connection_states(running) == [ConnectionState.AVAILABLE])
        answer = await ask(running, "delete_connection", connectionId=connection.id)
        assert answer["connectionState"] == "deleting"
        await until(running.cloud, lambda: connection_states(running) == [ConnectionState.DELETED])
        running.cloud.set_carrier(connection.id, True)
        assert connection_states(running) == [ConnectionState.DELETED]
    async with brought_up(lab_bench, ORDER) as running:
        states = {each.id: each.state for each in running.cloud.connections()}
        assert states[connection.id] is ConnectionState.DELETED


async def test_a_lab_over_its_old_state_orders_nothing_twice(lab_bench: Bench) -> None:
    async with brought_up(lab_bench, ORDER, OFFICE.create_vif) as running:
        before = [(vif.id, vif.peers[0].amazon_address) for vif in running.cloud.virtual_interfaces()]
    async with brought_up(lab_bench, ORDER, OFFICE.create_vif) as running:
        after = [(vif.id, vif.peers[0].amazon_address) for vif in running.cloud.virtual_interfaces()]
        await until(running.cloud, lambda: connection_states(running) == [ConnectionState.AVAILABLE])
    assert len(before) == 1
    assert before == after


async def test_a_request_that_was_answered_and_not_counted(lab_bench: Bench) -> None:
    """As if the process had been killed between the two."""
    async with brought_up(lab_bench, ORDER, OFFICE.create_vif):
        pass
    (lab_bench.places.state / "requests-answered").write_text("0\n")
    async with brought_up(lab_bench, ORDER, OFFICE.create_vif) as running:
        assert len(running.cloud.connections()) == len(running.cloud.virtual_interfaces()) == 1


async def test_requests_that_were_added_to_the_topology_are_played(lab_bench: Bench) -> None:
    async with brought_up(lab_bench, ORDER):
        pass
    async with brought_up(lab_bench, ORDER, OFFICE.create_vif) as running:
        assert len(running.cloud.connections()) == len(running.cloud.virtual_interfaces()) == 1


async def refusal(bench: Bench, *requests: Mapping[str, Any], **options: Any) -> LabError:  # noqa: ANN401 -- passed on
    """What a topology is refused with; nothing of it is left."""
    with refused() as refusal:
        async with brought_up(bench, *requests, **options):
            pass
    assert nothing_left(bench.places)
    return refusal.error


async def test_a_request_that_aws_refuses(lab_bench: Bench) -> None:
    again = Office(families=("ipv4",), vif="second").create_vif
    error = await refusal(lab_bench, OFFICE.create_vif, again)
    assert isinstance(error, TopologyError)
    path = lab_bench.places.state.parent / f"{lab_bench.name}.yml"
    second = line_of(path, "virtualInterfaceName: second")
    assert error.path == path
    assert error.line is not None
    assert second - 3 <= error.line < second
    assert "AWS refuses CreatePrivateVirtualInterface: DirectConnectClientException: " in str(error)


async def test_a_request_that_boto3_refuses(lab_bench: Bench) -> None:
    error = await refusal(lab_bench, {"CreateConnection": {"bandwidth": "1Gbps"}})
    assert "AWS refuses CreateConnection: Parameter validation failed: Missing required parameter" in str(
        error
    )
    assert "\n" not in str(error)


async def test_a_configuration_that_names_what_is_not_there(lab_bench: Bench) -> None:
    error = await refusal(lab_bench, configuration="hostname edge\n! ${office-private.vlan}\n")
    assert str(error).startswith(f"{lab_bench.places.state.parent / 'edge.conf'}:2: ")


async def test_a_configuration_that_the_daemon_refuses(lab_bench: Bench) -> None:
    error = await refusal(lab_bench, configuration="hostname edge\nrouter bgp nonsense\n")
    assert isinstance(error, RouterError)
    assert f"{lab_bench.places.state.parent / 'edge.conf'}:2: % " in str(error)
