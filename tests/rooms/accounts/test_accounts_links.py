"""One-time links and tokens: good once, kept as hashes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sereno.accounts.actions import (
    add_user,
    forget_old,
    make_api_token,
    make_setup_link,
    note_token_use,
    revoke_api_token,
    use_setup_link,
)
from sereno.accounts.models import ApiToken, SetupLink, User
from sereno.accounts.queries import (
    SYSTEM,
    Asker,
    administrator_without_password,
    asker_with_token,
    user_of_setup_link,
)
from sereno.accounts.rules import Role
from sereno.audit.models import Entry
from sereno.base.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


@pytest.fixture
def newcomer(db: None) -> User:
    return add_user(SYSTEM, "admin", Role.ADMINISTRATOR)


def test_a_new_person_has_no_password_at_all(newcomer: User) -> None:
    assert not newcomer.has_usable_password()
    assert administrator_without_password() == newcomer


def test_a_link_sets_the_password_once(newcomer: User) -> None:
    token = make_setup_link(SYSTEM, newcomer, NOON)
    user = use_setup_link(token, PASSWORD, "192.0.2.1", NOON)
    assert user.check_password(PASSWORD)
    assert user.password.startswith("argon2$argon2id$")
    assert administrator_without_password() is None
    with pytest.raises(NotFound):
        use_setup_link(token, "another long password", "192.0.2.1", NOON)


@pytest.mark.parametrize("spoil", ["age", "newer", "inactive", "invented"])
def test_a_link_that_is_not_good_says_only_that(newcomer: User, spoil: str) -> None:
    token = make_setup_link(SYSTEM, newcomer, NOON)
    when = NOON + timedelta(hours=24) if spoil == "age" else NOON
    if spoil == "newer":
        make_setup_link(SYSTEM, newcomer, NOON)
    elif spoil == "inactive":
        User.objects.update(is_active=False)
    elif spoil == "invented":
        token = "setup_x"
    with pytest.raises(NotFound) as refused:
        user_of_setup_link(token, when)
    assert refused.value.key == "setup_link_spent"


@pytest.mark.parametrize("password", ["short", "password123", "1234567890123", "administrator"])
def test_weak_passwords_are_refused_in_both_languages(newcomer: User, password: str) -> None:
    token = make_setup_link(SYSTEM, newcomer, NOON)
    with pytest.raises(Invalid) as refused:
        use_setup_link(token, password, "", NOON)
    assert refused.value.field == "password"
    assert "contraseña" in refused.value.words.es
    assert "password" in refused.value.words.en
    assert user_of_setup_link(token, NOON) == newcomer  # still good


def test_names_are_taken_in_any_case(newcomer: User) -> None:
    with pytest.raises(Conflict) as refused:
        add_user(SYSTEM, "ADMIN")
    assert refused.value.field == "username"


@pytest.mark.parametrize("name", ["", "  ", "a" * 151, "line\nbreak"])
def test_bad_names_are_refused(db: None, name: str) -> None:
    with pytest.raises(Invalid):
        add_user(SYSTEM, name)


def test_a_token_opens_until_it_is_revoked(admin: Asker) -> None:
    assert admin.user is not None
    token = make_api_token(admin, admin.user, "scripts")
    asker = asker_with_token(token, "192.0.2.5")
    assert asker.user == admin.user
    assert asker.actor.kind == "token"
    assert asker.actor.address == "192.0.2.5"
    revoke_api_token(admin, ApiToken.objects.get())
    with pytest.raises(Unauthenticated):
        asker_with_token(token, "192.0.2.5")


def test_a_token_of_an_inactive_person_opens_nothing(admin: Asker) -> None:
    assert admin.user is not None
    token = make_api_token(admin, admin.user, "scripts")
    User.objects.update(is_active=False)
    with pytest.raises(Unauthenticated):
        asker_with_token(token, "")


def test_use_of_a_token_is_noted_now_and_then(admin: Asker) -> None:
    assert admin.user is not None
    asker = asker_with_token(make_api_token(admin, admin.user, "scripts"), "")
    for seconds, noted in ((0, 0), (60, 0), (301, 301)):
        note_token_use(asker, NOON + timedelta(seconds=seconds))
        assert ApiToken.objects.get().last_used_at == NOON + timedelta(seconds=noted)


def test_viewers_change_nothing(viewer: Asker, make_user: Callable[..., User]) -> None:
    other = make_user("otro")
    with pytest.raises(Forbidden):
        add_user(viewer, "nuevo", Role.ADMINISTRATOR)
    with pytest.raises(Forbidden):
        make_setup_link(viewer, other)
    with pytest.raises(Forbidden):
        make_api_token(viewer, other, "x")


def test_only_hashes_are_kept(newcomer: User) -> None:
    link = make_setup_link(SYSTEM, newcomer, NOON)
    token = make_api_token(SYSTEM, newcomer, "x")
    use_setup_link(link, PASSWORD, "", NOON)
    kept = [SetupLink, ApiToken, User, Entry]
    text = str([row for model in kept for row in model.objects.values()])
    assert not any(secret in text for secret in (link, token, PASSWORD))


def test_expired_links_are_deleted(newcomer: User) -> None:
    make_setup_link(SYSTEM, newcomer, NOON)
    forget_old(NOON + timedelta(hours=25))
    assert SetupLink.objects.count() == 0
