"""The lab of the fault bench: every router with its fault, cable, virtual interface and two peers."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from lab.cli.diagnose import Doctor
from lab.diagnose import Examination
from lab.diagnosis import Case, Cause, Verdict, judge
from lab.errors import LabError
from lab.network.links import End, set_link
from lab.network.namespaces import netlink, processes_in
from lab.places import record_of
from lab.routers import Completed, Router
from tests.diagnosis.faults.catalogue import Fault
from tests.diagnosis.faults.languages import LANGUAGES, Unspeakable
from tests.diagnosis.faults.terms import Terms, right
from tests.support.command import Bench, Running, eventually

VGW = "vgw-0a1b2c3d4e5f60718"
CIDRS = ["10.10.0.0/16", "10.20.0.0/16", "2001:db8:10::/56", "2001:db8:2a::/56"]
KEY = "s3cretKey0lI"
ANOTHER_KEY = "thekeyofanothervif"
FIRST_VLAN = 101
#: What a session that was up before the fault came leaves behind.
_AFTERWARDS = (Cause.HOLD_TIMER_EXPIRED, Cause.FLAPPING)


@dataclass
class Site:
    """One fault's corner of the lab."""

    fault: Fault
    kind: str
    number: int
    speakable: bool = True
    trouble: str = ""

    @property
    def stands(self) -> bool:
        """Whether the fault could be made."""
        return self.speakable and not self.trouble

    @property
    def node(self) -> str:
        return f"r{self.number}"

    @property
    def vif(self) -> str:
        return f"vif-{self.number}"

    @property
    def connection(self) -> str:
        return f"c{self.number}"

    @property
    def vlan(self) -> int:
        return FIRST_VLAN + self.number

    @property
    def requests(self) -> list[dict[str, Any]]:
        block = f"169.254.{100 + self.number // 60}.{4 * (self.number % 60)}"
        first, _, last = block.rpartition(".")
        terms = {"vlan": self.vlan, "asn": 65001, "authKey": KEY, "virtualInterfaceName": self.vif}
        addresses = {
            "amazonAddress": f"{first}.{int(last) + 1}/30",
            "customerAddress": f"{first}.{int(last) + 2}/30",
        }
        vif = {**terms, **addresses, "virtualGatewayId": VGW}
        peer = {"addressFamily": "ipv6", "asn": 65001, "authKey": KEY}
        return [
            {
                "CreatePrivateVirtualInterface": {
                    "connectionId": self.connection,
                    "newPrivateVirtualInterface": vif,
                }
            },
            {"CreateBGPPeer": {"virtualInterfaceId": self.vif, "newBGPPeer": peer}},
        ]


@dataclass(frozen=True)
class Cell:
    """A peer of a faulty router, with everything that was found out about it."""

    site: Site
    family: str
    case: Case

    @property
    def name(self) -> str:
        return f"{self.site.kind}-{self.site.fault.name}-{self.family}"

    @property
    def verdict(self) -> Verdict:
        return judge(self.case)

    @property
    def right(self) -> bool:
        """Whether the cause was found, and no other was."""
        fault, verdict = self.site.fault, self.verdict
        allowed = {*fault.then, *_AFTERWARDS, fault.cause}
        others = set(verdict.next) - {cause.value for cause in allowed}
        named = fault.cause in (verdict.cause, *verdict.rivals)
        return named and not others and set(fault.then) <= set(verdict.next)


@dataclass
class FaultLab:
    """The lab while it is up."""

    sites: Sequence[Site]
    running: Running
    directory: Path
    vifs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def start(self) -> None:
        """Start every router with its fault, then do what is to be done later."""
        self.vifs = {vif["virtualInterfaceName"]: vif for vif in self.running.vifs()}
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._start, self.sites))
            list(
                pool.map(
                    self._do,
                    [site for site in self.sites if site.fault.later and site.speakable and not site.trouble],
                )
            )

    def _start(self, site: Site) -> None:
        with _noting_trouble(site):
            self.configure(site, site.fault.change(self.right(site)))

    def configure(self, site: Site, terms: Terms) -> None:
        """Start the router with these terms."""
        setup = LANGUAGES[site.kind].setup(terms)
        (self.directory / f"{site.node}.conf").write_text(setup.text)
        self.router(site).start(setup.text, interfaces=setup.interfaces, commands=setup.commands)

    def _do(self, site: Site) -> None:
        if site.fault.only_on not in ("", site.kind):
            return
        with _noting_trouble(site):
            eventually(lambda: self.statuses(site) == {"up"}, "both sessions to be up first", 60)
            DEEDS[site.fault.later](self, site)

    def right(self, site: Site) -> Terms:
        return right(self.vifs[site.vif])

    def router(self, site: Site) -> Router:
        return self.running.routers[site.node]

    def port(self, site: Site) -> End:
        return End(self.running.places.namespace("dx"), self.vifs[site.vif]["connectionId"])

    def peers(self, site: Site) -> list[dict[str, Any]]:
        """The peers of a site as the lab's own page has them."""
        found = [
            peer
            for connection in self.running.page("status")["connections"]
            for vif in connection["virtualInterfaces"]
            if vif["virtualInterfaceName"] == site.vif
            for peer in vif["bgpPeers"]
        ]
        return sorted(found, key=lambda peer: peer["addressFamily"])

    def statuses(self, site: Site) -> set[str]:
        return {peer["bgpStatus"] for peer in self.peers(site)}

    def reasons(self, site: Site) -> set[str]:
        return {peer["reason"] for peer in self.peers(site)}

    def examine(self) -> list[Cell]:
        """Every peer examined, as `dxlab diagnose` does it."""
        record = record_of(self.running.places.name)
        assert record is not None
        with ThreadPoolExecutor(16) as pool:
            cases = list(pool.map(Examination.case, Doctor(record).examinations(None)))
        found = {case.expected.peer: case for case in cases}
        return [
            Cell(site, peer["addressFamily"], found[peer["bgpPeerId"]])
            for site in self.sites
            if site.stands
            for peer in self.peers(site)
        ]


@contextmanager
def _noting_trouble(site: Site) -> Iterator[None]:
    """A fault that cannot be made must not keep the others from being made."""
    try:
        yield
    except Unspeakable:
        site.speakable = False
    except (LabError, AssertionError) as error:
        site.trouble = f"{site.kind} {site.fault.name}: {error}"


def fault_lab(bench: Bench, directory: Path, faults: Iterable[Fault], kinds: Sequence[str]) -> FaultLab:
    """Bring the lab up with routers that do nothing yet."""
    pairs = [(fault, kind) for kind in kinds for fault in faults]
    sites = [Site(fault, kind, number) for number, (fault, kind) in enumerate(pairs)]
    topology = _topology(bench.name, directory, sites)
    return FaultLab(sites, bench.up(topology), directory)


def _topology(name: str, directory: Path, sites: Sequence[Site]) -> Path:
    for site in sites:
        (directory / f"{site.node}.conf").write_text(LANGUAGES[site.kind].idle)
    nodes = {
        "dx": {"kind": "aws-dx", "location": "EqDC2"},
        **{site.node: {"kind": site.kind, "startup-config": f"{site.node}.conf"} for site in sites},
    }
    document = {
        "name": name,
        "topology": {
            "nodes": nodes,
            "links": [{"endpoints": [f"dx:{site.connection}", f"{site.node}:eth1"]} for site in sites],
        },
        "gateways": {VGW: {"asn": 64512, "cidrs": CIDRS}},
        "requests": [request for site in sites for request in site.requests],
    }
    path = directory / f"{name}.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


# ---- deeds ------------------------------------------------------------------------------------------------


def _pull_cable(lab: FaultLab, site: Site) -> None:
    set_link(lab.port(site), up=False)


def _take_addresses_away(lab: FaultLab, site: Site) -> None:
    with netlink(lab.router(site).namespace) as kernel:
        (index,) = kernel.link_lookup(ifname=f"eth1.{site.vlan}")
        kernel.flush_addr(index=index)


def _filter(target: str) -> Callable[[FaultLab, Site], None]:
    def deed(lab: FaultLab, site: Site) -> None:
        for tool in ("iptables", "ip6tables"):
            for port in ("--dport", "--sport"):
                lab_run(lab, site, tool, "-A", "INPUT", "-p", "tcp", port, "179", "-j", target)
        eventually(lambda: lab.statuses(site) == {"down"}, "the hold timer")

    return deed


def lab_run(lab: FaultLab, site: Site, *command: str) -> None:
    """Run a command in the router's network namespace."""
    namespace = f"/run/netns/{lab.router(site).namespace}"
    subprocess.run(["nsenter", f"--net={namespace}", "--", *command], check=True, capture_output=True)


def _stop(lab: FaultLab, site: Site) -> None:
    lab.router(site).kill()


def _shut(lab: FaultLab, site: Site) -> None:
    for each in lab.right(site).neighbours:
        _demand(lab.router(site).execute(LANGUAGES[site.kind].shut(each)))
    eventually(lambda: lab.statuses(site) == {"down"}, f"{site.kind} to shut its neighbours")


def _remove(lab: FaultLab, site: Site) -> None:
    lab.router(site).reconfigure(LANGUAGES[site.kind].without(lab.right(site)))
    eventually(lambda: lab.statuses(site) == {"down"}, f"{site.kind} to remove its neighbours")


def _demand(ended: Completed) -> None:
    assert ended.status == 0, ended.output


def _freeze(lab: FaultLab, site: Site) -> None:
    """Nothing is said any more; the hold time is 9 s. Later the router goes on, and is kept from calling."""
    pids = processes_in(lab.router(site).namespace)
    for pid in pids:
        _signal(pid, signal.SIGSTOP)
    eventually(lambda: lab.statuses(site) == {"down"}, "the hold timer")


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        signal.pidfd_send_signal(os.pidfd_open(pid), number)
    except ProcessLookupError:
        return


def _narrow(lab: FaultLab, site: Site) -> None:
    """The way takes small frames only, and the router has much to say."""
    port = lab.port(site)
    with netlink(port.namespace) as kernel:
        (index,) = kernel.link_lookup(ifname=port.interface)
        kernel.link("set", index=index, mtu=300)
    lab.configure(site, _talkative(lab.right(site)))
    eventually(lambda: lab.reasons(site) == {"hold timer expired"}, "both sessions to die of silence", 60)


def _talkative(terms: Terms) -> Terms:
    prefixes = {4: "10.88.{}.0/24", 6: "2001:db8:88:{:x}::/64"}
    many = {family: tuple(text.format(number) for number in range(99)) for family, text in prefixes.items()}
    return replace(
        terms, neighbours=tuple(replace(each, networks=many[each.family]) for each in terms.neighbours)
    )


def _ask_again(lab: FaultLab, site: Site) -> None:
    """FRR counts before it takes an UPDATE in, so that the first one may hold too many."""
    lab.router(site).execute(["vtysh", "-c", "clear bgp * soft in"])
    eventually(lambda: lab.statuses(site) == {"down"}, "the router's prefix limit")


def _reset(lab: FaultLab, site: Site) -> None:
    for _ in range(4):
        eventually(lambda: lab.statuses(site) == {"up"}, "the session to come up again", 30)
        _reset_once(lab, site, {peer["bgpPeerId"]: peer["since"] for peer in lab.peers(site)})
    eventually(lambda: lab.statuses(site) == {"up"}, "the session to come up again", 30)


def _reset_once(lab: FaultLab, site: Site, since: dict[str, float]) -> None:
    for each in lab.right(site).neighbours:
        _demand(lab.router(site).execute(LANGUAGES[site.kind].reset(each)))
    eventually(lambda: all(peer["since"] > since[peer["bgpPeerId"]] for peer in lab.peers(site)), "falls", 30)


DEEDS: dict[str, Callable[[FaultLab, Site], None]] = {
    "pull the cable": _pull_cable,
    "take the addresses away": _take_addresses_away,
    "drop port 179": _filter("DROP"),
    "reject port 179": _filter("REJECT"),
    "stop the router": _stop,
    "shut the neighbours": _shut,
    "remove the neighbours": _remove,
    "freeze the router": _freeze,
    "narrow the way": _narrow,
    "ask for the routes again": _ask_again,
    "reset it time and again": _reset,
}
