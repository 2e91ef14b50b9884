"""Where customer routers run. A new runtime is a module here and a line in the registry."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module

from lab.routers.runtimes.base import Completed, RouterRuntime

#: Runtimes by the name that a topology's `runtime` has; topology/schema.json lists the same names. A runtime
#: is imported when it is first used, for not every lab has containers and their SDK is large.
RUNTIMES: dict[str, str] = {
    "namespace": "lab.routers.runtimes.namespace:NamespaceRuntime",
    "docker": "lab.routers.runtimes.docker:DockerRuntime",
}

__all__ = ["RUNTIMES", "Completed", "RouterRuntime", "remove_leftovers", "runtime_of"]


def runtime_of(name: str) -> type[RouterRuntime]:
    """The runtime of this name."""
    module, _, attribute = RUNTIMES[name].partition(":")
    found: type[RouterRuntime] = getattr(import_module(module), attribute)
    return found


def remove_leftovers(lab: str, runtimes: Collection[str] = tuple(RUNTIMES)) -> None:
    """Remove what routers of this lab left outside its namespaces and its run directory, whoever started
    them.
    """
    for name in runtimes:
        runtime_of(name).remove_leftovers(lab)
