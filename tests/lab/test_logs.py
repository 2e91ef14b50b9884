"""One event a line, in either form, whatever its values are."""

from __future__ import annotations

import json
import logging

import pytest

from lab.logs import JsonLines, Log, TextLines, progress

HOSTILE = 'a\nevent=forged "quoted" \x1b[2J \u2028 \ud800 peer=dxpeer-x'


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Log:
    caplog.set_level(logging.INFO, "dxlab")
    return Log("dxlab.test")


def lines(caplog: pytest.LogCaptureFixture) -> tuple[str, dict[str, object]]:
    (record,) = caplog.records
    return TextLines().format(record), json.loads(JsonLines().format(record))


def test_a_line_has_time_level_event_and_fields(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    log.warning("session-down", peer="dxpeer-fg12ab34", retry_in=0.5, up=False, status=400, error=None)
    text, document = lines(caplog)
    assert text.partition(" ")[2] == (
        "level=warning event=session-down peer=dxpeer-fg12ab34 retry_in=0.5 up=false status=400"
    )
    assert text.startswith("time=20")
    assert text.split()[0].endswith("Z")
    assert list(document) == ["time", "level", "event", "peer", "retry_in", "up", "status"]
    assert (document["up"], document["status"]) == (False, 400)


def test_a_value_begins_no_line_and_no_field(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    log.info("request", reason=HOSTILE, action="")
    text, document = lines(caplog)
    assert text.isprintable()
    assert text.endswith(f'event=request reason={json.dumps(HOSTILE)} action=""')
    assert document["reason"] == HOSTILE


def test_a_failure_has_its_traceback_on_the_same_line(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ZeroDivisionError("the cause")
    except ZeroDivisionError as error:
        log.failure("request-failed", error, action="a server error is answered")
    text, document = lines(caplog)
    assert text.isprintable()
    assert document["error"] == "ZeroDivisionError('the cause')"
    assert str(document["traceback"]).startswith("Traceback (most recent call last):\n")


def test_what_a_library_says_is_an_event_too(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("asyncio").exception("Task failed: %s", "a\nb")
    text, document = lines(caplog)
    assert text.isprintable()
    assert (document["event"], document["logger"]) == ("message", "asyncio")
    assert document["message"] == "Task failed: a\nb"
    assert str(document["traceback"]).endswith("ZeroDivisionError\n")


def test_progress_is_an_event_where_no_reader_sits_at_a_terminal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "dxlab")
    progress("router edge: starting frr")
    assert lines(caplog)[0].endswith('level=info event=progress what="router edge: starting frr"')
