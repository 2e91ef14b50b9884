"""BIRD's sample."""

from __future__ import annotations

from tests.routers.samples.base import EDGE_PREFIXES, KEY, Sample

_HEAD = """router id 192.0.2.2;
protocol device {}
"""
_FAMILY = """
protocol kernel {{ {family} {{ export all; }}; }}
protocol static {{ {family}; route {prefix} blackhole; }}
protocol bgp {family}_dx {{
  local as 65001;
  neighbor {far} as 64512;
  password "{key}";
  connect delay time 1;
  error wait time 1, 5;
  {family} {{ import all; export all; }};
}}
"""


def configuration(key: str) -> str:
    families = (("ipv4", EDGE_PREFIXES[0], "169.254.10.1"), ("ipv6", EDGE_PREFIXES[1], "2001:db8:1::1"))
    return _HEAD + "".join(
        _FAMILY.format(family=family, prefix=prefix, far=far, key=key) for family, prefix, far in families
    )


BIRD = Sample(
    configuration=configuration,
    correction=configuration(KEY),
    misspelt=f'{_HEAD}protokol bgp {{ password "{KEY}"; }}\n',
    misspelt_key=f'{_HEAD}protocol bgp {{ neighbor 169.254.10.1 as 64512; passwrd "{KEY}"; }}\n',
    refused_line=3,
    refused_words="syntax error, unexpected CF_SYM_UNDEFINED",
    tool=("birdc", "show", "protocols", "all"),
    log_word="Started",
)
