"""Customer routers: real routing daemons, started from the configuration that their owner wrote.

Two questions are asked of every router, and each is a seam of its own:

    kind      how one routing daemon is configured, started and asked   kinds/    frr, bird, gobgp, ..., linux
    runtime   where it runs, and how one works there                    runtimes/ namespace, docker, image

A `RouterKind` is knowledge without hands: it turns a configuration into files and commands, and a daemon's
words into common ones. A `RouterRuntime` is hands without knowledge: it makes a place, puts files there and
runs commands there. `Router` leads the one through the other, so that every kind runs in every runtime. The kind
linux is an image that brings its own daemons and start command, and has a runtime of its own.

The lab plugs the cables between `prepare` and `start`: a place exists before its router runs, and an FRR that
finds its interfaces when it starts has nothing to wait for.
"""

from lab.routers.interfaces import Interface, commands_of, interfaces_of
from lab.routers.kinds import KINDS, Neighbour, RouterKind, RouterRoute, SubInterface
from lab.routers.router import Router, create
from lab.routers.runtimes import RUNTIMES, Completed, RouterRuntime, remove_leftovers

__all__ = [
    "KINDS",
    "RUNTIMES",
    "Completed",
    "Interface",
    "Neighbour",
    "Router",
    "RouterKind",
    "RouterRoute",
    "RouterRuntime",
    "SubInterface",
    "commands_of",
    "create",
    "interfaces_of",
    "remove_leftovers",
]
