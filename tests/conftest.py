"""What every test may use."""

from __future__ import annotations

import pytest

from tests.halves import HALVES, half_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--half", choices=HALVES, help="run only this half of the suite, see tests/__main__.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("half")
    if wanted is not None:
        config.hook.pytest_deselected(items=[item for item in items if half_of(item) != wanted])
        items[:] = [item for item in items if half_of(item) == wanted]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
