from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.directconnect.model import DirectConnectGateway, GatewayState, HistoryEntry
from lab.directconnect.store import FILE_NAME, Batch, Row, Store, StoreError
from lab.directconnect.world import Changes, World
from lab.errors import UsageError
from tests.directconnect.office import Office


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def committed() -> list[Changes]:
    return []


@pytest.fixture
def world(store: Store, committed: list[Changes]) -> World:
    return World(store, committed.append)


def gateway(number: int, name: str = "hub") -> DirectConnectGateway:
    return DirectConnectGateway(
        id=f"gateway-{number}",
        number=number,
        name=name,
        owner="123456789012",
        amazon_side_asn=64512,
        state=GatewayState.AVAILABLE,
    )


def ids(world: World) -> list[str]:
    return [row.id for row in world.gateways]


def test_a_transaction_is_stored_when_it_ends(world: World, store: Store) -> None:
    with world.transaction():
        world.gateways.put(gateway(1))
        assert list(store.load()) == []
    assert [row.id for row in store.load()] == ["gateway-1"]


def test_a_transaction_that_fails_leaves_everything_as_it_was(world: World, committed: list[Changes]) -> None:
    with world.transaction():
        for number in (1, 2, 3):
            world.gateways.put(gateway(number))
    before, seen = list(world.gateways), len(committed)
    with pytest.raises(KeyError), world.transaction():
        world.gateways.remove("gateway-1")
        world.gateways.put(gateway(2, "changed"))
        world.gateways.put(gateway(2, "changed again"))
        world.gateways.put(gateway(4))
        world.gateways.remove("gateway-4")
        raise KeyError
    assert list(world.gateways) == before
    assert len(committed) == seen


def test_a_transaction_that_cannot_be_stored_leaves_everything_as_it_was(
    world: World, store: Store, committed: list[Changes]
) -> None:
    store.close()
    with pytest.raises(StoreError), world.transaction():
        world.gateways.put(gateway(1))
    assert ids(world) == []
    assert committed == []


def test_an_answer_is_kept_where_something_was_changed(world: World) -> None:
    with world.transaction():
        world.keep_answer("looked", lambda: "nothing")
    with world.transaction():
        world.gateways.put(gateway(1))
        world.keep_answer("made", lambda: "a gateway")
    with pytest.raises(KeyError), world.transaction():
        world.gateways.put(gateway(2))
        world.keep_answer("failed", lambda: "another")
        raise KeyError
    assert [world.answer(each) for each in ("looked", "made", "failed")] == [None, "a gateway", None]


# ===== reports while the disk is full =====


@pytest.fixture
def full(store: Store) -> Callable[[bool], None]:
    """Makes the disk full, and gives it room again."""

    def fill(is_full: bool) -> None:
        (pages,) = store._database.execute("PRAGMA page_count").fetchone()
        store._database.execute(f"PRAGMA max_page_count = {pages if is_full else pages + 1000}")

    return fill


#: Too long for a page that is there already.
LARGE = "x" * 20_000


def entry(detail: str) -> HistoryEntry:
    return HistoryEntry(at=1, kind="status", detail=detail)


def test_a_report_stays_and_is_stored_later(
    world: World, store: Store, committed: list[Changes], full: Callable[[bool], None]
) -> None:
    full(True)
    with world.transaction(report=True):
        world.gateways.put(gateway(1, LARGE))
        world.note("dxpeer-1", entry("up"))
    assert ids(world) == ["gateway-1"]
    assert len(committed) == 1
    assert "disk is full" in str(world.unstored)
    assert list(store.load()) == []
    full(False)
    with world.transaction(report=True):
        world.note("dxpeer-1", entry("down"))
    assert [row.id for row in store.load()] == ["gateway-1"]
    assert [each.detail for each in store.history("dxpeer-1")] == ["up", "down"]
    assert world.unstored is None


def test_histories_are_whole_while_nothing_can_be_stored(
    world: World, store: Store, full: Callable[[bool], None]
) -> None:
    with world.transaction(report=True):
        world.note("dxpeer-1", entry("down"))
    full(True)
    with world.transaction(report=True):
        world.note("dxpeer-1", entry(LARGE))
        world.note("dxpeer-2", entry("up"))
    assert [each.detail for each in world.history("dxpeer-1")] == ["down", LARGE]
    assert world.latest("dxpeer-2", "status") == entry("up")
    assert world.latest("dxpeer-2", "open") is None
    assert store.history("dxpeer-2") == ()


def test_what_is_asked_for_is_stored_with_all_reports_before_it_or_not_at_all(
    world: World, store: Store, full: Callable[[bool], None]
) -> None:
    full(True)
    with world.transaction(report=True):
        world.gateways.put(gateway(1, LARGE))
    with pytest.raises(StoreError), world.transaction():
        world.gateways.put(gateway(1, f"asked for {LARGE}"))
        world.gateways.put(gateway(2))
    assert [each.name for each in world.gateways] == [LARGE]
    full(False)
    with world.transaction():
        world.gateways.put(gateway(3))
    assert sorted(row.id for row in store.load()) == ["gateway-1", "gateway-3"]


def test_what_a_transaction_makes_and_removes_is_not_stored(world: World, store: Store) -> None:
    with world.transaction():
        world.gateways.put(gateway(1))
        world.gateways.remove("gateway-1")
    assert list(store.load()) == []


def test_listeners_may_start_a_transaction_of_their_own(store: Store) -> None:
    def follow(_: Changes) -> None:
        if len(followed.gateways) < 3:
            with followed.transaction():
                followed.gateways.put(gateway(len(followed.gateways) + 1))

    followed = World(store, follow)
    with followed.transaction():
        followed.gateways.put(gateway(1))
    assert ids(followed) == ["gateway-1", "gateway-2", "gateway-3"]


def test_reading_tells_nobody(world: World, committed: list[Changes]) -> None:
    with world.transaction():
        assert ids(world) == []
    assert committed == []


def test_a_world_is_read_back_in_the_order_of_its_making(world: World, store: Store) -> None:
    with world.transaction():
        for number in (3, 10, 2):
            world.gateways.put(gateway(number))
    again = World(store, lambda _: None)
    assert ids(again) == ["gateway-2", "gateway-3", "gateway-10"]
    assert again.next_number() == 11


@pytest.mark.parametrize(
    ("kind", "document"),
    [("gateway", "{"), ("gateway", '{"id": "hub", "name": 5, "authKey": "s3cretKey9"}'), ("lag", "{}")],
)
def test_a_row_that_cannot_be_read(store: Store, tmp_path: Path, kind: str, document: str) -> None:
    store.write(Batch([Row(kind, "hub", document)]))
    with pytest.raises(UsageError) as raised:
        World(store, lambda _: None)
    assert str(raised.value) == (
        f"{tmp_path / FILE_NAME} holds a {kind} hub that this dxlab cannot read:"
        " use the dxlab that wrote it, or name another --state-dir"
    )
    assert raised.value.__suppress_context__


def test_some_of_a_table(world: World) -> None:
    with world.transaction():
        world.gateways.put(gateway(1))
    assert [row.id for row in world.gateways.some(["gateway-1", "gateway-7"])] == ["gateway-1"]
    assert "gateway-7" not in world.gateways


def test_a_peer_is_found_while_its_vif_lists_it(office: Office) -> None:
    connection = office.plug()
    first = office.private(connection.id, vlan=1)["virtualInterfaceId"]
    second = office.private(connection.id, vlan=2)["virtualInterfaceId"]
    cloud = office.cloud
    for vif_id in (first, second):
        found = cloud.virtual_interface_of(office.peer(vif_id).id)
        assert found is office.resource(vif_id)
    assert cloud.virtual_interface_of("dxpeer-notthere") is None
    peer_id = office.add_peer(first)["bgpPeers"][1]["bgpPeerId"]
    assert cloud.virtual_interface_of(peer_id) is office.resource(first)
    office.call("DeleteBGPPeer", virtualInterfaceId=first, bgpPeerId=peer_id)
    office.cloud.peer_removed(first, peer_id)
    assert cloud.virtual_interface_of(peer_id) is None


def test_a_peer_is_found_again_after_what_failed(office: Office) -> None:
    vif_id = office.private(office.plug().id)["virtualInterfaceId"]
    peer_id, world = office.peer(vif_id).id, office.cloud._world
    with pytest.raises(KeyError), world.transaction():
        world.virtual_interfaces.remove(vif_id)
        assert office.cloud.virtual_interface_of(peer_id) is None
        assert peer_id not in world.virtual_interfaces.peer_ids
        raise KeyError
    assert office.cloud.virtual_interface_of(peer_id) is office.resource(vif_id)
