"""The pages of docs/causes/, made from the rules' own words and from what the fault bench recorded.

    python -m tests.diagnosis.faults.pages

`tests/diagnosis/test_pages.py` holds the pages to what this makes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lab.diagnosis import Case, Cause, Verdict, judge
from lab.diagnosis.case import PROBE_PORTS, Expected
from lab.diagnosis.causes import MEANINGS
from lab.diagnosis.evidence import Arp, Discovery, Evidence, Frame, Segment
from lab.diagnosis.fixes import FIXES, unknown
from tests.diagnosis.faults.catalogue import FAULTS
from tests.diagnosis.faults.makeable import why_not
from tests.diagnosis.faults.matrix import FAMILIES, TITLES, mark, rows
from tests.diagnosis.faults.record import GOLDEN

CAUSES = Path(__file__).parents[3] / "docs" / "causes"

_AN = {"frr": "an FRR", "bird": "a BIRD"}
#: What stands in a fix for what only a case knows.
_FACTS: Mapping[str, str] = {
    "seen": "<the wrong one>",
    "expects": "<the wrong one>",
    "wanted": "ipv4 unicast",
    "limit": "100",
    "number": "<how many AWS announces>",
    "reasons": "<the reasons>",
}
_EXAMPLE = """Written for VLAN 101, Amazon's address 169.254.10.1/30 and AS 64512, the customer's 169.254.10.2/30 and AS
65001."""
_INTRODUCTION = """# Causes

What [`dxlab diagnose`](../diagnose.md) can find, in the order in which it must be mended. Where two things are wrong at
once, the upper one is named first.
"""
_BENCH = """
## The fault bench

Routers that are wrong on purpose, in both address families: `found` where the cause is found in both, and no other
named. "One of two" is a verdict that names a rival and what would decide. Where a kind of router cannot be made to have
a fault, the cell says why. `tests/diagnosis/faults` makes them, `tests/diagnosis/golden` holds what was seen, and every
test run ends with this table as it found it, in brackets what it did not make anew.
"""
_TERMS = Expected(
    peer="dxpeer-fg3xk2a9",
    vif="dxvif-fg1234ab",
    vif_name="office-private",
    connection="office",
    vlan=101,
    amazon="169.254.10.1/30",
    customer="169.254.10.2/30",
    amazon_asn=64512,
    customer_asn=65001,
)


def why() -> dict[str, tuple[str, str]]:
    """What one sees, and why, by cause: the two paragraphs of each section of why.md."""
    _, *sections = (Path(__file__).parent / "why.md").read_text().split("\n## ")
    parts = (section.strip().split("\n\n") for section in sections)
    return {name: (sees, reason) for name, sees, reason in parts}


def recorded() -> dict[str, dict[str, Any]]:
    """The golden files by name: kind, fault, family."""
    return {
        path.name.partition(".")[0]: json.loads(gzip.decompress(path.read_bytes()))
        for path in sorted(GOLDEN.glob("*.json.gz"))
    }


def pages(golden: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Every page of docs/causes/ by its file name."""
    made = {f"{cause.value}.md": page(cause, golden) for cause in Cause}
    return {"README.md": index(golden), **made}


def page(cause: Cause, golden: Mapping[str, dict[str, Any]]) -> str:
    """One cause: what one sees, why, how to mend it on each kind of router, and what proves it."""
    sees, reason = why()[cause]
    parts = [
        f"# `{cause.value}`",
        f"{MEANINGS[cause][0].upper()}{MEANINGS[cause][1:]}.",
        f"## What one sees\n\n{sees}",
        f"## Why\n\n{reason}",
        f"## How to mend it\n\n{_fixes(cause)}",
        *_proof(cause, golden),
    ]
    return "\n\n".join(parts) + "\n"


def _fixes(cause: Cause) -> str:
    lines = [f"| any router | {_filled(unknown.FIXES[cause])} |"]
    for kind, title in TITLES.items():
        if cause in FIXES[kind]:  # nothing on the router mends the lab's own fault
            lines.append(f"| {title} | `{_filled(FIXES[kind][cause])}` |")
    return "\n".join(["| on | change |", "|---|---|", *lines]) + f"\n\n{_EXAMPLE}"


def _filled(template: str) -> str:
    values = {
        "amazon_ip": _TERMS.amazon_ip,
        "customer_ip": _TERMS.customer_ip,
        "customer": _TERMS.customer,
        "prefix_length": str(_TERMS.prefix_length),
        "vlan": "101",
        "amazon_asn": "64512",
        "customer_asn": "65001",
        "connection": "office",
        "afi": "ipv4",
        "ip": "ip",
    }
    return template.format_map({**_FACTS, **values}).replace("|", "\\|")


def _proof(cause: Cause, golden: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """What `dxlab diagnose` said of a router of the fault bench, in both families."""
    kind, fault = next(
        (kind, fault)
        for kind in TITLES
        for fault in FAULTS
        if fault.cause is cause and not why_not(fault, kind)
    )
    shown = [_shown(golden[f"{kind}-{fault.name}-{family}"]) for family in FAMILIES]
    yield (
        f"## What proves it\n\nFrom the fault bench, {_AN[kind]} router, IPv4 and IPv6, as `tests/diagnosis/golden` "
        "has it:\n\n" + "\n\n".join(shown)
    )
    if not any(" > " in text for text in shown):
        yield from _capture(cause, golden)


def _capture(cause: Cause, golden: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """What was on the cable, where the verdict goes by something else; of the first kind in whose record frames are."""
    names = (f"{kind}-{fault.name}-ipv4" for kind in TITLES for fault in FAULTS if fault.cause is cause)
    cases = (Case.from_json(golden[name]["case"]) for name in names if name in golden)
    case = next((case for case in cases if _telling(case)), None)
    if case:
        lines = [f"{_since(item, case)}  {item}" for item in _telling(case)]
        yield "What `dxlab capture` has of it:\n\n```\n" + "\n".join(lines) + "\n```"


def _telling(case: Case) -> list[Frame]:
    """The last NOTIFICATION and the latest frames of the peer's own; what probes sent is left out."""
    own = [item for item in case.of(Frame) if case.speaks_of_us(item) and not _of_a_probe(item)]
    said = [
        item for item in own if not isinstance(item, Segment) or item.messages or set(item.flags) & set("SRF")
    ]
    told = [each.evidence for way in (True, False) for each in case.talk("NOTIFICATION", inbound=way)]
    ends = sorted((each for each in told if isinstance(each, Frame)), key=lambda item: item.at)
    kept = {id(item): item for item in (*ends[-1:], *(said or own)[-6:])}
    return sorted(kept.values(), key=lambda item: item.at)


def _of_a_probe(item: Frame) -> bool:
    if isinstance(item, Segment):
        return bool({item.sender_port, item.receiver_port} & set(PROBE_PORTS))
    return isinstance(item, (Arp, Discovery)) and item.speaker in ("", "0.0.0.0", "::")


def _shown(document: Mapping[str, Any]) -> str:
    case = Case.from_json(document["case"])
    verdict = judge(case)
    lines = [f"{verdict.cause} ({verdict.confidence}): {verdict.explanation}", f"fix: {verdict.fix}"]
    lines += [f"{_since(item, case)}  {item.source}: {item}" for item in _first(verdict)]
    return "```\n" + "\n".join(lines) + "\n```"


def _first(verdict: Verdict) -> tuple[Evidence, ...]:
    return verdict.evidence[-4:]


def _since(item: Evidence, case: Case) -> str:
    return f"{item.at - case.at:+8.3f} s" if item.at else " " * 10


def index(golden: Mapping[str, dict[str, Any]]) -> str:
    """The list of causes, and the matrix of the fault bench."""
    rows = [f"| [`{cause.value}`]({cause.value}.md) | {MEANINGS[cause]} |" for cause in Cause]
    parts = [_INTRODUCTION, "| cause | is |", "|---|---|", *rows, _BENCH, *_matrix(golden)]
    return "\n".join(parts) + "\n"


def recorded_marks(golden: Mapping[str, dict[str, Any]] | None = None) -> dict[str, str]:
    """What the golden files say of each cell of the matrix."""
    causes = {fault.name: fault.cause for fault in FAULTS}
    cells = recorded() if golden is None else golden
    return {name: mark(cell["verdict"], causes[cell["fault"]]) for name, cell in cells.items()}


def _matrix(golden: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    heading, *table = rows(recorded_marks(golden))
    yield "| " + " | ".join(heading) + " |"
    yield "|---" * len(heading) + "|"
    for fault, *cells in table:
        yield f"| `{fault}` | " + " | ".join(cells) + " |"


def main() -> None:
    CAUSES.mkdir(exist_ok=True)
    for name, text in pages(recorded()).items():
        (CAUSES / name).write_text(text)


if __name__ == "__main__":
    main()
