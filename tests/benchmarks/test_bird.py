"""What BIRD says of its sessions, read."""

from __future__ import annotations

from benchmarks.bird import established_in

SHOWN = """\
2002-Name       Proto      Table      State  Since         Info
1002-device1    Device     ---        up     06:24:41.161
 first0     BGP        ---        up     06:24:50.519  Established
1002-first1     BGP        ---        up     06:24:50.519  Established
 first2     BGP        ---        start  06:24:50.519  OpenSent      Socket: Connection reset by peer
 first20    BGP        ---        up     06:24:50.519  Established
0000
"""


def test_only_what_is_established_counts() -> None:
    assert established_in(SHOWN) == {"first0", "first1", "first20"}
