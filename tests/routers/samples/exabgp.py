"""ExaBGP's sample."""

from __future__ import annotations

from tests.routers.samples.base import EDGE_ADDRESSES, EDGE_PREFIXES, FAR_ADDRESSES, KEY, Sample

_NEIGHBOUR = """neighbor {far} {{
  router-id 192.0.2.2;
  local-address {edge};
  local-as 65001;
  peer-as 64512;
  md5-password "{key}";
  md5-base64 false;
  family {{ {family} unicast; }}
  static {{ route {prefix} next-hop self; }}
}}
"""


def configuration(key: str) -> str:
    ends = zip(FAR_ADDRESSES, EDGE_ADDRESSES, EDGE_PREFIXES, ("ipv4", "ipv6"), strict=True)
    return "".join(
        _NEIGHBOUR.format(far=far, edge=edge, prefix=prefix, family=family, key=key)
        for far, edge, prefix, family in ends
    )


EXABGP = Sample(
    configuration=configuration,
    correction=configuration(KEY),
    misspelt=f'neighbor 169.254.10.1 {{\n  md5-password "{KEY}";\n  hold-tme 90;\n}}\n',
    misspelt_key=f'neighbor 169.254.10.1 {{\n  hold-time 90;\n  md5-passwrd "{KEY}";\n}}\n',
    refused_line=3,
    refused_words='invalid keyword "hold-tme"',
    tool=("exabgpcli", "show", "neighbor", "extensive"),
    log_word="loaded new configuration successfully",
)
