"""Configurations in each kind's own language, for the tests that every kind and runtime passes: a file a kind."""

from tests.routers.samples.base import (
    EDGE_ADDRESSES,
    EDGE_PREFIXES,
    FAR_ADDRESSES,
    FAR_PREFIXES,
    KEY,
    WRONG_KEY,
    Sample,
)
from tests.routers.samples.bird import BIRD
from tests.routers.samples.exabgp import EXABGP
from tests.routers.samples.frr import FAR, FRR
from tests.routers.samples.gobgp import GOBGP
from tests.routers.samples.openbgpd import OPENBGPD

SAMPLES = {"bird": BIRD, "exabgp": EXABGP, "frr": FRR, "gobgp": GOBGP, "openbgpd": OPENBGPD}

__all__ = [
    "EDGE_ADDRESSES",
    "EDGE_PREFIXES",
    "FAR",
    "FAR_ADDRESSES",
    "FAR_PREFIXES",
    "KEY",
    "SAMPLES",
    "WRONG_KEY",
    "Sample",
]
