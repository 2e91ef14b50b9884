"""Router configurations that try to be more than data: to write files elsewhere, to read them, to run commands.

A router of the namespace runtime is a process of this machine. Whatever its configuration names, it finds next to
nothing of the machine's files (lab/network/enclosure.py). A configuration may be refused, or taken; neither may have an
effect outside of the router's directory.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.errors import RouterError
from lab.routers import Router

pytestmark = pytest.mark.root

SECRET = "Nob0dyMayReadThis"

BIRD = "router id 192.0.2.1;\nprotocol device {}\n"
OPENBGPD = "AS 65001\nrouter-id 192.0.2.1\n"
GOBGP = '[global.config]\n  as = 65001\n  router-id = "192.0.2.1"\n'
_TABLE = 'protocol mrt { table "master4"; filename "%s"; period 1; }\n'
_DUMP = '[[mrt-dump]]\n  [mrt-dump.config]\n    dump-type = "updates"\n    file-name = "%s"\n'

#: What writes a file, or makes one empty, where it can.
WRITING = {
    "frr-log": ("frr", "log file {outside}/log\n"),
    "frr-dump": ("frr", "dump bgp all {outside}/dump\n"),
    # Commands of the shell itself, which is root's where one calls it as root.
    "frr-output": ("frr", "hostname edge\nend\noutput file {outside}/output\n"),
    "frr-shell": ("frr", "hostname edge\nend\nstart-shell touch {outside}/shell\n"),
    "bird-log": ("bird", BIRD + 'log "{outside}/log" all;\n'),
    "bird-dump": ("bird", BIRD + 'mrtdump "{outside}/dump";\nmrtdump protocols all;\n'),
    "bird-table": ("bird", BIRD + _TABLE % "{outside}/table" + _TABLE % "{own}/done"),
    "openbgpd-dump": ("openbgpd", OPENBGPD + 'dump all in "{outside}/dump"\n'),
    "openbgpd-truncate": ("openbgpd", OPENBGPD + 'dump all in "{secret}"\n'),
    "gobgp-dump": ("gobgp", GOBGP + _DUMP % "{outside}/dump" + _DUMP % "{own}/done"),
}
#: What reads one that is root's alone, and may say of it what it does not understand.
READING = {
    "bird": BIRD + 'include "{secret}";\n',
    "openbgpd": OPENBGPD + 'include "{secret}"\n',
}
#: The ways in which ExaBGP can be told to run a program: as its manual has it, and as its reader takes it too.
RUNNING = (
    "process p { run /usr/bin/touch {outside}/ran; encoder text; }",
    "process p {\n  run /usr/bin/touch {outside}/ran;\n  encoder text;\n}",
    '"process" p { run /usr/bin/touch {outside}/ran; encoder text; }',
    "pro\\u0063ess p { run /usr/bin/touch {outside}/ran; encoder text; }",
    "pro\"cess\" 'p' { run /usr/bin/touch {outside}/ran; encoder text; }",
    "pro\\\ncess p { run /usr/bin/touch {outside}/ran; encoder text; }",
    "# a comment\rprocess p { run /usr/bin/touch {outside}/ran; encoder text; }",
)


@pytest.fixture
def outside() -> Iterator[Path]:
    """A directory to which everybody may write."""
    with tempfile.TemporaryDirectory(prefix="dxlab-outside-") as name:
        directory = Path(name)
        directory.chmod(0o777)
        yield directory


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that is root's alone."""
    path = tmp_path / "secret"
    path.touch(mode=0o600)
    path.write_text(f"${SECRET}\n{SECRET}\n")
    return path


@pytest.fixture
def edge(make_router: Callable[..., Router]) -> Iterator[Callable[[str], Router]]:
    """Makes the place of a router of this kind."""
    made: list[Router] = []

    def make(kind: str) -> Router:
        made.append(make_router("edge", kind))
        made[0].prepare()
        return made[0]

    yield make
    for router in made:
        router.remove()


@pytest.mark.parametrize(("kind", "text"), WRITING.values(), ids=WRITING)
def test_nothing_is_written_elsewhere(
    edge: Callable[[str], Router], outside: Path, secret: Path, kind: str, text: str
) -> None:
    router = edge(kind)
    own = Path(router.place)
    refusal = started(router, filled(text, outside=outside, secret=secret, own=own))
    assert router.is_running() or "refuses the configuration" in refusal
    if "{own}" in text:
        wait_for(own / "done")
    router.stop()
    assert list(outside.iterdir()) == []
    assert SECRET in secret.read_text()


@pytest.mark.parametrize(("kind", "text"), READING.items(), ids=READING)
def test_nothing_is_told_of_what_only_root_may_read(
    edge: Callable[[str], Router], secret: Path, kind: str, text: str
) -> None:
    router = edge(kind)
    refusal = started(router, filled(text, secret=secret))
    assert refusal.splitlines()[0] == "router 'edge' refuses the configuration:"
    assert "/edge.conf:3: " in refusal
    assert SECRET not in refusal + router.log_tail(1000)


@pytest.mark.parametrize("text", RUNNING, ids=range(len(RUNNING)))
def test_a_configuration_that_would_run_a_program_is_refused(
    edge: Callable[[str], Router], outside: Path, text: str
) -> None:
    router = edge("exabgp")
    refusal = started(router, "\n" + filled(text, outside=outside))
    line = 3 if "\r" in text else 2
    assert refusal.splitlines()[1].startswith(
        f"  /edge.conf:{line}: 'process' would run a program on this machine"
    )
    assert not router.is_running()
    assert list(outside.iterdir()) == []


def test_a_configuration_at_run_time_runs_no_program_either(
    edge: Callable[[str], Router], outside: Path
) -> None:
    router = edge("exabgp")
    router.start(
        "neighbor 192.0.2.1 { router-id 192.0.2.2; local-as 65001; peer-as 64512; local-address 192.0.2.2; }"
    )
    with pytest.raises(RouterError, match="'process' would run a program"):
        router.reconfigure(filled(RUNNING[0], outside=outside))
    assert router.is_running()


def test_a_link_in_a_routers_directory_leads_nowhere(edge: Callable[[str], Router], secret: Path) -> None:
    """Its files are written and read by root, and the directory is the router's."""
    router = edge("frr")
    for name in ("candidate.conf", "frr.conf", "vtysh.conf", "frr.log"):
        Path(router.place, name).symlink_to(secret)
    router.start("hostname edge\n")
    assert SECRET in secret.read_text()
    assert SECRET not in router.log_tail(1000)


def filled(text: str, **paths: Path) -> str:
    for name, path in paths.items():
        text = text.replace(f"{{{name}}}", str(path))
    return text


def started(router: Router, configuration: str) -> str:
    """Why the configuration is not taken; empty where it is."""
    try:
        router.start(configuration)
    except RouterError as error:
        return str(error)
    return ""


def wait_for(path: Path) -> None:
    """Wait until there is such a file: what is done at the same time is done then, too."""
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
