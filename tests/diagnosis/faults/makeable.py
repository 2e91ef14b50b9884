"""Which faults a kind of router can be made to have, and why not the others: in a word, for the matrix. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.diagnosis.faults.catalogue import Fault
from tests.diagnosis.faults.languages import LANGUAGES, Language, Unspeakable
from tests.diagnosis.faults.terms import Neighbour, Terms

#: What a fault needs of a kind beside its configuration, by what is done later.
_NEEDS: Mapping[str, Callable[[Language, Terms], object]] = {
    "shut the neighbours": lambda language, terms: language.shut(terms.neighbours[0]),
    "remove the neighbours": lambda language, terms: (
        language.remove(terms.neighbours[0]) or language.without(terms)
    ),
}
_EXAMPLE = Terms(
    asn=65001,
    tags=(101,),
    neighbours=tuple(
        Neighbour(
            family,
            address,
            own,
            remote_asn=64512,
            key="s3cretKey9",
            activate=(family,),
            networks=networks,
        )
        for family, address, own, networks in (
            (4, "169.254.10.1", "169.254.10.2/30", ("172.16.0.0/16",)),
            (6, "2001:db8:1::1", "2001:db8:1::6/125", ("2001:db8:ace::/48",)),
        )
    ),
)


def why_not(fault: Fault, kind: str) -> str:
    """Why a kind cannot have a fault, in a few words; empty where it can."""
    language = LANGUAGES[kind]
    if kind in fault.harmless:
        return fault.harmless[kind]
    try:
        language.setup(fault.change(_EXAMPLE))
        if fault.later in _NEEDS:
            _NEEDS[fault.later](language, _EXAMPLE)
    except Unspeakable as reason:
        return str(reason)
    return ""
