"""Lines of text over a stream socket, without ever blocking.

Every conversation of this room is one line per message: endpoint and launcher, launcher and speaker. A
`Channel` cuts what arrives into lines and keeps what the other side is too slow to take.
"""

from __future__ import annotations

import select
import socket


class Channel:
    """One end of a connected stream socket, which it makes non-blocking and owns."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._unread = b""
        self._unsent = bytearray()

    def fileno(self) -> int:
        return self._connection.fileno()

    @property
    def backlog(self) -> int:
        """How many octets wait to be sent; wait for the socket to be writable, then `flush`."""
        return len(self._unsent)

    def send(self, line: str) -> None:
        """Send a line, or as much of it as goes now. A peer that is gone is noticed by `receive`."""
        self._unsent += line.encode() + b"\n"
        self.flush()

    def flush(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._connection.send(self._unsent)]
        except BlockingIOError:
            pass
        except ConnectionError:
            self._unsent.clear()

    def receive(self) -> list[str] | None:
        """The complete lines that have arrived, perhaps none; None once the other side has closed."""
        try:
            arrived = self._connection.recv(1 << 18)
        except BlockingIOError:
            return []
        except ConnectionError:
            return None
        if not arrived:
            return None
        *lines, self._unread = (self._unread + arrived).split(b"\n")
        return [line.decode() for line in lines]

    def drain(self, timeout: float) -> None:
        """Wait until everything is sent, at most `timeout` seconds. For the last words of a process."""
        poller = select.poll()
        poller.register(self._connection, select.POLLOUT)
        while self._unsent and poller.poll(timeout * 1000):
            self.flush()

    def close(self) -> None:
        self._connection.close()
