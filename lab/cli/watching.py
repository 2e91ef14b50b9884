"""`dxlab status --watch`: every lab on this machine, told anew when something of it changed.

Each lab is followed by two threads. One waits at the endpoint for the next change (`lab.news`), the other has the
causes of sessions that are down looked for (`lab.verdicts`), which takes longer and must not hold the first one up.
What they hear goes through one queue to the only thread that writes. An endpoint that does not answer is tried every
second.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from rich.console import Group
from rich.live import Live

from lab.cli.app import out, until_interrupted
from lab.cli.status import Document, down_peers, fetch, in_words, peers_of, told_by, view
from lab.errors import UsageError
from lab.places import known_labs, record_of

#: Seconds between two looks for labs that are new, and between two tries of an endpoint that does not answer.
_AGAIN = 1.0
#: Seconds that an endpoint has for an answer: it waits for changes (`lab.news.LONGEST`), or examines peers.
_PATIENCE = 60.0

News = queue.SimpleQueue[Callable[["Watched"], None]]
Show = Callable[[list[Document]], None]


class Watched:
    """The labs as last heard of, by name. The causes that are known of a peer stay while its reason does."""

    def __init__(self) -> None:
        self._labs: dict[str, Document] = {}

    @property
    def labs(self) -> list[Document]:
        """In the order of their names."""
        return [self._labs[name] for name in sorted(self._labs)]

    def knows(self, names: set[str]) -> bool:
        """Whether something was heard of all of these labs."""
        return names <= self._labs.keys()

    def told(self, name: str, lab: Document) -> None:
        """A lab's status."""
        before = {peer["bgpPeerId"]: peer for _, peer in peers_of(self._labs.get(name, {}))}
        for peer in down_peers(lab):
            known = before.get(peer["bgpPeerId"], {})
            same = (known.get("bgpStatus"), known.get("reason")) == (peer["bgpStatus"], peer["reason"])
            peer["cause"] = known.get("cause") if same else None
        self._labs[name] = lab

    def explained(self, name: str, causes: Document) -> None:
        """The causes of peers that are down."""
        for peer in down_peers(self._labs.get(name, {})):
            peer["cause"] = causes["causes"].get(peer["bgpPeerId"], peer["cause"])

    def gone(self, name: str) -> None:
        """The lab was taken down."""
        self._labs.pop(name, None)


def watch(*, as_json: bool, why: bool) -> None:
    """Follow along until Ctrl-C: a table on a terminal, a line for each change in a pipe, or JSON lines."""
    with until_interrupted():
        if as_json:
            _follow(_json_line, why=why)
        elif not sys.stdout.isatty():
            _follow(Changes().show, why=why)
        else:
            with Live(console=out, auto_refresh=False) as live:
                _follow(lambda labs: live.update(_table(labs), refresh=True), why=why)


def _follow(show: Show, *, why: bool) -> None:
    watched, news, shown = Watched(), News(), ""
    followed: set[str] = set()
    while True:
        for name in set(known_labs()) - followed:
            followed.add(name)
            threading.Thread(target=_follow_lab, args=(name, news, why), daemon=True).start()
        if watched.knows(followed) and shown != (shown := json.dumps(watched.labs)):
            show(watched.labs)
        with suppress(queue.Empty):
            news.get(timeout=_AGAIN)(watched)
        followed &= set(known_labs())


def _follow_lab(name: str, news: News, why: bool) -> None:
    """Wait for one change after the other, until the lab is no more."""
    edition, doubts = "", threading.Event()
    if why:
        threading.Thread(target=_explain, args=(name, news, doubts), daemon=True).start()
    while name in known_labs():
        record = record_of(name)
        try:
            if record is None:
                raise UsageError(name)
            answer = fetch(record, f"changes/{edition or 'none'}", _PATIENCE)
        except UsageError:
            edition, lab = "", view(name)
            time.sleep(_AGAIN)
        else:
            edition, lab = answer.pop("edition"), told_by(record, answer)
        news.put(partial(Watched.told, name=name, lab=lab))
        if any(down_peers(lab)):
            doubts.set()
    news.put(partial(Watched.gone, name=name))


def _explain(name: str, news: News, doubts: threading.Event) -> None:
    """Have the causes looked for whenever there are doubts, until the lab is no more."""
    while name in known_labs():
        if doubts.wait(_AGAIN) and (record := record_of(name)):
            doubts.clear()
            with suppress(UsageError):
                causes = fetch(record, "causes", _PATIENCE)
                news.put(partial(Watched.explained, name=name, causes=causes))


def _json_line(labs: list[Document]) -> None:
    sys.stdout.write(json.dumps({"labs": labs}) + "\n")
    sys.stdout.flush()


def _table(labs: list[Document]) -> Group:
    return Group(*(part for lab in labs for part in in_words(lab))) if labs else Group("no lab is up")


class Changes:
    """Writes a line for everything that is another than before."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}

    def show(self, labs: list[Document]) -> None:
        now = dict(words for lab in labs for words in _sentences(lab))
        gone = {what: f"{what} is gone" for what in self._before.keys() - now.keys()}
        clock = time.strftime("%H:%M:%S")
        for what, words in {**now, **gone}.items():
            if words != self._before.get(what):
                sys.stdout.write(f"{clock} {words}\n")
        sys.stdout.flush()
        self._before = now


def _sentences(lab: Document) -> Iterator[tuple[str, str]]:
    """What there is to say of a lab, by what it is about."""
    name = lab["lab"]
    if not lab["answers"] or lab["unstored"]:
        yield name, str(in_words(lab)[0] if not lab["answers"] else f"{name}: {lab['unstored']}")
    else:
        yield name, f"{name} {lab['endpoint']}"
    for connection in lab["connections"]:
        about = f"{name} {connection['connectionName']} {connection['connectionId']}"
        yield about, f"{about} {connection['connectionState']}"
        for vif in connection["virtualInterfaces"]:
            about = f"{name} {vif['virtualInterfaceName']} {vif['virtualInterfaceId']}"
            yield about, f"{about} {vif['virtualInterfaceState']}"
    for vif, peer in peers_of(lab):
        about = f"{name} {vif['virtualInterfaceName']} {peer['bgpPeerId']}"
        cause = f" [{peer['cause']}]" if peer.get("cause") else ""
        yield about, f"{about} {peer['customerAddress']} {peer['bgpStatus']}: {peer['reason']}{cause}"
