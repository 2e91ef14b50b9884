"""The lab itself, the cable, the tag."""

from __future__ import annotations

from collections.abc import Iterator

from lab.bgp.events import SpeakerExited, SpeakerStarted
from lab.diagnosis.case import Case
from lab.diagnosis.causes import Cause
from lab.diagnosis.evidence import Carrier, Frame, InterfaceAddress, Missing, NeighbourTable, Probe, Said
from lab.diagnosis.verdict import Confidence, Finding, proof

#: Seconds in which a speaker that died is usually replaced.
_REPLACED = 1.0


def lab_fault(case: Case) -> Iterator[Finding]:
    """Something that the lab should have made is not there, or its speaker died and stays dead."""
    missing = case.of(Missing)
    if missing:
        facts = {"what": " and ".join(str(item) for item in missing)}
        yield Finding(Cause.LAB_FAULT, Confidence.CERTAIN, proof(*missing), facts)
        return
    lives = [item for item in case.of(Said) if isinstance(item.event, (SpeakerStarted, SpeakerExited))]
    if lives and isinstance(lives[-1].event, SpeakerExited) and case.at - lives[-1].at >= _REPLACED:
        facts = {"what": f"AWS's speaker does not run ({lives[-1]})"}
        yield Finding(Cause.LAB_FAULT, Confidence.CERTAIN, proof(lives[-1]), facts)


def table_full(case: Case) -> Iterator[Finding]:
    """The machine had no room for new neighbours while we watched, and the two ends have not reached each other."""
    full = [item for item in case.of(NeighbourTable) if item.growth]
    if not full or _reach_each_other(case):
        return
    table = full[-1]
    setting = f"net.ipv{table.family}.neigh.default.gc_thresh3"
    facts = {
        "what": f"the machine's neighbour table is full ({table.entries} entries, the limit is {table.limit})",
        "remedy": (
            f"nothing on the router: on the machine that runs the lab, outside of containers, "
            f"sysctl -w {setting}={2 * table.limit}"
        ),
    }
    yield Finding(Cause.LAB_FAULT, Confidence.CERTAIN, proof(table), facts, by_silence=True)


def _reach_each_other(case: Case) -> bool:
    """Each end has the other's MAC address: a ping was answered, or TCP segments went both ways."""
    pinged = any(probe.name == "ping" and probe.outcome == "answered" for probe in case.of(Probe))
    return pinged or bool(case.calls() and case.calls(inbound=False))


def cable_down(case: Case) -> Iterator[Finding]:
    """No light on the port, or an interface of the router is shut."""
    dark = [item for item in case.of(Carrier) if not item.carrier]
    port = [item for item in dark if item.interface == case.expected.connection]
    shut = [item for item in dark if item not in port and not item.enabled]
    if not port and not shut:
        return
    facts = _why_dark(port, shut)
    topics = () if "remedy" in facts else ("interface",)
    yield Finding(Cause.CABLE_DOWN, Confidence.CERTAIN, proof(*port, *shut), facts, topics)


def _why_dark(port: list[Carrier], shut: list[Carrier]) -> dict[str, str]:
    """What is wrong; and the remedy, where that is at AWS's end."""
    if port and port[-1].stub:
        what = "no cable was ever plugged into the port"
        return {"what": what, "remedy": "dxlab plug {connection} NODE:INTERFACE"}
    if port and not port[-1].enabled:
        return {"what": "the cable is pulled out of AWS's port", "remedy": "dxlab plug {connection}"}
    if shut:
        return {"what": f"the router's interface {shut[-1].interface} is shut"}
    return {"what": "there is no light on the cable: the router's end is shut or unplugged"}


def wrong_tags(case: Case) -> Iterator[Finding]:
    """Frames that speak of this peer's addresses arrive with other tags than its own, and none with that."""
    if any(case.speaks_of_us(frame) for frame in case.own if frame.at > case.fell_at):
        return
    strays = [frame for frame in case.inbound if frame.at > case.fell_at and _is_stray(case, frame)]
    if strays:
        latest = strays[-1]
        same = [frame for frame in strays if frame.tags == latest.tags]
        cause = _cause_of(latest)
        topics = ("vlan", "interface")
        yield Finding(cause, Confidence.CERTAIN, proof(*same), _tag_facts(case, latest.tags), topics)
    else:
        yield from _on_another_interface(case)


def _is_stray(case: Case, frame: Frame) -> bool:
    return frame.tags != (case.expected.vlan,) and case.speaks_of_us(frame)


def _cause_of(frame: Frame) -> Cause:
    if not frame.tags:
        return Cause.VLAN_UNTAGGED
    return Cause.VLAN_DOUBLE_TAGGED if len(frame.tags) > 1 else Cause.VLAN_MISMATCH


def _tag_facts(case: Case, tags: tuple[int, ...]) -> dict[str, str]:
    owner = case.expected.owner_of(tags[0]) if len(tags) == 1 else ""
    whose = f" (which is that of {owner})" if owner else ""
    return {"tags": "+".join(map(str, tags)) + whose, "seen": str(tags[-1]) if tags else ""}


def _on_another_interface(case: Case) -> Iterator[Finding]:
    """The router that the lab runs has the address on a sub-interface of another VLAN, and has not used it yet."""
    holding = [item for item in case.router_addresses() if _is_customers(case, item)]
    vlans = {_vlan_of(item) for item in holding}
    if not holding or case.expected.vlan in vlans or any(each.at > case.fell_at for each in case.answers):
        return
    vlan = _vlan_of(holding[-1])
    cause = Cause.VLAN_MISMATCH if vlan else Cause.VLAN_UNTAGGED
    facts = _tag_facts(case, (vlan,) if vlan else ())
    yield Finding(cause, Confidence.CERTAIN, proof(*holding), facts, ("vlan", "interface"))


def _is_customers(case: Case, item: InterfaceAddress) -> bool:
    return item.address.partition("/")[0] == case.expected.customer_ip and item.interface != "lo"


def _vlan_of(item: InterfaceAddress) -> int:
    """The VLAN of an interface as routers name them, such as eth1.101; 0 for one without a tag."""
    number = item.interface.rpartition(".")[2]
    return int(number) if "." in item.interface and number.isdigit() else 0
