"""Everything that dxlab itself raises on purpose.

    LabError                 one sentence for the user, and the exit status of the command
    +-- UsageError           the command line, a topology file or a setting is wrong (2)
    |   +-- TopologyError    ... with file and line
    +-- MachineError         this machine cannot run the lab as it is (2)
    |   +-- PrivilegeError   root or a capability is missing (2)
    |   +-- MissingPartError a daemon, kernel feature or engine is missing (2)
    +-- NetworkError         Linux refused a namespace, link, address or program (1)
    +-- SpeakerError         the BGP speakers cannot be started or reached (1)
    +-- RouterError          a customer router does not start or refuses its configuration (1)
        +-- RefusedConfigurationError  ... refuses it, with the lines that it does not take

What the AWS API answers to its clients is another family, `lab.directconnect.errors.ApiError`: it describes
a caller's mistake in AWS's words and never ends a process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class LabError(Exception):
    """A failure with one sentence that says what is wrong, where, and what to do."""

    exit_status = 1


class UsageError(LabError):
    """What the user wrote cannot be carried out."""

    exit_status = 2


class TopologyError(UsageError):
    """A topology file is wrong at a known place.

    :param sentence: what is wrong and what to do.
    :param path: the file.
    :param line: the line, counted from 1, or None where the file as a whole is meant.
    """

    def __init__(self, sentence: str, path: Path | None = None, line: int | None = None) -> None:
        place = ":".join(str(part) for part in (path, line) if part is not None)
        sentence = printable(sentence, keep="\n")
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.path = path
        self.line = line


class MachineError(LabError):
    """This machine cannot run the lab as it is."""

    exit_status = 2


class PrivilegeError(MachineError):
    """Root, or a capability, is missing."""


class MissingPartError(MachineError):
    """A daemon, a kernel feature or an engine is missing."""


class NetworkError(LabError):
    """Linux refused a namespace, a link, an address or a program."""


class SpeakerError(LabError):
    """The BGP speakers cannot be started or reached."""


class RouterError(LabError):
    """A customer router does not start, or refuses its configuration."""


@dataclass(frozen=True)
class RefusedLine:
    """A line of a router's configuration that is not taken.

    :param words: the daemon's own, without keys.
    """

    path: Path
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words}"


class RefusedConfigurationError(RouterError):
    """A customer router refuses its configuration.

    :param router: its name in the topology.
    :param lines: those that it does not take; none where the daemon names none.
    """

    def __init__(self, sentence: str, router: str, lines: tuple[RefusedLine, ...] = ()) -> None:
        super().__init__(sentence)
        self.router = router
        self.lines = lines


def first_of(error: BaseException) -> LabError | None:
    """The LabError that ended a lab, out of however many groups it comes in; None where it is another error."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, LabError) else None


def printable(text: str, keep: str = "") -> str:
    """Somebody else's words with what cannot be printed as Python writes it, so that they move no cursor.

    :param keep: what stays all the same.
    """
    return "".join(
        letter if letter.isprintable() or letter in keep else letter.encode("unicode_escape").decode()
        for letter in text
    )


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Somebody else's words with `***` in the place of each secret, plain or as Python shows it in a dict."""
    spellings = {spelling for secret in secrets if secret for spelling in (secret, repr(secret)[1:-1])}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, "***")
    return text
