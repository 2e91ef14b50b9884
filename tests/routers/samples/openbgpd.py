"""OpenBGPD's sample."""

from __future__ import annotations

from tests.routers.samples.base import EDGE_PREFIXES, FAR_ADDRESSES, KEY, Sample

_HEAD = """AS 65001
router-id 192.0.2.2
connect-retry 1
"""
_NEIGHBOUR = """neighbor {address} {{
    remote-as 64512
    tcp md5sig password "{key}"
}}
"""
_FILTERS = """allow from ebgp
allow to ebgp
"""


def configuration(key: str) -> str:
    networks = "".join(f"network {prefix}\n" for prefix in EDGE_PREFIXES)
    neighbours = "".join(_NEIGHBOUR.format(address=address, key=key) for address in FAR_ADDRESSES)
    return _HEAD + networks + neighbours + _FILTERS


OPENBGPD = Sample(
    configuration=configuration,
    correction=configuration(KEY),
    misspelt=f'AS 65001\n\nneighbour 169.254.10.1 {{ tcp md5sig password "{KEY}" }}\n',
    misspelt_key=f'AS 65001\nneighbor 169.254.10.1 {{\n  tcp md5sig passwrd "{KEY}"\n}}\n',
    refused_line=3,
    refused_words="syntax error",
    tool=("bgpctl", "show", "summary"),
    log_word="startup",
)
