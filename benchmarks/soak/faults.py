"""What happens to the lab of a soak. A fault returns when it has been noticed, or when what it took is there again."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from random import Random

from benchmarks.soak.scene import Scene, stopped, until
from lab.network.links import find_link, set_link
from lab.network.namespaces import namespace_exists, netlink, processes_in
from lab.routers.processes import end_processes

Fault = Callable[[Scene, Random], None]

#: How often a cable flaps.
_FLAPS = 20


def _some(scene: Scene, chance: Random) -> int:
    return chance.randrange(len(scene.first))


# ---- killed and stopped -----------------------------------------------------------------------------------------


def _kill_endpoint(scene: Scene, _: Random) -> None:
    scene.replace_endpoint()


def _kill_launcher(scene: Scene, _: Random) -> None:
    with scene.falling(range(len(scene.first))):
        os.kill(scene.launcher, signal.SIGKILL)


def _kill_speaker(scene: Scene, chance: Random) -> None:
    number = _some(scene, chance)
    with scene.falling([number]):
        os.kill(_speaker(scene, number), signal.SIGKILL)


def _stop_speaker(scene: Scene, chance: Random) -> None:
    """The launcher has it go on."""
    pid = _speaker(scene, _some(scene, chance))
    os.kill(pid, signal.SIGSTOP)
    until(lambda: stopped(pid), "the speaker to stop")
    until(lambda: not stopped(pid), "the speaker to go on")


def _speaker(scene: Scene, number: int) -> int:
    (pid,) = processes_in(scene.interface(number).namespace)
    return pid


def _kill_router(scene: Scene, chance: Random) -> None:
    router = chance.choice(list(scene.birds))
    with scene.falling(scene.in_router(router)):
        end_processes([scene.birds[router].pid], [signal.SIGKILL])
    scene.birds[router].start().close()


def _stop_router(scene: Scene, chance: Random) -> None:
    """For longer than the hold time."""
    router = chance.choice(list(scene.birds))
    pid = scene.birds[router].pid
    try:
        with scene.falling(scene.in_router(router)):
            os.kill(pid, signal.SIGSTOP)
    finally:
        os.kill(pid, signal.SIGCONT)


# ---- cables -----------------------------------------------------------------------------------------------------


def _cut_cable(scene: Scene, chance: Random) -> None:
    number = _some(scene, chance)
    with scene.falling(scene.on_cable_of(number)):
        set_link(scene.port(number), up=False)
    set_link(scene.port(number), up=True)


def _flap_cable(scene: Scene, chance: Random) -> None:
    """The last time it stays down until the lab has seen it, so that it is known to have seen all."""
    number = _some(scene, chance)
    with scene.falling(scene.on_cable_of(number)):
        for _ in range(_FLAPS):
            set_link(scene.port(number), up=False)
            set_link(scene.port(number), up=True)
        set_link(scene.port(number), up=False)
    set_link(scene.port(number), up=True)


# ---- taken away by hand -----------------------------------------------------------------------------------------


def _take_interface(scene: Scene, chance: Random) -> None:
    end = scene.interface(_some(scene, chance))
    _ip("-n", end.namespace, "link", "delete", end.interface)
    until(lambda: _exists(end.namespace, end.interface), f"{end} to be there again")


def _take_address(scene: Scene, chance: Random) -> None:
    number = _some(scene, chance)
    end, address = scene.interface(number), str(scene.first[number].amazon)
    _ip("-n", end.namespace, "address", "delete", address, "dev", end.interface)
    until(lambda: address in _ip("-n", end.namespace, "address"), f"{address} to be there again")


def _take_namespace(scene: Scene, chance: Random) -> None:
    end = scene.interface(_some(scene, chance))
    name = chance.choice([end.namespace, scene.places.namespace("dx"), *scene.birds])
    _ip("netns", "delete", name)
    until(lambda: namespace_exists(name), f"{name} to have its name again")


def _ip(*arguments: str) -> str:
    return subprocess.run(("ip", *arguments), check=True, capture_output=True, text=True).stdout


def _exists(namespace: str, interface: str) -> bool:
    with netlink(namespace) as kernel:
        return find_link(kernel, interface) is not None


# ---- requests ---------------------------------------------------------------------------------------------------


def _create_and_delete_peer(scene: Scene, chance: Random) -> None:
    number = _some(scene, chance)
    vif_id, session = scene.vif_ids[number], scene.more[number]
    customer = str(session.customer)
    scene.call("CreateBGPPeer", virtualInterfaceId=vif_id, newBGPPeer=session.members())
    until(lambda: _status(scene, customer) == "up", f"the second session of {vif_id} to be up")
    asked = {"asn": session.members()["asn"], "customerAddress": customer}
    scene.call("DeleteBGPPeer", virtualInterfaceId=vif_id, **asked)
    until(lambda: _status(scene, customer) is None, f"the second session of {vif_id} to be gone")


def _delete_and_create_vif(scene: Scene, chance: Random) -> None:
    number = _some(scene, chance)
    namespace = scene.interface(number).namespace
    scene.call("DeleteVirtualInterface", virtualInterfaceId=scene.vif_ids[number])
    gone = partial(_status, scene, str(scene.first[number].customer))
    until(lambda: gone() is None and not namespace_exists(namespace), f"{namespace} to be gone")
    scene.create(number)


def _status(scene: Scene, customer: str) -> str | None:
    statuses = {peer["customerAddress"]: str(peer["bgpStatus"]) for peer in scene.endpoint.peers()}
    return statuses.get(customer)


#: What nobody outlives in which something may have grown.
ENDS_OF_LIFE: dict[str, Fault] = {
    "endpoint killed": _kill_endpoint,
    "launcher killed": _kill_launcher,
}
FAULTS: dict[str, Fault] = {
    "speaker killed": _kill_speaker,
    "speaker stopped": _stop_speaker,
    "router killed": _kill_router,
    "router stopped": _stop_router,
    "cable cut": _cut_cable,
    "cable flapped": _flap_cable,
    "interface taken": _take_interface,
    "address taken": _take_address,
    "namespace's name taken": _take_namespace,
    "peer created and deleted": _create_and_delete_peer,
    "VIF deleted and created": _delete_and_create_vif,
}
