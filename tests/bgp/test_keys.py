"""An MD5 key reaches TCP byte for byte, whatever it is made of.

The router's end is a bare socket that is given the same octets by other means than ours. The kernel compares the
signatures, so a session proves the key; and a router whose key differs in one octet proves the comparison.
"""

from __future__ import annotations

import asyncio
import string
from pathlib import Path

import pytest

from lab.bgp.events import Connected
from tests.bgp.daemons import Bird, Frr, bird_configuration, frr_configuration
from tests.bgp.playground import Playground
from tests.bgp.recorder import recorder
from tests.bgp.scripted import accept, call, listen

pytestmark = [pytest.mark.root, pytest.mark.anyio]

PRINTABLE = string.ascii_letters + string.digits + string.punctuation

KEYS = [
    *(PRINTABLE[start : start + 6] for start in range(0, len(PRINTABLE) - 5, 6)),
    PRINTABLE[:80],
    PRINTABLE[-80:],
    "~" * 80,
    "deadbeef",
    "0123456789abcdef",
    "00000000",
    "cafebabecafebabe",
    "0x1234abcd",
    "abcd",
    "QUJDREVGRw==",
    "QUJDREVG",
    '"quoted"',
    "'quoted'",
    'one"quote',
    "one'quote",
    '""""""',
    "#comment",
    "key#comment",
    "key;key;",
    ";;;;;;",
    "{neighbor}",
    "}}}}}}",
    "[list]",
    "\\\\\\\\\\\\",
    "back\\slash",
    "ends-in-backslash\\",
    "\\n\\t\\0\\x41",
    "$HOME${HOME}$(id)",
    "`id`&&|<>!",
    "%s%d%(key)s",
    "{key!r:>80}",
    "//comment",
    "/*comment*/",
    "!exclamation",
    "---yaml",
    "&amp;&lt;",
    "md5-password",
    "neighbor;}",
    "null",
    "\\u0041",
]


def test_the_keys_cover_what_aws_allows() -> None:
    assert len(set(KEYS)) >= 40
    assert set("".join(KEYS)) == set(PRINTABLE)


@pytest.mark.parametrize("family", [4, 6])
async def test_every_key_brings_a_session_up(ground: Playground, run_directory: Path, family: int) -> None:
    async with recorder(run_directory) as ears:
        for number, key in enumerate(KEYS):
            spec = ground.spec(family, peer_id=f"dxpeer-{number}", auth_key=key)
            with listen(ground, family, key) as server:
                await ears.launcher.start(spec)
                with await accept(server) as router:
                    await router.establish()
                    await ears.status(spec.peer_id, "up")
            await ears.launcher.stop(spec.peer_id)


@pytest.mark.parametrize(
    ("key", "other"),
    [
        ("~" * 80, "~" * 79 + "}"),
        ("~" * 80, "~" * 79),
        ("key#comment", "key"),
        ("back\\\\slash", "back\\slash"),
        ("Key", "key"),
    ],
)
async def test_another_key_does_not(ground: Playground, run_directory: Path, key: str, other: str) -> None:
    """The wrong router is there first, and calls as well; the right one is answered within a second attempt."""
    spec = ground.spec(auth_key=key)
    async with recorder(run_directory) as ears:
        with listen(ground, key=other):
            await ears.launcher.start(spec)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await call(ground, key=other)
            assert not ears.of(Connected)
        with await call(ground, key=key) as router:
            await router.establish()
            await ears.status(spec.peer_id, "up")


@pytest.mark.parametrize("key", ["deadbeef", "s3cret#{};'\\", "~" * 80, "!$%&/()=?*+-"])
async def test_frr_takes_the_same_keys(ground: Playground, frr: Frr, run_directory: Path, key: str) -> None:
    frr.start(frr_configuration(key=key))
    spec = ground.spec(auth_key=key)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")


@pytest.mark.parametrize("key", ["deadbeef", "s3cret#{};'\\", "~" * 80, "!$%&/()=?*+-"])
async def test_bird_takes_the_same_keys(
    ground: Playground, bird: Bird, run_directory: Path, key: str
) -> None:
    bird.start(bird_configuration(key=key))
    spec = ground.spec(auth_key=key)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(spec)
        await ears.status(spec.peer_id, "up")
