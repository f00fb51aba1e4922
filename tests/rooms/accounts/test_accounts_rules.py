"""Rights and waits, decided without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sereno.accounts.passwords import SmallArgon2
from sereno.accounts.rules import (
    LONGEST_WAIT,
    Right,
    Role,
    address_to_count,
    rights_of,
    wait_after,
)
from sereno.accounts.tokens import digest_of_code, new_code

# As it is before a test makes it cheap.
COST = SmallArgon2.time_cost, SmallArgon2.memory_cost, SmallArgon2.parallelism


def test_each_role_may_do_what_the_one_before_may_and_one_thing_more() -> None:
    rights = [set(rights_of(role, is_active=True)) for role in Role]
    assert rights == [
        {Right.VIEW},
        {Right.VIEW, Right.OPERATE},
        {Right.VIEW, Right.OPERATE, Right.MANAGE},
    ]


@pytest.mark.parametrize("role", Role)
def test_whoever_is_kept_out_may_do_nothing(role: Role) -> None:
    assert rights_of(role, is_active=False) == ()


def test_waits_grow_to_a_limit() -> None:
    assert [wait_after(tries).total_seconds() for tries in (0, 4, 5, 6, 7)] == [0, 0, 5, 10, 20]
    assert wait_after(10_000) == LONGEST_WAIT == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_network_counts_as_one(address: str, counted: str) -> None:
    assert address_to_count(address) == counted


def test_a_code_may_be_typed_in_any_way() -> None:
    code = new_code()
    assert len(code) == 23
    typed = f" {code.lower().replace('-', ' ')} "
    assert digest_of_code(typed) == digest_of_code(code)
    assert new_code() != code


def test_a_password_is_dear_to_guess() -> None:
    assert COST == (2, 19 * 1024, 1)  # OWASP's least for Argon2id
