"""What every test may use."""

from __future__ import annotations

import pytest

from tests.parts import PARTS, part_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", choices=PARTS, help="run only this part of the suite, see tests/__main__.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("part")
    if wanted is not None:
        config.hook.pytest_deselected(items=[item for item in items if part_of(item) != wanted])
        items[:] = [item for item in items if part_of(item) == wanted]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
