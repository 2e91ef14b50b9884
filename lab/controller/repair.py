"""What somebody breaks by hand is made whole again, before the sessions miss it where that is possible.

    an address, an interface of a VIF    told by the kernel (`lab.network.losses`): the VIF is wired anew, at once
    the name of a namespace              it lives as long as somebody is in it, and gets its name again
    anything else that mutes a VIF       seen when the hold timer expires: the VIF is wired anew
    a launcher that is stopped           continued within two seconds, in which nobody hears of its speakers; one
                                         that hangs is replaced, and they with it

What is on the customer's side of the cable is the customer's: a sub-interface that he deletes on his router is an
outage that the lab shows. A port that is deleted takes its cable along; the connection is `down` until a cable is
plugged in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address

from lab.bgp.launcher import Launcher
from lab.controller.plan import is_wired, wired_peers
from lab.controller.wiring import Wiring
from lab.directconnect.cloud import Cloud
from lab.directconnect.model import VirtualInterface
from lab.errors import LabError, SpeakerError
from lab.logs import Log
from lab.network.losses import Losses, Lost

log = Log("dxlab.controller")

#: Seconds between two questions whether the launcher lives, within which it answers, and after which it is replaced.
PULSE, ANSWER, HANGS = 1.0, 1.0, 30.0


class Repair:
    """Follows what is lost.

    :param rewire: has these VIFs wired anew.
    """

    def __init__(self, cloud: Cloud, wiring: Wiring, rewire: Callable[[Iterable[str]], None]) -> None:
        self._cloud = cloud
        self._wiring = wiring
        self._rewire = rewire

    async def follow(self) -> None:
        """Mend what is lost, as long as the device's namespace is there."""
        async with Losses(self._wiring.device) as losses:
            async for lost in losses:
                await self._mend(lost)

    async def _mend(self, lost: Lost) -> None:
        if isinstance(lost.what, str) and self._wiring.holds(lost.what):
            try:
                await asyncio.to_thread(self._wiring.restore, lost.what)
            except LabError as error:
                log.error(
                    "namespace-name-lost",
                    namespace=lost.what,
                    error=str(error),
                    action="none: take the lab down and bring it up again",
                )
            else:
                log.warning("namespace-name-lost", namespace=lost.what, action="it has its name again")
        broken = {vif.id: vif.connection_id for vif in self._broken_by(lost)}
        for vif, connection in sorted(broken.items()):
            what = None if lost.what is None else str(lost.what)
            log.warning("taken-by-hand", vif=vif, connection=connection, what=what, action="it is made anew")
        self._rewire(broken)

    def _broken_by(self, lost: Lost) -> list[VirtualInterface]:
        """The VIFs that should have what was lost."""
        if lost.what is None:
            found = self._cloud.virtual_interfaces()
        elif isinstance(lost.what, str):
            vif = self._cloud.virtual_interface(lost.what.removeprefix(self._wiring.places.namespace_prefix))
            found = (vif,) if vif else ()
        else:
            found = tuple(vif for vif in self._cloud.virtual_interfaces() if _has(vif, lost.what))
        return [vif for vif in found if is_wired(vif)]


def _has(vif: VirtualInterface, address: IPv4Address | IPv6Address) -> bool:
    """Whether it is Amazon's address of one of the VIF's sessions. A large lab is asked often: whole numbers are
    compared, which takes a tenth of the time.
    """
    version, number = address.version, int(address)
    return any(
        int(peer.amazon_address) == number and peer.amazon_address.version == version
        for peer in wired_peers(vif)
    )


async def keep_awake(launcher: Callable[[], Launcher]) -> None:
    """Ask the launcher again and again whether it lives; continue one that is stopped, end one that hangs."""
    silent = 0.0
    while True:
        await asyncio.sleep(PULSE)
        asked = launcher()
        try:
            async with asyncio.timeout(ANSWER):
                await asked.ping()
        except TimeoutError:
            silent += PULSE + ANSWER
            log.error("launcher-silent", seconds=silent, action="it is told to go on")
            asked.rouse()
            if silent > HANGS:
                log.error("launcher-hangs", seconds=silent, action="it is replaced")
                asked.kill()
        except SpeakerError:
            pass  # whoever follows it replaces it
        else:
            silent = 0.0
