"""Daemons that take their configuration and end all the same: what is said then is theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lab.errors import RouterError
from lab.routers import Router


@pytest.mark.root
@pytest.mark.parametrize(
    ("kind", "configuration", "words"),
    [
        ("bird", "protocol device {}\n", "<FATAL> Cannot determine router ID"),
        ("openbgpd", "AS 65001\nlisten on 203.0.113.1\n", "cannot bind to 203.0.113.1:179"),
    ],
)
def test_a_daemon_that_ends_by_itself(
    make_router: Callable[..., Router], kind: str, configuration: str, words: str
) -> None:
    router = make_router("edge", kind)
    router.prepare()
    try:
        with pytest.raises(RouterError, match=r"^router 'edge' does not start:\n") as refusal:
            router.start(configuration)
        assert words in str(refusal.value)
        assert not router.is_running()
    finally:
        router.remove()
