"""Who asks, and what they may do. The one place for rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from sereno.accounts.models import ApiToken, SetupLink, User
from sereno.accounts.rules import Right, Role
from sereno.accounts.tokens import digest_of
from sereno.audit.rules import Actor, ActorKind
from sereno.base.errors import Forbidden, NotFound, Unauthenticated, Words

NOT_SIGNED_IN = Words(
    "Sign in first.",
    "Inicie sesión primero.",
)
_TOKEN_REFUSED = Words(
    "This token is not valid or was revoked. Ask an administrator for a new one.",
    "Esta clave no es válida o fue revocada. Pida una nueva a un administrador.",
)
_NOT_ALLOWED = {
    Right.VIEW: Words(
        "You are kept out. Ask an administrator.",
        "No tiene acceso. Pídaselo a un administrador.",
    ),
    Right.OPERATE: Words(
        "Only operators and administrators may do this. Ask an administrator for that role.",
        "Solo operadores y administradores pueden hacer esto. Pida ese rol a un administrador.",
    ),
    Right.MANAGE: Words(
        "Only an administrator may do this. Ask one.",
        "Solo un administrador puede hacer esto. Pídaselo a uno.",
    ),
}
_NO_USER = Words(
    "There is no such person. Reload the list.",
    "No existe esa persona. Recargue la lista.",
)
_NO_TOKEN = Words(
    "There is no such token, or it was revoked. Reload the list.",
    "No existe esa clave, o fue revocada. Recargue la lista.",
)
_LINK_SPENT = Words(
    "This link was used, has expired or never was. Ask for a new one.",
    "Este enlace ya se usó, caducó o no existe. Pida uno nuevo.",
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody known: a person, a person's program, or (without a user) Sereno itself."""

    actor: Actor
    user: User | None

    @property
    def name(self) -> str:
        """As people call who asks."""
        return self.user.username if self.user else "Sereno"


SYSTEM = Asker(Actor(ActorKind.SYSTEM, "sereno"), None)


def person(user: User, address: str = "") -> Asker:
    """The asker that a signed-in person is."""
    return Asker(Actor(ActorKind.USER, str(user.pk), address), user)


def require(asker: Asker, right: Right) -> None:
    """Raises Forbidden unless `asker` has `right`."""
    if asker.user is not None and right not in asker.user.rights:
        raise Forbidden("not_allowed", _NOT_ALLOWED[right])


def users_of(asker: Asker) -> QuerySet[User]:
    """Everybody, by name. Raises Forbidden unless `asker` manages them."""
    require(asker, Right.MANAGE)
    return User.objects.order_by(Lower("username"), "pk")


def access_user(asker: Asker, user_id: int) -> User:
    """One person. Raises NotFound, Forbidden."""
    if (user := users_of(asker).filter(pk=user_id).first()) is None:
        raise NotFound("no_such_user", _NO_USER)
    return user


def tokens_of(asker: Asker, user: User) -> QuerySet[ApiToken]:
    """The tokens that still open something for `user`'s programs, by name. Raises Forbidden."""
    require(asker, Right.MANAGE)
    return ApiToken.objects.filter(user=user, revoked_at=None).order_by("name", "pk")


def access_token(asker: Asker, user: User, token_id: int) -> ApiToken:
    """One of those. Raises NotFound, Forbidden."""
    if (token := tokens_of(asker, user).filter(pk=token_id).first()) is None:
        raise NotFound("no_such_token", _NO_TOKEN)
    return token


def asker_with_token(token: str, address: str) -> Asker:
    """The program that shows `token`. Raises Unauthenticated."""
    found = (
        ApiToken.objects.select_related("user")
        .filter(token_hash=digest_of(token), revoked_at=None, user__is_active=True)
        .first()
    )
    if found is None:
        raise Unauthenticated("token_refused", _TOKEN_REFUSED)
    return Asker(Actor(ActorKind.TOKEN, str(found.pk), address), found.user)


def user_of_setup_link(token: str, now: datetime | None = None) -> User:
    """Whose password an unused link sets. Raises NotFound, always with the same words."""
    link = (
        SetupLink.objects.select_related("user")
        .filter(
            token_hash=digest_of(token),
            used_at=None,
            expires_at__gt=now or timezone.now(),
            user__is_active=True,
        )
        .first()
    )
    if link is None:
        raise NotFound("setup_link_spent", _LINK_SPENT)
    return link.user


def administrator_without_password() -> User | None:
    """The administrator that still waits for a first password, if no other has one."""
    admins = list(User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk"))
    if any(admin.has_usable_password() for admin in admins):
        return None
    return admins[0] if admins else None
