"""What is done to the lab of the fault bench once the right router is up: cables pulled, speakers killed."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lab.network.links import passing, set_link
from lab.network.namespaces import inside, netlink, processes_in
from lab.network.vlan import programs
from lab.routers import Completed
from tests.diagnosis.faults.languages import LANGUAGES, Unspeakable
from tests.diagnosis.faults.terms import Terms
from tests.support.command import eventually

if TYPE_CHECKING:
    from tests.diagnosis.faults.bench import FaultLab, Site

#: A provider's service tag.
OUTER_VLAN = 3000
_EGRESS = 0xFFFFFFF3  # clsact's egress hook


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
    language, terms = LANGUAGES[site.kind], lab.right(site)
    commands = [command for each in terms.neighbours if (command := language.remove(each))]
    for command in commands:
        _demand(lab.router(site).execute(command))
    if not commands:
        lab.router(site).reconfigure(language.without(terms))
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
    for each in lab.right(site).neighbours:
        if command := LANGUAGES[site.kind].announce_again(each):
            _demand(lab.router(site).execute(command))
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
    try:
        for each in lab.right(site).neighbours:
            _demand(lab.router(site).execute(LANGUAGES[site.kind].reset(each)))
    except Unspeakable:
        lab.router(site).restart()
    eventually(lambda: all(peer["since"] > since[peer["bgpPeerId"]] for peer in lab.peers(site)), "falls", 30)


def _take_the_speakers_place(lab: FaultLab, site: Site) -> None:
    """AWS's speakers die, and somebody else listens where their successors should: the lab cannot mend that."""
    namespace = lab.running.places.namespace(lab.vifs[site.vif]["virtualInterfaceId"])
    for each in lab.right(site).neighbours:
        with inside(namespace):
            usurper = socket.socket(socket.AF_INET if each.family == 4 else socket.AF_INET6)
        usurper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # for what the dead have left half open
        lab.held.callback(usurper.close)
        take = partial(_bound, usurper, each.address, namespace)
        eventually(take, f"{each.address} port 179 to be free")
    eventually(lambda: lab.statuses(site) == {"down"}, "both sessions to fall")


def _bound(usurper: socket.socket, address: str, namespace: str) -> bool:
    for pid in processes_in(namespace):
        _signal(pid, signal.SIGKILL)
    try:
        usurper.bind((address, 179))
        usurper.listen()
    except OSError:
        return False
    return True


def _tag_twice(lab: FaultLab, site: Site) -> None:
    """What the router sends gets a provider's tag around its own."""
    with netlink(lab.router(site).namespace) as kernel, programs.loaded(_push_tag(OUTER_VLAN)) as program:
        (index,) = kernel.link_lookup(ifname="eth1")
        with passing(errno.EEXIST):  # it is there already, with the eBPF driver
            kernel.tc("add", "clsact", index)
        kernel.tc("add-filter", "bpf", index, parent=_EGRESS, fd=program, name="outer", direct_action=True)
    eventually(lambda: lab.statuses(site) == {"down"}, "the hold timer")


def _push_tag(vlan: int) -> bytes:
    """A program that puts a tag on, around those that are there, and lets the frame go its way."""
    protocol = programs.move(programs.R2, socket.htons(programs.ETH_P_8021Q))
    push = programs.call(programs._VLAN_PUSH)
    go_on = programs.move(programs.R0, programs._TC_ACT_UNSPEC)
    return b"".join((protocol, programs.move(programs.R3, vlan), push, go_on, programs.leave()))


DEEDS: dict[str, Callable[[FaultLab, Site], None]] = {
    "take the speaker's place": _take_the_speakers_place,
    "tag it twice": _tag_twice,
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
