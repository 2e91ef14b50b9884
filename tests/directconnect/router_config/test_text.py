"""The texts as a whole: golden files, and what every language says of every virtual interface."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.directconnect.model import BgpPeerState, VirtualInterface, VirtualInterfaceType
from lab.directconnect.router_config.router_types import ROUTER_TYPES, RouterType
from lab.directconnect.router_config.text import router_config
from tests.directconnect.router_config.golden import DIRECTORY, TYPES, golden_texts
from tests.directconnect.router_config.vifs import IPV4, IPV6, SAMPLES, SECOND_IPV4, peer, vif

ALL = pytest.mark.parametrize("router", ROUTER_TYPES.values(), ids=ROUTER_TYPES)
EVERY_SAMPLE = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
IOS, NXOS, JUNOS, SRX, PANOS = (ROUTER_TYPES[identifier] for identifier in TYPES[:5])


@pytest.mark.parametrize("path", golden_texts(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_golden_files(path: Path) -> None:
    rewrite = "look at it, then: .venv/bin/python -m tests.directconnect.router_config.golden"
    assert path.read_text() == golden_texts()[path], rewrite


def test_there_are_no_other_golden_files() -> None:
    assert {path for path in DIRECTORY.rglob("*") if path.is_file()} == set(golden_texts())


@ALL
@EVERY_SAMPLE
def test_types_of_one_language_differ_in_their_names(router: RouterType, sample: VirtualInterface) -> None:
    """But for an SRX, which has zones."""
    if router is SRX:
        return
    golden = next(ROUTER_TYPES[each] for each in TYPES if ROUTER_TYPES[each].language is router.language)
    name, _, text = router_config(sample, router).partition("\n")
    assert name == f"{router.language.comment} {router.vendor} {router.platform}, {router.software}"
    assert text == router_config(sample, golden).partition("\n")[2]


def lines(text: str, mark: str) -> list[str]:
    """What the router acts on."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith(mark)]


@ALL
@EVERY_SAMPLE
def test_everything_that_a_session_needs_is_there(router: RouterType, sample: VirtualInterface) -> None:
    text = "\n".join(lines(router_config(sample, router), router.language.comment))
    words = set(re.split(r"[\s\";=\[\]{}]+", text))
    for each in sample.peers:
        assert {str(each.amazon_address.ip), each.auth_key, str(sample.amazon_side_asn)} <= words
        assert {str(each.customer_address), str(each.customer_address.ip)} & words


@ALL
def test_a_peer_on_its_way_out_is_left_out(router: RouterType) -> None:
    leaving = peer(IPV6, state=BgpPeerState.DELETING)
    assert router_config(vif(peer(), leaving), router) == router_config(vif(peer()), router)


@ALL
def test_two_sessions_of_a_family_are_both_there(router: RouterType) -> None:
    """As a connection with logical redundancy has them."""
    text = router_config(vif(peer(), peer(SECOND_IPV4)), router)
    for address in (*IPV4, *SECOND_IPV4):
        assert address.partition("/")[0] in "\n".join(lines(text, router.language.comment))


@ALL
def test_a_public_virtual_interface_announces_what_aws_was_told_of(router: RouterType) -> None:
    text = "\n".join(lines(router_config(SAMPLES["public-ipv4"], router), router.language.comment))
    assert "198.51.100.0" in text
    assert "2001:db8:ace::/48" not in text, "there is no session for it"
    assert not re.search(r"(network 0\.0\.0\.0|0\.0\.0\.0/0 exact|redist-rules 0)", text)


@ALL
def test_nothing_is_announced_where_aws_was_told_of_nothing(router: RouterType) -> None:
    """An IPv6 peer on a public virtual interface that has IPv4 prefixes only."""
    public = SAMPLES["public-ipv4"].model_copy(update={"peers": (peer(IPV6),)})
    public = public.model_copy(update={"route_filter_prefixes": public.route_filter_prefixes[:1]})
    text = "\n".join(lines(router_config(public, router), router.language.comment))
    assert "198.51.100.0" not in text
    assert "::/0" not in text


# ===== the vendors' optional parts =====

COMMENTED_VENDORS = pytest.mark.parametrize("router", (IOS, NXOS, JUNOS, SRX, PANOS), ids=TYPES[:5])


@COMMENTED_VENDORS
@EVERY_SAMPLE
def test_bfd_is_there_as_comment_for_every_session(router: RouterType, sample: VirtualInterface) -> None:
    text = router_config(sample, router)
    assert "bfd" not in "\n".join(lines(text, router.language.comment))
    commented = [
        line for line in text.splitlines() if line.startswith(router.language.comment) and "bfd" in line
    ]
    assert len(commented) >= len(sample.peers)
    assert "300" in "\n".join(commented)


@pytest.mark.parametrize("router", (IOS, NXOS, SRX, PANOS), ids=lambda router: router.language.template)
def test_address_translation_is_for_public_virtual_interfaces(router: RouterType) -> None:
    translation = re.compile(r"\bnat\b")
    offering = {name for name, sample in SAMPLES.items() if translation.search(router_config(sample, router))}
    assert offering == {"public-ipv4"}
    text = router_config(SAMPLES["public-ipv4"], router)
    assert not translation.search("\n".join(lines(text, router.language.comment)))


def test_a_jumbo_virtual_interface_has_frames_that_fit() -> None:
    jumbo = SAMPLES["transit-jumbo"]
    assert {"mtu 8500", "ip mtu 8500", "ipv6 mtu 8500"} <= set(lines(router_config(jumbo, IOS), "!"))
    assert {"mtu 9216", "mtu 8500"} <= set(lines(router_config(jumbo, NXOS), "!"))
    junos = router_config(jumbo, JUNOS)
    assert "set interfaces ge-0/0/1 mtu 8522\n" in junos
    assert "family inet6 mtu 8500\n" in junos
    assert "jumbo-frame mtu 9192" in router_config(jumbo, PANOS)


def test_an_ordinary_one_has_aws_own_frame_length() -> None:
    assert "set interfaces ge-0/0/1 mtu 1522\n" in router_config(SAMPLES["private-dual-stack"], JUNOS)


@pytest.mark.parametrize(
    ("router", "statement"),
    [
        (IOS, "neighbor 2001:db8:1100:2f0:0:1:9cb4:4211 local-as 64600 no-prepend replace-as"),
        (NXOS, "local-as 64600 no-prepend replace-as"),
        (JUNOS, "neighbor 2001:db8:1100:2f0:0:1:9cb4:4211 local-as 64600 no-prepend-global-as"),
        (PANOS, "# Amazon expects AS 64600 here"),
    ],
    ids=lambda value: value.language.template if isinstance(value, RouterType) else "",
)
def test_a_peer_with_an_asn_of_its_own(router: RouterType, statement: str) -> None:
    assert statement in router_config(SAMPLES["private-dual-stack"], router)
    assert "64600" not in router_config(vif(peer(), peer(IPV6)), router)


@pytest.mark.parametrize("router", (IOS, NXOS), ids=lambda router: router.language.template)
def test_a_question_mark_cannot_be_typed_as_it_is(router: RouterType) -> None:
    assert "Ctrl-V" in router_config(vif(peer(key="what?ever")), router)
    assert "Ctrl-V" not in router_config(vif(peer()), router)


def test_a_public_virtual_interface_may_have_many_prefixes() -> None:
    text = router_config(SAMPLES["public-ipv4"], IOS)
    assert "  network 198.51.100.0 mask 255.255.255.0\n" in text
    assert VirtualInterfaceType.PUBLIC in text
