"""Signing in, and being slowed after wrong passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sereno.accounts.actions import change_user, forget_old, sign_in
from sereno.accounts.models import SignInFailure, User
from sereno.accounts.queries import SYSTEM
from sereno.accounts.rules import Role
from sereno.audit.models import Entry
from sereno.base.errors import Conflict, Unauthenticated

PASSWORD = "correct horse battery"
HOME = "192.0.2.1"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def ana(make_user: Callable[..., User]) -> User:
    return make_user("Ana", Role.ADMINISTRATOR)


def fail(times: int, address: str = HOME, now: datetime = NOON, name: str = "ana") -> str:
    key = ""
    for _ in range(times):
        with pytest.raises(Unauthenticated) as refused:
            sign_in(name, "wrong", address, now)
        key = refused.value.key
    return key


def test_the_right_password_signs_in_whatever_the_case_of_the_name(ana: User) -> None:
    assert sign_in("ANA", PASSWORD, HOME, NOON) == ana


def test_unknown_name_and_wrong_password_sound_alike(ana: User) -> None:
    assert fail(1, name="ana") == fail(1, name="nobody") == "sign_in_wrong"


def test_five_failures_bring_a_wait_that_says_how_long(ana: User) -> None:
    assert fail(5) == "sign_in_wrong"
    with pytest.raises(Unauthenticated) as refused:
        sign_in("ana", PASSWORD, HOME, NOON + timedelta(seconds=1.5))
    assert refused.value.key == "sign_in_too_often"
    assert "4 s" in refused.value.words.en
    assert "4 s" in refused.value.words.es


def test_after_the_wait_it_goes_on_and_the_wait_doubles(ana: User) -> None:
    fail(5)
    later = NOON + timedelta(seconds=5)
    assert fail(1, now=later) == "sign_in_wrong"
    assert fail(1, now=later + timedelta(seconds=9)) == "sign_in_too_often"
    assert sign_in("ana", PASSWORD, HOME, later + timedelta(seconds=10)) == ana


def test_success_forgets_the_failures(ana: User) -> None:
    fail(4)
    sign_in("ana", PASSWORD, HOME, NOON)
    assert fail(5) == "sign_in_wrong"


def test_a_stranger_elsewhere_locks_nobody_out(ana: User) -> None:
    fail(8, address="198.51.100.66")
    assert sign_in("ana", PASSWORD, HOME, NOON) == ana


def list_of_names(count: int, address: str = HOME, now: datetime = NOON) -> set[str]:
    return {fail(1, address, now, name=f"name {number}") for number in range(count)}


def test_many_names_from_one_address_bring_a_wait_too(ana: User) -> None:
    assert list_of_names(30) == {"sign_in_wrong"}
    with pytest.raises(Unauthenticated) as refused:
        sign_in("ana", PASSWORD, HOME, NOON)
    assert "60 s" in refused.value.words.es
    assert sign_in("ana", PASSWORD, "198.51.100.7", NOON) == ana
    # One try comes back each minute, and is used up by being wrong.
    later = NOON + timedelta(minutes=1)
    assert fail(1, now=later, name="another") == "sign_in_wrong"
    assert fail(1, now=later, name="ana") == "sign_in_too_often"
    assert list_of_names(30, now=NOON + timedelta(hours=1)) == {"sign_in_wrong"}


def test_being_right_costs_an_address_nothing_and_forgives_it_nothing(ana: User) -> None:
    assert list_of_names(29) == {"sign_in_wrong"}
    for _ in range(5):
        sign_in("ana", PASSWORD, HOME, NOON)
    assert fail(1, name="another") == "sign_in_wrong"
    assert fail(1, name="yet another") == "sign_in_too_often"


def test_an_inactive_person_stays_out(ana: User, make_user: Callable[..., User]) -> None:
    make_user("bea", Role.ADMINISTRATOR)
    change_user(SYSTEM, ana, role=Role.ADMINISTRATOR, is_active=False)
    assert fail(1) == "sign_in_wrong"


def test_the_last_administrator_stays(ana: User) -> None:
    with pytest.raises(Conflict):
        change_user(SYSTEM, ana, role=Role.OPERATOR, is_active=True)
    ana.refresh_from_db()
    assert ana.is_admin


def test_tries_are_journalled_without_what_was_typed(ana: User) -> None:
    fail(1, name="hunter2")
    fail(1)
    told = list(Entry.objects.filter(act="sign_in_refused").order_by("number"))
    assert [entry.object_id for entry in told] == ["", str(ana.pk)]
    assert all(entry.address == HOME for entry in told)
    assert "hunter2" not in str([entry.__dict__ for entry in Entry.objects.all()])


def test_old_failures_are_forgotten(ana: User) -> None:
    fail(1)
    forget_old(NOON + timedelta(hours=23))
    assert SignInFailure.objects.count() == 2  # of the name, and of the address
    forget_old(NOON + timedelta(hours=25))
    assert SignInFailure.objects.count() == 0
