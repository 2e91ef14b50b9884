"""How a router of kind linux is run, read from a topology."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import TopologyError
from lab.topology import Bind, Image, load

TOPOLOGY = """
name: images
topology:
  nodes:
    dx: {{kind: aws-dx, location: EqDC2}}
    edge:
      kind: linux
      image: vendor:1
      startup-config: edge.conf
      startup-config-path: /mnt/flash/startup-config
      {more}
"""


def image(directory: Path, more: str = "") -> Image:
    (directory / "edge.conf").write_text("hostname edge\n")
    path = directory / "case.yml"
    path.write_text(TOPOLOGY.format(more=more))
    [node] = load(path).routers
    assert (node.kind, node.runtime, node.image) == ("linux", "docker", "vendor:1")
    assert node.startup_config == directory / "edge.conf"
    assert node.run is not None
    return node.run


def test_an_image_as_it_is(tmp_path: Path) -> None:
    assert image(tmp_path) == Image(startup_config_path="/mnt/flash/startup-config")


def test_everything_that_a_file_can_say(tmp_path: Path) -> None:
    (tmp_path / "licences").mkdir()
    more = """cmd: /sbin/init systemd.setenv=CEOS=1 'a b'
      env: {CEOS: "1", EMPTY: ""}
      binds: ["licences:/config/license", "./edge.conf:/opt/edge.conf:ro"]
      user: "0:0"
      cap-add: [NET_ADMIN, SYS_ADMIN]
      privileged: true
      runtime: docker"""
    assert image(tmp_path, more) == Image(
        startup_config_path="/mnt/flash/startup-config",
        cmd=("/sbin/init", "systemd.setenv=CEOS=1", "a b"),
        env={"CEOS": "1", "EMPTY": ""},
        binds=(
            Bind(source=tmp_path / "licences", target="/config/license"),
            Bind(source=tmp_path / "edge.conf", target="/opt/edge.conf"),
        ),
        user="0:0",
        cap_add=("NET_ADMIN", "SYS_ADMIN"),
        privileged=True,
    )


def test_a_symbolic_link_counts_as_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "inside").write_text("")
    (tmp_path / "within").symlink_to("inside")
    assert image(tmp_path, 'binds: ["within:/opt/x"]').binds[0].source == tmp_path / "inside"
    (tmp_path / "out").symlink_to("/etc/hosts")
    with pytest.raises(TopologyError, match="/etc/hosts does not lie beside the topology file or below"):
        image(tmp_path, 'binds: ["out:/opt/x"]')


def test_a_topology_in_a_folder_that_is_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    bind = image(tmp_path / "real", 'binds: ["edge.conf:/opt/x"]').binds
    assert load(tmp_path / "link" / "case.yml").routers[0].run == Image(
        startup_config_path="/mnt/flash/startup-config", binds=bind
    )


@pytest.mark.parametrize("path", ["/", "/a/", "//a", "/a/./b", "/../a", "a", "/a\n", "/a/.."])
def test_paths_that_are_none(path: str, tmp_path: Path) -> None:
    (tmp_path / "edge.conf").write_text("")
    file = tmp_path / "case.yml"
    file.write_text(
        TOPOLOGY.format(more="").replace("/mnt/flash/startup-config", repr(path).replace("'", '"'))
    )
    with pytest.raises(TopologyError, match="is no startup-config-path"):
        load(file)


@pytest.mark.parametrize("path", ["/a", "/etc/opt/srlinux/config.json", "/a/..b/.c/d..", "/a b/ü"])
def test_paths(path: str, tmp_path: Path) -> None:
    (tmp_path / "edge.conf").write_text("")
    file = tmp_path / "case.yml"
    file.write_text(TOPOLOGY.format(more="").replace("/mnt/flash/startup-config", path))
    run = load(file).routers[0].run
    assert run is not None and run.startup_config_path == path
