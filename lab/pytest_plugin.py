"""dxlab in pytest: fixtures for tests in Python, and test items straight from `*.dxlab.yml` files.

pytest finds this module by its entry point `dxlab`, in every environment in which dxlab is installed. So it imports
next to nothing until a fixture or a file asks for it.

    dxlab_topology   which topology: `topology.yml` beside the test module, unless the module says otherwise
    dxlab_lab        that topology, up for the tests of a module
    dxlab_client     a boto3 client of it
    dxlab_up         brings up any topology, for one test alone

    name.dxlab.yml   a topology with `expect`: an item for each expectation

Every lab has a name of its own and a free port, so workers of pytest-xdist never meet. A lab is taken down
whatever became of the tests; a test that fails shows what is known of the lab's sessions. What keeps a lab from
running at all (no root, no FRR, a wrong file) is an error in one sentence, and never a silent skip.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from lab.errors import LabError, RefusedConfigurationError

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr, TracebackStyle

    from lab.testing import LabUnderTest
    from lab.topology import Topology
    from lab.verify import Check, Result

SUFFIX = ".dxlab.yml"
#: Keys of `expect` that say how another one is meant, and so are no expectations themselves.
_MANNER = ("within", "stays")

# ===== fixtures =====


@pytest.fixture(scope="module")
def dxlab_topology(request: pytest.FixtureRequest) -> Path:
    """The topology that `dxlab_lab` brings up: `topology.yml` beside the test module.

    Override it, in the module or in a conftest.py, to return another path.
    """
    path = request.path.parent / "topology.yml"
    if not path.is_file():
        _cannot(
            f"there is no {path}; write one, or a fixture 'dxlab_topology' that returns the path of another"
        )
    return path


@pytest.fixture(scope="module")
def dxlab_lab(dxlab_topology: Path) -> Iterator[LabUnderTest]:
    """A lab with `dxlab_topology`, up (lab.testing.LabUnderTest); the tests of a module share it.

    `wait_for`, `expect`, `verify` wait for what is wanted; `peer`, `accepted`, `advertised`, `router(...).routes()`
    say what is; `unplug`, `plug`, `router(...).reconfigure`, `.restart`, `.kill`, `.run` do something to it.
    """
    with ExitStack() as labs:
        yield _up(labs, dxlab_topology)


@pytest.fixture(scope="module")
def dxlab_client(dxlab_lab: LabUnderTest) -> Any:  # noqa: ANN401 -- boto3 makes its client classes at run time
    """A boto3 Direct Connect client of `dxlab_lab`."""
    return dxlab_lab.client


@pytest.fixture
def dxlab_up(request: pytest.FixtureRequest) -> Iterator[Callable[[str | Path], LabUnderTest]]:
    """Brings up a topology for this test alone: `lab = dxlab_up("other.yml")`; taken down after the test.

    A relative path is looked for beside the test module.
    """
    labs_of_test = request.node.stash.setdefault(_LABS, [])
    with ExitStack() as labs:

        def up(topology: str | Path) -> LabUnderTest:
            lab = _up(labs, request.path.parent / topology)
            labs_of_test.append(lab)
            return lab

        yield up


#: The labs that a test brought up itself.
_LABS = pytest.StashKey["list[LabUnderTest]"]()


def _up(labs: ExitStack, topology: Path) -> LabUnderTest:
    from lab.testing import LabUnderTest

    try:
        return labs.enter_context(LabUnderTest(topology))
    except LabError as error:
        _cannot(str(error))


def _cannot(sentence: str) -> NoReturn:
    """End in one sentence, without a traceback: what is wrong is not in the test."""
    raise pytest.fail.Exception(sentence, pytrace=False) from None


# ===== what is shown of a lab when a test fails =====


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what is known of the labs that a failed test had."""
    report = yield
    if report.when == "call" and report.failed:
        for lab in _labs_of(item):
            try:
                report.sections.append((f"dxlab {lab.name}", lab.report()))
            except LabError as error:
                report.sections.append(("dxlab", str(error)))
    return report


def _labs_of(item: pytest.Item) -> Iterable[LabUnderTest]:
    shared = getattr(item, "funcargs", {}).get("dxlab_lab")
    return [*([shared] if shared else []), *item.stash.get(_LABS, [])]


# ===== files =====


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect `*.dxlab.yml`."""
    return DxlabFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIX) else None


class DxlabFile(pytest.File):
    """A topology with what is expected of it. The lab is up once for the items that are run of it."""

    def collect(self) -> Iterator[DxlabItem]:
        """One item for each key of `expect` that expects something; of a file without it, for what is usual."""
        from lab.topology import load
        from lab.verify import demand_foreseen

        try:
            self.topology: Topology = load(self.path)
            demand_foreseen(self.topology)
        except LabError as error:
            raise self.CollectError(str(error)) from None
        for expectation in self.topology.expect:
            keys = dict.fromkeys(["bgpStatus", *expectation.lines])
            for key in (key for key in keys if key not in _MANNER):
                line = expectation.lines.get(key, expectation.line)
                yield DxlabItem.of(self, expectation.target, key, line)
        if not self.topology.expect:
            yield from (DxlabItem.of(self, None, key, None) for key in ("bgpStatus", "accepted"))

    def setup(self) -> None:
        """Bring the lab up, wait for what the chosen items expect, take it down."""
        from lab.testing import LabUnderTest

        self.refusal = ""
        self.results: tuple[Result, ...] = ()
        try:
            with LabUnderTest(self.topology) as lab:
                self.results = lab.judge([check for check in lab.checks() if self._is_chosen(check)])
        except RefusedConfigurationError as refusal:
            self.refusal = str(refusal)
        except LabError as error:
            _cannot(str(error))

    def _is_chosen(self, check: Check) -> bool:
        items = (item for item in self.session.items if item.parent is self)
        return any(item.expects(check) for item in items if isinstance(item, DxlabItem))


class DxlabItem(pytest.Item):
    """One line of `expect`, for all the peers that it is about."""

    parent: DxlabFile
    target: str | None
    key: str
    line: int | None

    @classmethod
    def of(cls, file: DxlabFile, target: str | None, key: str, line: int | None) -> DxlabItem:
        """The item of a key; of what is usual, where the target is None."""
        item: DxlabItem = cls.from_parent(file, name=f"{target or 'every peer'}: {key}")
        item.target, item.key, item.line = target, key, line
        return item

    def expects(self, check: Check) -> bool:
        """Whether a check of the lab is one that this line asks for."""
        names = (check.subject.vif.name, check.subject.vif.id)
        family = check.subject.peer.family
        targets = (None, *names, *(f"{name}.{family}" for name in names))
        return (check.key, check.line) == (self.key, self.line) and self.target in targets

    def runtest(self) -> None:
        """Say what came of it."""
        if self.parent.refusal:
            raise NotMetError(self.parent.refusal)
        results = [result for result in self.parent.results if self.expects(result.check)]
        if not results:
            pytest.skip("the file says it anew of each of these peers")
        failures = [result for result in results if not result.is_met]
        if failures:
            from lab.testing import failure_words

            raise NotMetError("\n".join(failure_words(failures)))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: TracebackStyle | None = None
    ) -> str | TerminalRepr:
        """The report's words alone."""
        if isinstance(excinfo.value, NotMetError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The line of the file."""
        return self.path, None if self.line is None else self.line - 1, self.name


class NotMetError(Exception):
    """An expectation is not met; the text is the report's."""
