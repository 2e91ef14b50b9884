"""Real routers for the far end: FRR's zebra and bgpd, or BIRD, each in a namespace with directories of its own."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Sequence
from ipaddress import ip_interface, ip_network
from pathlib import Path

from lab.bgp.spec import Network
from tests.bgp.playground import ADDRESSES, KEY, eventually

FRR = Path("/usr/lib/frr")
ENTER = ("ip", "netns", "exec")


class Daemon:
    """A process in a namespace, killed at the end of the `with` block."""

    def __init__(self, namespace: str, command: Sequence[str | Path]) -> None:
        self._command = [*ENTER, namespace, *map(str, command)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            # FRR's would have removed the buffers of their log themselves, had they been asked to end.
            for buffers in Path("/var/tmp/frr").glob(f"*.{self.process.pid}"):
                shutil.rmtree(buffers)
            self.process = None


class Frr:
    """zebra and bgpd. `configure` replaces what is after `router bgp`; `vtysh` changes it while running."""

    def __init__(self, namespace: str, directory: Path, *, listens: bool = True) -> None:
        directory.mkdir()
        shutil.chown(directory, "frr", "frr")
        self._directory = directory
        self.configuration = directory / "bgpd.conf"
        socket = directory / "zserv.api"
        (directory / "zebra.conf").write_text("")
        common = ("-u", "frr", "-g", "frr", "-z", socket, "--vty_socket", directory, "-P", "0")
        self._zebra = Daemon(
            namespace,
            (FRR / "zebra", "-f", directory / "zebra.conf", "-i", directory / "zebra.pid", *common),
        )
        self._bgpd = Daemon(
            namespace,
            (
                FRR / "bgpd",
                *("-f", self.configuration, "-i", directory / "bgpd.pid", *common),
                *(() if listens else ("-p", "0")),
            ),
        )

    def start(self, configuration: str) -> None:
        self.configuration.write_text(configuration)
        self._zebra.start()
        eventually((self._directory / "zserv.api").exists, "zebra to listen")
        self.start_bgpd()

    def start_bgpd(self) -> None:
        (self._directory / "bgpd.vty").unlink(missing_ok=True)
        self._bgpd.start()
        eventually((self._directory / "bgpd.vty").exists, "bgpd to listen")

    def kill_bgpd(self) -> None:
        self._bgpd.kill()

    def stop(self) -> None:
        self._bgpd.kill()
        self._zebra.kill()

    def vtysh(self, *commands: str) -> str:
        arguments = [part for command in commands for part in ("-c", command)]
        done = subprocess.run(
            ["vtysh", "--vty_socket", self._directory, "-d", "bgpd", *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout


FRR_CONFIGURATION = """\
router bgp {asn}
 bgp router-id {router_id}
 no bgp ebgp-requires-policy
 no bgp network import-check
 timers bgp {keepalive} {hold}
 {neighbors}
 address-family ipv4 unicast
  {networks4}
 exit-address-family
 address-family ipv6 unicast
  {activations}
  {networks6}
 exit-address-family
"""


def frr_configuration(
    *,
    asn: int = 65001,
    amazon_asn: int = 64512,
    key: str = KEY,
    router_id: str = "169.254.10.2",
    hold: int = 90,
    networks: Sequence[Network] = (ip_network("192.0.2.0/24"), ip_network("2001:db8:99::/48")),
    extra: Sequence[str] = (),
) -> str:
    """Both sessions of the playground. `extra` are lines such as `passive`, for either neighbor."""
    amazon = [str(ip_interface(pair[0]).ip) for pair in ADDRESSES.values()]
    lines = [f"remote-as {amazon_asn}", f"password {key}", *extra]
    return FRR_CONFIGURATION.format(
        asn=asn,
        router_id=router_id,
        keepalive=max(1, hold // 3),
        hold=hold,
        neighbors="\n ".join(f"neighbor {address} {line}" for address in amazon for line in lines),
        networks4="\n  ".join(f"network {network}" for network in networks if network.version == 4),
        activations=f"neighbor {amazon[1]} activate",
        networks6="\n  ".join(f"network {network}" for network in networks if network.version == 6),
    )


class Bird:
    """BIRD 2 with both sessions of the playground."""

    def __init__(self, namespace: str, directory: Path) -> None:
        directory.mkdir()
        self._configuration = directory / "bird.conf"
        self._control = directory / "bird.ctl"
        self._bird = Daemon(
            namespace,
            ("bird", "-f", "-c", self._configuration, "-s", self._control, "-P", directory / "bird.pid"),
        )

    def start(self, configuration: str) -> None:
        self._configuration.write_text(configuration)
        self._control.unlink(missing_ok=True)
        self._bird.start()
        eventually(self._control.exists, "bird to listen")

    def stop(self) -> None:
        self._bird.kill()

    def pause(self) -> None:
        """Fall silent without closing anything; only `stop` ends that."""
        assert self._bird.process is not None
        self._bird.process.send_signal(signal.SIGSTOP)

    def configure(self, configuration: str) -> None:
        self._configuration.write_text(configuration)
        self.birdc("configure")

    def birdc(self, *command: str) -> str:
        done = subprocess.run(
            ["birdc", "-s", self._control, *command], check=True, capture_output=True, text=True
        )
        return done.stdout


BIRD_CONFIGURATION = """\
router id {router_id};
protocol device {{}}
protocol static {{ ipv4; {routes4} }}
protocol static {{ ipv6; {routes6} }}
protocol bgp dx4 {{
    local 169.254.10.2 as {asn};
    neighbor 169.254.10.1 as 64512;
    password "{key}";
    hold time {hold};
    ipv4 {{ import all; export all; }};
    {extra}
}}
protocol bgp dx6 {{
    local 2001:db8:1::6 as {asn};
    neighbor 2001:db8:1::1 as 64512;
    password "{key}";
    hold time {hold};
    ipv6 {{ import all; export all; }};
    {extra}
}}
"""


def bird_configuration(
    *,
    asn: int = 65001,
    key: str = KEY,
    router_id: str = "169.254.10.2",
    hold: int = 90,
    networks: Sequence[Network] = (ip_network("192.0.2.0/24"), ip_network("2001:db8:99::/48")),
    extra: Sequence[str] = ("connect delay time 1;", "error wait time 1, 5;"),
) -> str:
    """`extra` are lines such as `passive yes;`, for both sessions."""
    routes = {
        family: " ".join(f"route {network} blackhole;" for network in networks if network.version == family)
        for family in (4, 6)
    }
    return BIRD_CONFIGURATION.format(
        asn=asn,
        router_id=router_id,
        key=key,
        hold=hold,
        routes4=routes[4],
        routes6=routes[6],
        extra="\n    ".join(extra),
    )
