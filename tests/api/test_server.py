"""The socket: binding it, sharing the loop, and leaving nothing behind."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from lab.api.app import application
from lab.api.server import Address, serve
from lab.errors import UsageError
from tests.api.stand_in import StandIn
from tests.api.wire import json_request

APP = application(StandIn())


@contextmanager
def connected(address: Address) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(address.host, address.port, timeout=10)) as connection:
        yield connection


def health(address: Address) -> str:
    with connected(address) as connection:
        connection.request("GET", "/health")
        return str(json.load(connection.getresponse())["status"])


def describe(connection: http.client.HTTPConnection, body: bytes = b"{}") -> http.client.HTTPResponse:
    request = json_request("DescribeLocations")
    headers = {name.decode(): value.decode() for name, value in request.headers.items()}
    connection.request("POST", "/", body, headers)
    return connection.getresponse()


def test_urls() -> None:
    assert Address("127.0.0.1", 8080).url == "http://127.0.0.1:8080"
    assert Address("::1", 8080).url == "http://[::1]:8080"


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
async def test_it_accepts_as_soon_as_the_address_is_known(host: str) -> None:
    async with serve(APP, host, 0) as address:
        assert address.port > 0
        assert await asyncio.to_thread(health, address) == "serving"


@pytest.mark.anyio
async def test_a_port_that_is_taken() -> None:
    async with serve(APP, "127.0.0.1", 0) as address:
        with pytest.raises(UsageError) as caught:
            async with serve(APP, "127.0.0.1", address.port):
                pass

    place = f"127.0.0.1 port {address.port}"
    assert str(caught.value) == (
        f"cannot listen on {place} (address already in use); choose another address or port"
    )


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("192.0.2.1", "cannot listen on 192.0.2.1 port 0 (cannot assign requested address); choose another"),
        ("256.0.0.1", "256.0.0.1 is not an address of this machine ("),
    ],
)
async def test_an_address_that_is_not_ours(host: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        async with serve(APP, host, 0):
            pass

    assert str(caught.value).startswith(sentence)


@pytest.mark.anyio
async def test_the_port_is_free_again_afterwards() -> None:
    async with serve(APP, "127.0.0.1", 0) as first:
        await asyncio.to_thread(health, first)

    async with serve(APP, "127.0.0.1", first.port) as second:
        assert second == first


@pytest.mark.anyio
async def test_signals_stay_with_the_owner_of_the_loop() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async with serve(APP, "127.0.0.1", 0):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.anyio
async def test_an_exception_of_the_owner_ends_the_server_and_is_seen_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        async with serve(APP, "127.0.0.1", 0) as address:
            raise ZeroDivisionError

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.host, address.port))


@pytest.mark.anyio
async def test_an_idle_connection_is_closed_at_the_end() -> None:
    def used(address: Address) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(address.host, address.port, timeout=10)
        describe(connection).read()
        return connection

    async with serve(APP, "127.0.0.1", 0) as address:
        idle = await asyncio.to_thread(used, address)

    with closing(idle):
        assert idle.sock.recv(1) == b""


@pytest.mark.anyio
async def test_a_connection_is_kept_for_the_next_request() -> None:
    def twice(address: Address) -> list[int]:
        with connected(address) as connection:
            answers = [describe(connection)]
            answers[0].read()
            local = connection.sock.getsockname()
            answers.append(describe(connection))
            assert connection.sock.getsockname() == local
            return [answer.status for answer in answers]

    async with serve(APP, "127.0.0.1", 0) as address:
        assert await asyncio.to_thread(twice, address) == [200, 200]


@pytest.mark.anyio
async def test_ten_megabytes_are_refused_and_the_connection_goes_on() -> None:
    def large_then_small(address: Address) -> tuple[list[int], str]:
        with connected(address) as connection:
            refused = describe(connection, b" " * 10_000_000)
            code = json.load(refused)["__type"]
            return [refused.status, describe(connection).status], code

    async with serve(APP, "127.0.0.1", 0) as address:
        assert await asyncio.to_thread(large_then_small, address) == (
            [413, 200],
            "RequestEntityTooLargeException",
        )


@pytest.mark.anyio
async def test_many_clients_may_connect_at_one_moment() -> None:
    """Nothing is accepted while the loop is busy, as it is during a long operation; nobody is turned away."""
    async with serve(APP, "127.0.0.1", 0) as address:
        clients = [socket.create_connection((address.host, address.port), timeout=5) for _ in range(300)]

    for client in clients:
        client.close()


@pytest.mark.anyio
async def test_the_answer_on_the_wire_has_the_headers_of_aws_and_no_others() -> None:
    def names(address: Address) -> list[str]:
        with connected(address) as connection:
            return sorted(name for name, _ in describe(connection).getheaders())

    async with serve(APP, "127.0.0.1", 0) as address:
        assert await asyncio.to_thread(names, address) == [
            "content-length",
            "content-type",
            "date",
            "x-amzn-requestid",
        ]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # the beginning of TLS
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_no_http_is_refused_in_the_shape_of_aws(sent: bytes) -> None:
    def answered(address: Address) -> tuple[int, dict[str, str], dict[str, str]]:
        with socket.create_connection((address.host, address.port), timeout=10) as client:
            client.sendall(sent)
            response = http.client.HTTPResponse(client)
            response.begin()
            return response.status, dict(response.getheaders()), json.load(response)

    async with serve(APP, "127.0.0.1", 0) as address:
        status, headers, document = await asyncio.to_thread(answered, address)

    assert status == 400
    assert document == {"__type": "SerializationException", "message": "Invalid HTTP request received."}
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert headers["connection"] == "close"
    assert {"x-amzn-requestid", "date"} < headers.keys()


@pytest.mark.anyio
async def test_an_answer_on_its_way_is_sent_to_its_end() -> None:
    long = application(StandIn({"DescribeLocations": {"locations": [{"locationName": "x" * 10_000_000}]}}))
    begun = threading.Event()

    def length(address: Address) -> int:
        with connected(address) as connection:
            response = describe(connection)
            begun.set()
            return len(response.read())

    async with serve(long, "127.0.0.1", 0) as address:
        reading = asyncio.create_task(asyncio.to_thread(length, address))
        await asyncio.to_thread(begun.wait)

    assert await reading > 10_000_000
