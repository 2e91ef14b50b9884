"""BIRD, started by hand and asked over its control socket."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from pathlib import Path
from typing import Any

AMAZON_ASN, CUSTOMER_ASN = 64512, 65001
AUTH_KEY = "s3cretKey9"
#: A line of `show protocols`; the first one of an answer begins with its number.
_ESTABLISHED = re.compile(r"^(?:\d{4}-| )(\S+)\s+BGP\s.*\bEstablished\b", re.MULTILINE)
#: Seconds within which a daemon answers.
_PATIENCE = 60.0


@dataclass(frozen=True)
class Session:
    """A session to be set up between AWS and a customer router.

    :ivar name: that of the protocol in BIRD.
    :ivar hold: hold time that BIRD proposes, and for how long the customer's waits for an OPEN; seconds.
    :ivar passive: whether the customer's end waits to be called.
    """

    name: str
    amazon: IPv4Interface | IPv6Interface
    customer: IPv4Interface | IPv6Interface
    hold: int = field(default=90, kw_only=True)
    passive: bool = field(default=True, kw_only=True)

    def members(self) -> dict[str, Any]:
        """Those of a BGP peer that is to be, in the API's words; IPv6 addresses are AWS's to choose."""
        return {
            "addressFamily": "ipv4",
            "asn": CUSTOMER_ASN,
            "authKey": AUTH_KEY,
            "amazonAddress": str(self.amazon),
            "customerAddress": str(self.customer),
        }

    def configuration_of_amazon(self) -> str:
        """The protocol at AWS's end: it dials, as soon as BIRD ever does."""
        return (
            f"protocol bgp {self.name} {{ local {self.amazon.ip} as {AMAZON_ASN};"
            f' neighbor {self.customer.ip} as {CUSTOMER_ASN}; password "{AUTH_KEY}"; hold time {self.hold};'
            f" connect delay time 0; connect retry time 1; {self._channel('none')} }}"
        )

    def configuration_of_customer(self, export: str = "none") -> str:
        """The protocol at the router's end: it waits, or dials soon too; after an error it is soon ready again.

        :param export: what it sends, as a filter of BIRD's: `none`, or `all` of its static routes.
        """
        return (
            f"protocol bgp {self.name} {{ local {self.customer.ip} as {CUSTOMER_ASN};"
            f' neighbor {self.amazon.ip} as {AMAZON_ASN}; password "{AUTH_KEY}"; hold time {self.hold};'
            f" passive {'yes' if self.passive else 'no'}; connect delay time 1; connect retry time 2;"
            f" startup hold time {self.hold}; error wait time 1, 2; {self._channel(export)} }}"
        )

    def _channel(self, export: str) -> str:
        wanted = "where source = RTS_STATIC" if export == "all" else export
        return f"ipv{self.amazon.version} {{ import all; export {wanted}; }};"


class Bird:
    """A BIRD in a namespace.

    :param directory: for its configuration, socket and log; made here. The daemon is ended by whoever removes
        the namespace.
    """

    def __init__(
        self, namespace: str, directory: Path, router_id: IPv4Address, protocols: Sequence[str]
    ) -> None:
        self._namespace = namespace
        self._directory = directory
        self._router_id = router_id
        directory.mkdir()
        self._write(protocols)

    @property
    def log(self) -> Path:
        return self._directory / "bird.log"

    def reconfigure(self, control: Control, protocols: Sequence[str]) -> None:
        """Give the running daemon other protocols; sessions whose protocol is the same go on."""
        self._write(protocols)
        control.ask("configure")

    def start(self) -> Control:
        """Start the daemon; it is in the background and answers when this returns."""
        enter = ("ip", "netns", "exec", self._namespace)
        files = ("-c", "bird.conf", "-s", "bird.ctl", "-P", "bird.pid")
        subprocess.run((*enter, "bird", *files), cwd=self._directory, check=True)
        return self.control()

    def control(self) -> Control:
        """A connection to the running daemon's control socket."""
        return Control(self._directory / "bird.ctl")

    @property
    def pid(self) -> int:
        return int((self._directory / "bird.pid").read_text())

    def established(self) -> set[str]:
        """The names of the sessions that are Established in this router's own view."""
        with closing(self.control()) as control:
            return established_in(control.ask("show protocols"))

    def _write(self, protocols: Sequence[str]) -> None:
        head = (
            f'log "{self.log}" all;',
            "timeformat log iso long us;",
            "debug protocols { events, states };",
            f"router id {self._router_id};",
            "protocol device {}",
        )
        (self._directory / "bird.conf").write_text("\n".join((*head, *protocols)) + "\n")


def established_in(answer: str) -> set[str]:
    """The sessions that `show protocols` calls Established."""
    return set(_ESTABLISHED.findall(answer))


class Control:
    """BIRD's control socket, as birdc(8) uses it."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(_PATIENCE)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self._answer()

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def established(self, session: Session) -> bool:
        return "Established" in self.ask(f"show protocols {session.name}")

    def ask(self, command: str) -> str:
        self._socket.sendall(f"{command}\n".encode())
        return self._answer()

    def _answer(self) -> str:
        """All lines of an answer; the last one has a blank after its number."""
        lines = []
        for line in self._lines:
            lines.append(line.decode())
            if re.match(rb"\d{4} ", line):
                break
        return "".join(lines)
