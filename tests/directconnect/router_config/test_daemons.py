"""The daemons' own readers take every text, also with what is in it as comment, the marks taken away."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from lab.directconnect.model import VirtualInterface, VirtualInterfaceType
from lab.directconnect.router_config.router_types import ROUTER_TYPES
from lab.directconnect.router_config.text import router_config
from tests.directconnect.router_config.vifs import IPV6, SAMPLES, SECOND_IPV4, peer, vif

pytestmark = pytest.mark.root

#: Reads a file that follows, and starts nothing.
CHECKS = {
    "FRRouting-FRR-8": ("vtysh", "-C", "-f"),
    "CZNIC-BIRD-2": ("bird", "-p", "-c"),
    "OSRG-GoBGP-3": ("gobgpd", "-d", "-f"),
    "OpenBSD-OpenBGPD-7": ("bgpd", "-n", "-f"),
}
#: What is a statement among the comments on BFD.
BFD = {
    "FRRouting-FRR-8": r"^()! ?( *(?:router bgp .*|neighbor .*|exit))$",
    "CZNIC-BIRD-2": r'^( *)# ?( *(?:protocol bfd \{|interface ".*|\}|bfd on;))$',
}
CORNERS = {
    **SAMPLES,
    "two-of-a-family": vif(peer(), peer(SECOND_IPV4, asn=65009), peer(IPV6)),
    "nothing-to-announce": vif(peer(IPV6), type=VirtualInterfaceType.PUBLIC),
}


def check(command: Sequence[str], text: str, path: Path) -> None:
    path.write_text(text)
    ended = subprocess.run((*command, str(path)), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("sample", CORNERS.values(), ids=CORNERS)
@pytest.mark.parametrize("router_type", CHECKS)
def test_a_daemon_reads_its_text(router_type: str, sample: VirtualInterface, tmp_path: Path) -> None:
    check(CHECKS[router_type], router_config(sample, ROUTER_TYPES[router_type]), tmp_path / "router.conf")


@pytest.mark.parametrize("sample", CORNERS.values(), ids=CORNERS)
@pytest.mark.parametrize("router_type", BFD)
def test_bfd_can_be_had(router_type: str, sample: VirtualInterface, tmp_path: Path) -> None:
    text = router_config(sample, ROUTER_TYPES[router_type])
    wanted, count = re.subn(BFD[router_type], r"\1\2", text, flags=re.MULTILINE)
    assert count >= 2 + len(sample.peers)
    check(CHECKS[router_type], wanted, tmp_path / "router.conf")
