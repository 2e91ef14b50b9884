"""The golden files: what each language says of each sample.

    .venv/bin/python -m tests.directconnect.router_config.golden

writes them anew. Look at what has changed before you keep it.
"""

from __future__ import annotations

from pathlib import Path

from lab.directconnect.router_config.router_types import ROUTER_TYPES
from lab.directconnect.router_config.text import router_config
from tests.directconnect.router_config.vifs import SAMPLES

DIRECTORY = Path(__file__).parent / "golden"
#: One type of those that have the same text but for its name.
TYPES = (
    "CiscoSystemsInc-2900SeriesRouters-IOS124",
    "CiscoSystemsInc-Nexus9KSeriesSwitches-NXOS93",
    "JuniperNetworksInc-MMXSeriesRouters-JunOS95",
    "JuniperNetworksInc-SRXSeriesRouters-JunOS95",
    "PaloAltoNetworks-PA3000and5000series-PANOS803",
    "FRRouting-FRR-8",
    "CZNIC-BIRD-2",
    "OSRG-GoBGP-3",
    "OpenBSD-OpenBGPD-7",
)


def golden_texts() -> dict[Path, str]:
    """Every golden file as it should be."""
    return {
        DIRECTORY / sample / f"{identifier}.txt": router_config(vif, ROUTER_TYPES[identifier])
        for sample, vif in SAMPLES.items()
        for identifier in TYPES
    }


if __name__ == "__main__":
    for path, text in golden_texts().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
