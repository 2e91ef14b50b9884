"""Structured logs: one event a line, a name and fields, as `name=value` text or as JSON.

    time=2026-03-01T09:00:00.123Z level=warning event=session-down peer=dxpeer-fg1234ab reason="hold timer expired"

An event's name is a word of ours that stays what it is, so that whoever searches or counts can go by it; what differs
from case to case is a field. A failure has a field `action`: what the lab does about it. Values are data, some of them
from a router or a customer: in either form they are quoted so that none can begin a line or a field of its own.

A line of a library, which knows nothing of this, becomes the event `message` with its logger's name.
`docs/observing.md` lists the events.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int | float | bool | None

_BARE = re.compile(r"[0-9A-Za-z_.:/@+-]+")


@dataclass(frozen=True)
class Event:
    """What is logged; as text it is its part of the line."""

    name: str
    fields: Mapping[str, Value]

    def __str__(self) -> str:
        return _text({"event": self.name, **self.fields})


class Log:
    """Says events on a logger of the standard library. Fields that are None are left out."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **fields: Value) -> None:
        self._say(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Value) -> None:
        self._say(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Value) -> None:
        self._say(logging.ERROR, event, fields)

    def failure(self, event: str, error: BaseException, **fields: Value) -> None:
        """A failure that nobody foresaw: with its traceback, in a field."""
        text = "".join(traceback.format_exception(error))
        self._say(logging.ERROR, event, {**fields, "error": repr(error), "traceback": text})

    def _say(self, level: int, event: str, fields: Mapping[str, Value]) -> None:
        if self._logger.isEnabledFor(level):
            said = {name: value for name, value in fields.items() if value is not None}
            self._logger.log(level, Event(event, said))


class TextLines(logging.Formatter):
    """`name=value` lines."""

    def format(self, record: logging.LogRecord) -> str:
        return _text(_members(record))


class JsonLines(logging.Formatter):
    """JSON lines: an object each, with the same members in the same order."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_members(record))


def progress(what: str) -> None:
    """Say what is being done, where no reader sits at a terminal."""
    Log("dxlab").info("progress", what=what)


def log_to_stderr(*, as_json: bool = False) -> None:
    """Write this process's log to standard error, what dxlab says and what libraries warn of."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else TextLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("dxlab").setLevel(logging.INFO)


def _members(record: logging.LogRecord) -> dict[str, Value]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    head: dict[str, Value] = {
        "time": f"{moment}.{int(record.msecs):03d}Z",
        "level": record.levelname.lower(),
    }
    if isinstance(record.msg, Event):
        return {**head, "event": record.msg.name, **record.msg.fields}
    foreign: dict[str, Value] = {"event": "message", "logger": record.name, "message": record.getMessage()}
    if record.exc_info and record.exc_info[1]:
        foreign["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
    return {**head, **foreign}


def _text(members: Mapping[str, Value]) -> str:
    return " ".join(f"{name}={_plain(value)}" for name, value in members.items())


def _plain(value: Value) -> str:
    """A value as it is where it is one plain word, else as JSON writes a string, in ASCII and on one line."""
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text)
