"""Terms in the language of each router kind."""

from tests.diagnosis.faults.languages.base import Language, Unspeakable
from tests.diagnosis.faults.languages.bird import Bird
from tests.diagnosis.faults.languages.exabgp import ExaBgp
from tests.diagnosis.faults.languages.frr import Frr
from tests.diagnosis.faults.languages.gobgp import GoBgp
from tests.diagnosis.faults.languages.openbgpd import OpenBgpd

LANGUAGES: dict[str, Language] = {
    "frr": Frr(),
    "bird": Bird(),
    "openbgpd": OpenBgpd(),
    "gobgp": GoBgp(),
    "exabgp": ExaBgp(),
}

__all__ = ["LANGUAGES", "Language", "Unspeakable"]
