"""The floor: as many sessions set up by hand, with a script of ip(8) commands and BIRD at both ends.

As in `benchmarks.by_hand`, a session is a namespace, a link into the router, two addresses and a BIRD; without 802.1Q,
for not every kernel can make a sub-interface with ip(8). All namespaces are one batch of commands, all links of a
router another. BIRD's own wait before it dials is in the total, but only once, since all wait side by side.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from ipaddress import IPv4Address

from benchmarks.bird import Bird, Control, Session
from benchmarks.progress import tell
from benchmarks.router import sessions
from benchmarks.scale.site import FULL
from lab.network.namespaces import ensure_namespace
from lab.network.neighbours import ensure_room
from lab.places import Places
from lab.remains import remove_remains

_ROUTER, _AMAZON = IPv4Address("192.0.2.1"), IPv4Address("100.64.0.1")
_PATIENCE = 600.0


def set_up(name: str, count: int) -> float:
    """Seconds until the last of so many sessions is Established; everything is removed afterwards."""
    places = Places.of(name)
    remove_remains(places)
    places.prepare()
    ensure_room(count)
    try:
        return _set_up(places, sessions("hand", 18, count))
    finally:
        remove_remains(places)


def _set_up(places: Places, wanted: Sequence[Session]) -> float:
    routers = [wanted[start : start + FULL.per_router] for start in range(0, len(wanted), FULL.per_router)]
    controls = [_wait_in(places, number, waiting) for number, waiting in enumerate(routers)]
    tell(f"scale: {len(wanted)} sessions by hand")
    started = time.perf_counter()
    _batch((), (f"netns add {places.namespace(session.name)}" for session in wanted))
    for number, waiting in enumerate(routers):
        _wire(places, places.namespace(f"router{number}"), waiting)
    for session in wanted:
        _speak(places, session)
    for control, waiting in zip(controls, routers, strict=True):
        with closing(control):
            _until_established(control, len(waiting))
    return time.perf_counter() - started


def _wait_in(places: Places, number: int, waiting: Sequence[Session]) -> Control:
    """A router whose BIRD waits for these sessions."""
    router = places.namespace(f"router{number}")
    ensure_namespace(router)
    protocols = [session.configuration_of_customer() for session in waiting]
    return Bird(router, places.run / f"router{number}", _ROUTER, protocols).start()


def _wire(places: Places, router: str, waiting: Sequence[Session]) -> None:
    for session in waiting:
        _batch(
            ("-n", places.namespace(session.name)),
            (
                f"link add dx0 type veth peer name {session.name} netns {router}",
                f"address add {session.amazon} dev dx0",
                "link set dx0 up",
            ),
        )
    _batch(
        ("-n", router),
        (
            command
            for session in waiting
            for command in (
                f"address add {session.customer} dev {session.name}",
                f"link set {session.name} up",
            )
        ),
    )


def _speak(places: Places, session: Session) -> None:
    protocols = [session.configuration_of_amazon()]
    Bird(places.namespace(session.name), places.run / session.name, _AMAZON, protocols).start().close()


def _batch(options: Sequence[str], commands: Iterator[str] | Sequence[str]) -> None:
    subprocess.run(("ip", *options, "-batch", "-"), input="\n".join(commands), text=True, check=True)


def _until_established(control: Control, count: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while control.ask("show protocols").count("Established") < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {_PATIENCE:.0f} s in vain for the sessions by hand")
        time.sleep(0.05)
