"""The kinds of customer router. A new one is a module here and a line in the registry (see
CONTRIBUTING.md).
"""

from lab.routers.kinds.base import Neighbour, Refusal, RouterKind, RouterRoute, SubInterface
from lab.routers.kinds.bird import Bird
from lab.routers.kinds.exabgp import ExaBgp
from lab.routers.kinds.frr import Frr
from lab.routers.kinds.gobgp import GoBgp
from lab.routers.kinds.openbgpd import OpenBgpd

#: Kinds by the name that a topology's `kind` has; topology/schema.json lists the same names.
KINDS: dict[str, RouterKind] = {kind.name: kind for kind in (Frr(), Bird(), GoBgp(), OpenBgpd(), ExaBgp())}

__all__ = ["KINDS", "Neighbour", "Refusal", "RouterKind", "RouterRoute", "SubInterface"]
