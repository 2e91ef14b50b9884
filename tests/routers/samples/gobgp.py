"""GoBGP's sample."""

from __future__ import annotations

from tests.routers.samples.base import EDGE_PREFIXES, FAR_ADDRESSES, KEY, Sample

_NEIGHBOUR = """
[[neighbors]]
  [neighbors.config]
    neighbor-address = "{far}"
    peer-as = 64512
    auth-password = "{key}"
  [neighbors.timers.config]
    connect-retry = 1
"""


def configuration(key: str) -> str:
    neighbours = (_NEIGHBOUR.format(far=far, key=key) for far in FAR_ADDRESSES)
    return "".join(('[global.config]\n  as = 65001\n  router-id = "192.0.2.2"\n', *neighbours))


GOBGP = Sample(
    configuration=configuration,
    correction=configuration(KEY),
    misspelt=f'[global.config]\n  as = 65001\n[[neighbours]]\n  [neighbours.config]\n    auth-password = "{KEY}"\n',
    misspelt_key=f'[[neighbors]]\n  [neighbors.config]\n    auth-passwrd = "{KEY}"\n',
    refused_line=3,
    refused_words="'' has invalid keys: neighbours",
    tool=("gobgp", "neighbor"),
    log_word="Finished reading the config file",
    commands=(
        ("gobgp", "global", "rib", "add", str(EDGE_PREFIXES[0])),
        ("gobgp", "global", "rib", "add", "-a", "ipv6", str(EDGE_PREFIXES[1])),
    ),
)
