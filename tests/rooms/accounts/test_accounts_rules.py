"""Rights and waits, decided without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sereno.accounts.passwords import SmallArgon2
from sereno.accounts.rules import LONGEST_WAIT, Right, address_to_count, is_granted, wait_after
from sereno.accounts.tokens import digest_of_code, new_code

# As it is before a test makes it cheap.
COST = SmallArgon2.time_cost, SmallArgon2.memory_cost, SmallArgon2.parallelism


@pytest.mark.parametrize(
    ("right", "is_active", "is_admin", "expected"),
    [
        (Right.VIEW, True, False, True),
        (Right.MANAGE, True, False, False),
        (Right.MANAGE, True, True, True),
        (Right.VIEW, False, True, False),
        (Right.VIEW, False, False, False),
    ],
)
def test_who_may_do_what(right: Right, is_active: bool, is_admin: bool, expected: bool) -> None:
    assert is_granted(right, is_active=is_active, is_admin=is_admin) is expected


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
