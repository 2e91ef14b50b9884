"""What a text has as comment is right, too: the daemons themselves read it, the marks taken away."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from lab.directconnect.model import VirtualInterface
from lab.directconnect.router_config.router_types import ROUTER_TYPES
from lab.directconnect.router_config.text import router_config
from tests.directconnect.router_config.vifs import SAMPLES

#: How each daemon checks a file that follows, and what is a statement among its comments.
CHECKS = {
    "FRRouting-FRR-8": (("vtysh", "-C", "-f"), r"^! ?( *(?:router bgp .*|neighbor .*|exit))$"),
    "CZNIC-BIRD-2": (("bird", "-p", "-c"), r'^( *)# ?( *(?:protocol bfd \{|interface ".*|\}|bfd on;))$'),
}


@pytest.mark.root
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize(("router_type", "how"), CHECKS.items(), ids=CHECKS)
def test_bfd_can_be_had(
    router_type: str, how: tuple[Sequence[str], str], sample: VirtualInterface, tmp_path: Path
) -> None:
    check, statement = how
    text = router_config(sample, ROUTER_TYPES[router_type])
    wanted, count = re.subn(statement, lambda match: "".join(match.groups()), text, flags=re.MULTILINE)
    assert count >= 2 + len(sample.peers)
    path = tmp_path / "router.conf"
    path.write_text(wanted)
    ended = subprocess.run((*check, str(path)), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
