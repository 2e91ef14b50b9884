"""The launcher and its speakers as the endpoint knows them, with a real router at the other end."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.bgp.events import Established
from tests.bgp.daemons import Frr, frr_configuration
from tests.bgp.playground import Playground
from tests.bgp.recorder import recorder

pytestmark = [pytest.mark.root, pytest.mark.anyio]


@pytest.mark.parametrize("family", [4, 6])
async def test_a_session_with_frr_comes_up(ground: Playground, frr: Frr, run_directory: Path, family: int) -> None:
    frr.start(frr_configuration())
    async with recorder(run_directory) as ears:
        spec = ground.spec(family)
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
        assert len(ears.of(Established)) == 1
