from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.directconnect.errors import ClientException
from lab.directconnect.model import Resource
from lab.directconnect.operations.pages import page
from tests.directconnect.office import Office


def resources(count: int) -> list[Resource]:
    return [Resource(id=f"r{number}", number=number) for number in range(1, count + 1)]


@given(count=st.integers(0, 30), size=st.integers(1, 40))
def test_pages_are_the_list_cut_up(count: int, size: int) -> None:
    found: list[Resource] = []
    token: dict[str, str] = {}
    while True:
        shown, token = page(resources(count), {"maxResults": size, **token})
        assert len(shown) <= size
        found += shown
        if not token:
            break
    assert found == resources(count)


def test_without_a_maximum_everything_is_one_page() -> None:
    assert page(resources(300), {}) == (resources(300), {})


def test_a_page_has_at_most_a_hundred() -> None:
    shown, token = page(resources(300), {"maxResults": 1000})
    assert (len(shown), list(token)) == (100, ["nextToken"])


def test_what_is_deleted_between_pages_shifts_nothing() -> None:
    present = resources(6)
    first, token = page(present, {"maxResults": 3})
    rest, _ = page([item for item in present if item.number not in (1, 3)], token)
    assert [*first, *rest] == present


NOT_OURS = (
    *(b"2", b"{}", b"{", b"[]", b'"after"', b"[" * 100_000),
    *(
        b'{"after": %b}' % value
        for value in (b"null", b"1e999", b"NaN", b"1.0", b"true", b'"1"', b"9" * 5000)
    ),
)


@pytest.mark.parametrize(
    "token",
    ["2", "!", "ä", *(base64.b64encode(text).decode() for text in NOT_OURS)],
    ids=lambda token: token[:20],
)
def test_a_token_of_ones_own_making(token: str) -> None:
    with pytest.raises(ClientException) as raised:
        page(resources(3), {"nextToken": token})
    assert raised.value.message == "nextToken is not valid: use the one of the previous answer, unchanged."


@pytest.mark.parametrize("size", [0, -1])
def test_a_page_of_nothing(size: int) -> None:
    with pytest.raises(ClientException) as raised:
        page(resources(3), {"maxResults": size})
    assert raised.value.message == f"maxResults {size} is not valid: use 1 to 100."


def test_every_list_comes_in_pages(office: Office) -> None:
    for name in ("a", "b"):
        connection = office.plug(name)
        office.private(connection.id)
        office.gateway(name)
    for operation, member in (
        ("DescribeConnections", "connections"),
        ("DescribeVirtualInterfaces", "virtualInterfaces"),
        ("DescribeDirectConnectGateways", "directConnectGateways"),
    ):
        first = office.call(operation, maxResults=1)
        second = office.call(operation, maxResults=1, nextToken=first["nextToken"])
        assert first[member] + second[member] == office.call(operation)[member]
        assert "nextToken" not in second
