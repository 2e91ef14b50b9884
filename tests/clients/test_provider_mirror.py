"""How the tests find a mirror of Terraform's AWS provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.provider_mirror import PROVIDER, VARIABLE, cli_configuration, find_mirror


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A mirror beside a folder that is none."""
    (tmp_path / "opt" / "another").mkdir(parents=True)
    made = tmp_path / "opt" / "plugins"
    (made / PROVIDER / "5.100.0").mkdir(parents=True)
    return made


def test_a_mirror_in_a_conventional_place(mirror: Path, tmp_path: Path) -> None:
    found = cli_configuration(tmp_path, {"HOME": str(tmp_path)}, [str(mirror.parent / "*")])

    assert f'path    = "{mirror}"' in Path(found[VARIABLE]).read_text()


def test_a_configuration_file_of_the_user_decides(mirror: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "mine.rc"
    chosen.touch()
    environment = {VARIABLE: str(chosen), "HOME": str(tmp_path)}

    assert cli_configuration(tmp_path, environment, [str(mirror)]) == {VARIABLE: str(chosen)}


def test_the_usual_configuration_file_decides(mirror: Path, tmp_path: Path) -> None:
    (tmp_path / ".terraformrc").touch()

    assert cli_configuration(tmp_path, {"HOME": str(tmp_path)}, [str(mirror)]) == {}


def test_a_variable_that_names_no_file_decides_nothing(mirror: Path, tmp_path: Path) -> None:
    environment = {VARIABLE: str(tmp_path / "absent"), "HOME": str(tmp_path)}

    assert cli_configuration(tmp_path, environment, [str(mirror)]) == {
        VARIABLE: str(tmp_path / "terraform.rc")
    }


def test_without_a_mirror_the_registry_is_asked(tmp_path: Path) -> None:
    assert find_mirror([str(tmp_path / "*")]) is None
    assert cli_configuration(tmp_path, {"HOME": str(tmp_path)}, [str(tmp_path / "*")]) == {}
