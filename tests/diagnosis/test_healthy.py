"""Two hundred sessions that come up as they should: after a start, a restart, and a cable that was pulled.

While they come up nothing is said of them, and once they are up, that they are healthy.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from lab.cli.diagnose import Doctor
from lab.diagnose import Examination
from lab.diagnosis import HEALTHY, UNCLEAR
from lab.network.links import End, set_link
from lab.places import record_of
from tests.diagnosis.faults.bench import CIDRS, KEY, VGW
from tests.diagnosis.faults.languages import LANGUAGES
from tests.diagnosis.faults.terms import right
from tests.support.command import Running, bench, eventually

pytestmark = [pytest.mark.root, pytest.mark.patient, pytest.mark.timeout(300)]

VIFS = 17
NAME = "thealthy"


@pytest.mark.parametrize("half", [1, 2])
def test_a_hundred_bring_ups_without_a_false_verdict(tmp_path: Path, half: int) -> None:
    with bench(NAME, tmp_path) as made:
        lab = made.up(topology(tmp_path))
        router = lab.routers["edge"]
        text = "\n".join(LANGUAGES["frr"].setup(right(vif)).text for vif in lab.vifs())
        (tmp_path / "edge.conf").write_text(text)
        router.start(text)
        seen = watched(lab)
        router.restart()
        seen += watched(lab)
        port = End(lab.places.namespace("dx"), lab.connection()["connectionId"])
        set_link(port, up=False)
        eventually(lambda: set(lab.statuses()) == {"down"}, "the sessions to fall")
        set_link(port, up=True)
        seen += watched(lab)
    assert set(seen) <= {HEALTHY, UNCLEAR}, seen
    assert seen[HEALTHY] >= 100


def topology(directory: Path, name: str = NAME, vifs: int = VIFS) -> Path:
    """One router, one cable, many virtual interfaces with two peers each."""
    (directory / "edge.conf").write_text(LANGUAGES["frr"].idle)
    document = {
        "name": name,
        "topology": {
            "nodes": {
                "dx": {"kind": "aws-dx", "location": "EqDC2"},
                "edge": {"kind": "frr", "startup-config": "edge.conf"},
            },
            "links": [{"endpoints": ["dx:office", "edge:eth1"]}],
        },
        "gateways": {VGW: {"asn": 64512, "cidrs": CIDRS}},
        "requests": [request for number in range(vifs) for request in requests(number)],
    }
    path = directory / "topology.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def requests(number: int) -> list[dict[str, object]]:
    name = f"vif-{number}"
    vif = {
        "virtualInterfaceName": name,
        "vlan": 101 + number,
        "asn": 65001,
        "authKey": KEY,
        "virtualGatewayId": VGW,
    }
    peer = {"addressFamily": "ipv6", "asn": 65001, "authKey": KEY}
    return [
        {"CreatePrivateVirtualInterface": {"connectionId": "office", "newPrivateVirtualInterface": vif}},
        {"CreateBGPPeer": {"virtualInterfaceId": name, "newBGPPeer": peer}},
    ]


def watched(lab: Running) -> Counter[str]:
    """What is said of the peers until all of them are up, and once more when they are."""
    seen: Counter[str] = Counter()
    while not lab.is_up():
        seen += asked()
    return seen - Counter({HEALTHY: seen[HEALTHY]}) + asked()


def asked() -> Counter[str]:
    record = record_of(NAME)
    assert record is not None
    with ThreadPoolExecutor(16) as pool:
        verdicts = pool.map(Examination.verdict, Doctor(record).examinations(None))
        return Counter(verdict.cause for verdict in verdicts)
