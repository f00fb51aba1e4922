"""Signing in, passwords, links and tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from sereno.accounts.models import ANY_NAME, ApiToken, SetupLink, SignInFailure, User
from sereno.accounts.queries import Asker, require, user_of_setup_link
from sereno.accounts.rules import (
    FAILURES_FORGOTTEN_AFTER,
    SETUP_LINK_LIFETIME,
    STOCK_LASTS,
    TRY_COMES_BACK_AFTER,
    Right,
    Role,
    address_to_count,
    next_try_of_address,
    wait_after,
)
from sereno.accounts.tokens import digest_of, new_token
from sereno.audit.actions import record
from sereno.audit.rules import Actor, ActorKind
from sereno.base.errors import Conflict, Invalid, Unauthenticated, Words

_WRONG = Words(
    "Name or password is wrong.",
    "El nombre o la contraseña no son correctos.",
)
_SLOW_DOWN = Words(
    "Too many wrong passwords. Try again in {seconds} s.",
    "Demasiadas contraseñas erróneas. Vuelva a intentarlo en {seconds} s.",
)
_NAME_TAKEN = Words(
    "There is already a user with this name. Choose another.",
    "Ya existe un usuario con este nombre. Elija otro.",
)
_NAME_BAD = Words(
    "A user name has 1 to 150 characters, none of them a control character.",
    "Un nombre de usuario tiene de 1 a 150 caracteres, ninguno de control.",
)
LONGEST_TOKEN_NAME = 80
_TOKEN_NAME_BAD = Words(
    "A token's name says what it is for: 1 to 80 characters, none of them invisible.",
    "El nombre de una clave dice para qué es: de 1 a 80 caracteres, ninguno invisible.",
)
# Writing down each use of a token would turn every reading call into a write.
LAST_USED_GRAIN = timedelta(minutes=5)


def sign_in(username: str, password: str, address: str, now: datetime | None = None) -> User:
    """The person with this name and password. Raises Unauthenticated.

    The try is counted before the password is looked at, so that many at once count as many; what
    is counted stays counted. An unknown name takes as long as a wrong password.
    """
    now = now or timezone.now()
    name_digest = sha256(username.casefold().encode()).hexdigest()
    place = address_to_count(address)
    _count_try(name_digest, place, now)
    user = ModelBackend().authenticate(None, username=username, password=password)
    if not isinstance(user, User):
        _record_failure(username, address)
        raise Unauthenticated("sign_in_wrong", _WRONG)
    with transaction.atomic():
        _take_back_try(name_digest, place)
        record(Actor(ActorKind.USER, str(user.pk), address), "sign_in", "user", user.pk)
    return user


@transaction.atomic
def _count_try(name_digest: str, place: str, now: datetime) -> None:
    """Raises Unauthenticated while the name or the address has to wait; that is not counted."""
    of_address, of_name = _tries(ANY_NAME, place, now), _tries(name_digest, place, now)
    next_try_at = max(of_address.next_try_at, of_name.next_try_at)
    if next_try_at > now:
        seconds = -(-(next_try_at - now) // timedelta(seconds=1))
        raise Unauthenticated("sign_in_too_often", _SLOW_DOWN.fill(seconds=seconds))
    of_address.next_try_at = next_try_of_address(of_address.next_try_at, now)
    of_name.next_try_at = now + wait_after(of_name.failures + 1)
    for tries in (of_address, of_name):
        tries.failures += 1
        tries.last_at = now
        tries.save()


def _tries(name_digest: str, place: str, now: datetime) -> SignInFailure:
    """The count, made where there is none, and locked."""
    fresh = SignInFailure(
        name_digest=name_digest, address=place, last_at=now, next_try_at=now - STOCK_LASTS
    )
    SignInFailure.objects.bulk_create([fresh], ignore_conflicts=True)
    found = SignInFailure.objects.select_for_update()
    return found.get(name_digest=name_digest, address=place)


def _take_back_try(name_digest: str, place: str) -> None:
    """It was right. The address's earlier ones stay: who knows one password may guess others."""
    tries = SignInFailure.objects.filter(address=place)
    tries.filter(name_digest=name_digest).delete()
    tries.filter(name_digest=ANY_NAME).update(
        failures=F("failures") - 1, next_try_at=F("next_try_at") - TRY_COMES_BACK_AFTER
    )


def _record_failure(username: str, address: str) -> None:
    # An unknown name is not written down: people type passwords into the wrong field.
    known = User.objects.filter(username__iexact=username).values_list("pk", flat=True).first()
    stranger = Actor(ActorKind.STRANGER, "", address)
    record(stranger, "sign_in_refused", "user", "" if known is None else known)


def sign_out(asker: Asker) -> None:
    """Write down that a person left; the session itself ends at the edge."""
    record(asker.actor, "sign_out", "user", asker.user.pk if asker.user else "")


@transaction.atomic
def add_user(asker: Asker, username: str, role: Role = Role.VIEWER) -> User:
    """A new person, without a password: a setup link lets them choose one. Raises Conflict."""
    require(asker, Right.MANAGE)
    username = username.strip()
    if not 1 <= len(username) <= 150 or not username.isprintable():
        raise Invalid("username_bad", _NAME_BAD, field="username")
    user = User(username=username, role=role)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Conflict("username_taken", _NAME_TAKEN, field="username") from error
    record(asker.actor, "user_add", "user", user.pk, username=username, role=role)
    return user


@transaction.atomic
def change_user(
    asker: Asker, user: User, *, role: Role | None = None, is_active: bool | None = None
) -> User:
    """Give another role; let in or keep out. What is None stays. Raises Conflict."""
    require(asker, Right.MANAGE)
    # All of them are locked: two who demote each other at once must not both be let.
    locked = User.objects.select_for_update().filter(Q(pk=user.pk) | Q(role=Role.ADMINISTRATOR))
    user = {each.pk: each for each in locked.order_by("pk")}[user.pk]
    user.role = user.role if role is None else role
    user.is_active = user.is_active if is_active is None else is_active
    user.save(update_fields=["role", "is_active"])
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        words = Words(
            "Somebody must remain administrator. Make another person one first.",
            "Alguien debe seguir siendo administrador. Nombre antes a otra persona.",
        )
        raise Conflict("last_administrator", words)
    record(asker.actor, "user_change", "user", user.pk, role=user.role, is_active=user.is_active)
    return user


@transaction.atomic
def make_setup_link(asker: Asker, user: User, now: datetime | None = None) -> str:
    """The token of a fresh one-time link for `user`; earlier links end."""
    require(asker, Right.MANAGE)
    token = new_token("setup")
    SetupLink.objects.filter(user=user, used_at=None).delete()
    SetupLink.objects.create(
        token_hash=digest_of(token),
        user=user,
        expires_at=(now or timezone.now()) + SETUP_LINK_LIFETIME,
    )
    record(asker.actor, "setup_link_make", "user", user.pk)
    return token


@transaction.atomic
def use_setup_link(token: str, password: str, address: str, now: datetime | None = None) -> User:
    """Set the password of the link's person and use the link up.

    Raises NotFound for a link that is not good, Invalid for a password that is too weak.
    """
    now = now or timezone.now()
    user = user_of_setup_link(token, now)
    _check_password(password, user)
    # The condition in the UPDATE decides a race between two uses of one link.
    used = SetupLink.objects.filter(token_hash=digest_of(token), used_at=None)
    if used.update(used_at=now) != 1:
        user_of_setup_link(token, now)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(Actor(ActorKind.USER, str(user.pk), address), "password_set", "user", user.pk)
    return user


def _check_password(password: str, user: User) -> None:
    said: dict[str, str] = {}
    for language in ("en", "es"):
        with translation.override(language):
            try:
                validate_password(password, user)
            except ValidationError as error:
                said[language] = " ".join(error.messages)
    if said:
        raise Invalid("password_weak", Words(said["en"], said["es"]), field="password")


@transaction.atomic
def make_api_token(asker: Asker, user: User, name: str) -> str:
    """A token with which programs act as `user`; only now it can be read. Raises Invalid."""
    require(asker, Right.MANAGE)
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_TOKEN_NAME or not name.isprintable():
        raise Invalid("token_name_bad", _TOKEN_NAME_BAD, field="name")
    token = new_token("sereno")
    made = ApiToken.objects.create(token_hash=digest_of(token), name=name, user=user)
    record(asker.actor, "api_token_make", "api_token", made.pk, name=name, user=user.pk)
    return token


@transaction.atomic
def revoke_api_token(asker: Asker, token: ApiToken) -> None:
    """From now on the token opens nothing."""
    require(asker, Right.MANAGE)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record(asker.actor, "api_token_revoke", "api_token", token.pk)


def note_token_use(asker: Asker, now: datetime | None = None) -> None:
    """Remember that a token is in use, to within `LAST_USED_GRAIN`."""
    now = now or timezone.now()
    tokens = ApiToken.objects.filter(pk=int(asker.actor.id))
    (
        tokens.filter(last_used_at=None) | tokens.filter(last_used_at__lt=now - LAST_USED_GRAIN)
    ).update(last_used_at=now)


def forget_old(now: datetime | None = None) -> int:
    """Delete links and failures that no longer matter; how many rows went."""
    now = now or timezone.now()
    links, _ = SetupLink.objects.filter(expires_at__lt=now).delete()
    failures, _ = SignInFailure.objects.filter(last_at__lt=now - FAILURES_FORGOTTEN_AFTER).delete()
    return links + failures
