"""Namespaces for these tests, and User-Mode Linux for those that need the kernel's own 802.1Q driver."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from lab.errors import PrivilegeError
from lab.network.namespaces import ensure_namespace, namespaces, remove_namespace
from lab.network.vlan import KernelVlan
from tests.support.uml import job_inside
from tests.support.uml_items import move_into_uml, record


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanted = any(item.get_closest_marker("uml") for item in items)
    if wanted and job_inside() is None and not _kernel_has_8021q():
        move_into_uml(items)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    record(report)


def _kernel_has_8021q() -> bool:
    try:
        return KernelVlan().available()
    except PrivilegeError:
        return False


@pytest.fixture
def prefix() -> Iterator[str]:
    """What the names of a test's namespaces begin with; they are removed afterwards."""
    mine = f"dxlab-tnetwork-{os.getpid()}."
    yield mine
    for name in namespaces(mine):
        remove_namespace(name)


@pytest.fixture
def namespace(prefix: str) -> Callable[[str], str]:
    """Makes a namespace of that part's name and returns its full name."""

    def make(part: str) -> str:
        ensure_namespace(prefix + part)
        return prefix + part

    return make
