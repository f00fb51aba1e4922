"""Where may be looked, and where not."""

from __future__ import annotations

import pytest

from sereno.base.errors import Invalid
from sereno.drivers.discovery.lan import may_ask, may_list, own_lan, subnet_of


def test_own_networks_leave_out_loopback_unless_asked_for() -> None:
    assert "127.0.0.1" not in own_lan({}).interfaces
    asked_for = own_lan({"SERENO_DISCOVER_LOOPBACK": "1"})
    assert asked_for.interfaces[-1] == "127.0.0.1"
    assert asked_for.has_loopback


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("192.168.1.7/24", "192.168.1.0/24"),
        (" 10.1.4.0/22 ", "10.1.4.0/22"),
        ("172.31.0.9", "172.31.0.9/32"),
        ("100.64.0.0/30", "100.64.0.0/30"),
    ],
)
def test_private_subnets_are_looked_through(text: str, network: str) -> None:
    assert str(subnet_of(text)) == network


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("recorder", "subnet_unclear"),
        ("fe80::/64", "subnet_unclear"),
        ("192.168.1.0/40", "subnet_unclear"),
        ("10.0.0.0/21", "subnet_too_large"),
        ("8.8.8.0/24", "subnet_not_private"),
        ("0.0.0.0/0", "subnet_not_private"),
        ("127.0.0.0/30", "subnet_not_private"),
        ("169.254.169.254", "subnet_not_private"),
        ("224.0.0.0/24", "subnet_not_private"),
        ("172.32.0.0/24", "subnet_not_private"),
    ],
)
def test_everything_else_is_refused_in_words(text: str, key: str) -> None:
    with pytest.raises(Invalid) as told:
        subnet_of(text)
    assert told.value.key == key
    assert told.value.words.en != told.value.words.es


def test_devices_without_an_address_of_their_network_are_listed_and_not_asked() -> None:
    assert not may_ask("169.254.3.4")
    assert may_list("169.254.3.4")
    assert not may_list("127.0.0.1")
    assert not may_list("203.0.113.1")
    assert not may_ask("recorder.example")
    assert may_ask("127.0.0.1", has_loopback=True)
