"""Malformed BGP: whatever a router sends, it ends at most its own session.

Messages are made from good ones by a seed: octets changed, cut out, repeated, lengths that lie. Another session stands
beside, with a router that knows nothing of it; and after each attack the same router, well-behaved, gets its session.
"""

from __future__ import annotations

import random
import struct
from ipaddress import ip_network
from pathlib import Path

import pytest

from tests.bgp.playground import Playground
from tests.bgp.recorder import recorder
from tests.bgp.scripted import (
    KEEPALIVE,
    MARKER,
    NOTIFICATION,
    OPEN,
    ROUTE_REFRESH,
    UPDATE,
    Router,
    call,
    nlri,
)

pytestmark = [pytest.mark.root, pytest.mark.anyio, pytest.mark.timeout(180)]

SEEDS, MESSAGES = range(150), 6


def message(kind: int, body: bytes) -> bytes:
    return MARKER + struct.pack("!HB", 19 + len(body), kind) + body


def attributes(chance: random.Random) -> bytes:
    """Path attributes of random types and flags, with random contents."""
    made = b""
    for _ in range(chance.randrange(6)):
        flags, kind, size = (
            chance.choice([0x40, 0x80, 0xC0, 0x50, 0x00]),
            chance.randrange(40),
            chance.randrange(40),
        )
        length = struct.pack("!H", size) if flags & 0x10 else bytes([size])
        made += bytes([flags, kind]) + length + chance.randbytes(size)
    return made


def good(chance: random.Random) -> bytes:
    """A message that is well-formed, or nearly so."""
    path = attributes(chance)
    update = struct.pack("!HH", 0, len(path)) + path + nlri(ip_network("198.18.0.0/24"))
    kinds = {OPEN: chance.randbytes(20), UPDATE: update, KEEPALIVE: b"", ROUTE_REFRESH: bytes([0, 1, 0, 1])}
    kind = chance.choice([*kinds, UPDATE, UPDATE])
    return message(kind, kinds[kind])


def malformed(chance: random.Random) -> bytes:
    """One of these, damaged."""
    data = bytearray(good(chance))
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                data[place:place] = chance.randbytes(chance.randrange(1, 30))
            case 2:
                del data[place : place + chance.randrange(1, 10)]
            case _:
                data[16:18] = chance.randbytes(2)
        data = data or bytearray(1)
    return bytes(data)


async def attack(router: Router, chance: random.Random) -> None:
    """Before, during or after the handshake."""
    try:
        if chance.random() < 0.8:
            await router.establish()
        for _ in range(MESSAGES):
            await router.send_raw(malformed(chance))
    except (EOFError, OSError):
        pass  # the speaker has had enough
    except AssertionError:
        pass  # it answered with something else than a handshake, which is its right


async def test_malformed_messages_end_no_other_session(ground: Playground, run_directory: Path) -> None:
    mine, other = ground.spec(4), ground.spec(6)
    async with recorder(run_directory) as ears:
        await ears.launcher.start(mine)
        await ears.launcher.start(other)
        speakers = await ears.launcher.speakers()
        with await call(ground, 6) as bystander:
            await bystander.establish()
            await ears.status(other.peer_id, "up")
            for seed in SEEDS:
                with await call(ground) as router:
                    await attack(router, random.Random(seed))
                await bystander.send(KEEPALIVE)
            with await call(ground) as router:
                await router.establish()
                await ears.status(mine.peer_id, "up")
            assert ears.statuses(other.peer_id) == ["down", "up"]
            assert await ears.launcher.speakers() == speakers, "no speaker has died of it"
            await bystander.send(NOTIFICATION, bytes([6, 2]))
