"""What is said of machines that lack something; the machine that lacks nothing is in tests/cli/test_doctor.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lab import doctor
from lab.doctor import Finding
from lab.errors import MissingPartError, NetworkError
from lab.routers.kinds.frr import Frr


def refusing(error: Exception) -> object:
    """A function that cannot do what it is for."""

    def refuse(*_: object) -> None:
        raise error

    return refuse


def test_a_finding_is_good_unless_there_is_something_to_do() -> None:
    assert Finding("docker", "engine 27").good
    assert not Finding("docker", "no engine answers", "start it").good


def test_not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = doctor._privileges()
    assert (found.good, found.required) == (False, True)
    assert "sudo" in found.remedy


def test_no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ensure_namespace", refusing(NetworkError("Linux says no")))
    found = doctor._namespaces()
    assert (found.found, found.good, found.required) == ("Linux says no", False, True)


def test_no_vlan_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "vlan_driver", refusing(MissingPartError("neither")))
    found = doctor._vlan()
    assert (found.found, found.good, found.required) == ("neither", False, True)
    assert "modprobe 8021q" in found.remedy


def test_daemons_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "zebra").touch(mode=0o755)
    monkeypatch.setattr(Frr, "daemons", (tmp_path / "zebra", tmp_path / "bgpd"))
    found = doctor._daemons(Frr())
    assert (found.subject, found.found) == ("FRR", "bgpd not found")
    assert found.remedy == "for routers of kind 'frr': apt-get install frr"
    assert (found.good, found.required) == (False, False), "a container brings its own"


def test_no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    found = doctor._docker()
    assert (found.found, found.required) == ("no engine answers", False)
