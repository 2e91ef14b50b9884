"""The client, against a server of the standard library in both of HTTP's manners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks.client import Address, Connection, RefusedError, parse_head


class _Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked, and with the client's port, which tells connections apart."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"asked": self.headers["X-Amz-Target"], "with": body, "port": self.client_address[1]}
        text = json.dumps(answer).encode()
        self.send_response(400 if body.get("bad") else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Keeping(_Echo):
    protocol_version = "HTTP/1.1"


@contextmanager
def _serving(handler: type[_Echo]) -> Iterator[Address]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Address("127.0.0.1", server.server_port)
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(params=[_Echo, _Keeping], ids=["closing", "keeping"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    with _serving(request.param) as address, closing(Connection(address)) as connection:
        yield connection


def test_an_operation_is_asked_for_by_name_with_its_parameters(connection: Connection) -> None:
    answer = connection.call("DescribeConnections", connectionId="dxcon-1")
    assert answer["asked"] == "OvertureService.DescribeConnections"
    assert answer["with"] == {"connectionId": "dxcon-1"}


def test_one_call_follows_another_whatever_the_server_does_in_between(connection: Connection) -> None:
    for number in range(3):
        assert connection.call("Anything", number=number)["with"] == {"number": number}


def test_an_answer_longer_than_one_read_is_read_whole(connection: Connection) -> None:
    assert connection.call("Anything", text="x" * 300_000)["with"]["text"] == "x" * 300_000


def test_a_refusal_is_told_with_its_status(connection: Connection) -> None:
    with pytest.raises(RefusedError, match=r"400: .*Anything"):
        connection.call("Anything", bad=True)


def test_a_connection_that_may_stay_open_does() -> None:
    with _serving(_Keeping) as address, closing(Connection(address)) as connection:
        assert connection.call("One")["port"] == connection.call("Two")["port"]


def test_a_head_is_read_without_regard_to_case() -> None:
    status, headers = parse_head(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nCONNECTION:Close")
    assert status == 200
    assert headers == {"content-length": "3", "connection": "Close"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:4577", "http://127.0.0.1:4577\n", "http://127.0.0.1:4577/"]
)
def test_an_address_is_read_from_a_url(url: str) -> None:
    assert Address.of_url(url) == Address("127.0.0.1", 4577)
