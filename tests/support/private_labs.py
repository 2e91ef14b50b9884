"""Labs with names of their own, as `dxlab verify` makes them: what there is of them, and taking it away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lab.network.namespaces import namespaces
from lab.places import RUN, STATE, Places
from lab.remains import remove_remains, remove_state


def traces(topology: str) -> set[str]:
    """The names of all labs of this topology of which anything is on the machine."""
    names = {name.removeprefix("dxlab-").partition(".")[0] for name in namespaces(f"dxlab-{topology}-")}
    return names | {path.name for place in (RUN, STATE) for path in place.glob(f"{topology}-*")}


@contextmanager
def none_left(topology: str) -> Iterator[None]:
    """Fail when the block leaves anything of a lab of this topology behind; it is taken away in any case."""
    _clear(topology)
    try:
        yield
        assert traces(topology) == set()
    finally:
        _clear(topology)


def _clear(topology: str) -> None:
    for name in traces(topology):
        places = Places.of(name)
        remove_remains(places)
        remove_state(places)
