"""What the bench has to know of a router kind in order to configure it wrongly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from ipaddress import ip_interface

from lab.routers.interfaces import Interface
from tests.diagnosis.faults.terms import Neighbour, Terms

Argv = tuple[str, ...]


class Unspeakable(Exception):  # noqa: N818 -- it is no error
    """This kind of router cannot be configured so, or does not do wrong when it is: why, in a few words."""


@dataclass(frozen=True)
class Setup:
    """A router's configuration, the interfaces that it needs beside it, and commands after its start."""

    text: str
    interfaces: tuple[Interface, ...] = ()
    commands: tuple[Argv, ...] = ()


class Language(ABC):
    """One router kind's ways."""

    @property
    def idle(self) -> str:
        """A router that has nothing to do."""
        return self.setup(Terms(65001, (), ())).text

    @abstractmethod
    def setup(self, terms: Terms) -> Setup:
        """The router of these terms; raises Unspeakable where it cannot be."""

    def shut(self, neighbour: Neighbour) -> Argv:
        """The command that shuts a neighbour on the running router."""
        raise Unspeakable("has no command to shut one")

    def reset(self, neighbour: Neighbour) -> Argv:
        """The command that resets its session."""
        raise Unspeakable("has no command to reset one")

    def announce_again(self, neighbour: Neighbour) -> Argv | None:
        """The command after which all routes are told at once; None where they are anyway."""
        del neighbour
        return None

    def remove(self, neighbour: Neighbour) -> Argv | None:
        """The command that takes a neighbour out of the running router; None where another file does that."""
        del neighbour
        return None

    def without(self, terms: Terms) -> str:
        """What to reconfigure the running router with, so that it has no neighbours any more."""
        raise Unspeakable("takes no other configuration while it runs")


def interfaces(terms: Terms) -> tuple[Interface, ...]:
    """The interfaces of the terms, for a daemon that makes none."""
    addresses = tuple(ip_interface(each.own) for each in terms.neighbours)
    loopback = Interface("lo", "terms", addresses=tuple(map(ip_interface, terms.loopbacks)))
    if not terms.tags:
        return (Interface("eth1", "terms", addresses=addresses), loopback)
    return (Interface(terms.interface, "terms", "eth1", terms.tags[0], addresses=addresses), loopback)


def demand(condition: bool, why_not: str) -> None:
    """Raise Unspeakable where this does not hold."""
    if not condition:
        raise Unspeakable(why_not)
