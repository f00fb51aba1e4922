"""How a call over HTTP proves who asks."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from sereno.accounts.actions import note_token_use, sign_in
from sereno.accounts.models import User
from sereno.accounts.queries import NOT_SIGNED_IN, Asker, asker_with_token, person
from sereno.base.errors import Forbidden, Unauthenticated, Words

_CSRF = Words(
    "This page is out of date. Reload it and try again.",
    "Esta página no está al día. Recárguela e inténtelo de nuevo.",
)


class KnownRequest(HttpRequest):
    """A call whose asker is known; what ninja makes of a request that passed ANYBODY_KNOWN."""

    auth: Asker


def client_address(request: HttpRequest) -> str:
    """The network address of who asks.

    The hub listens on a unix socket that only front opens; the last entry is front's own.
    """
    forwarded: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return forwarded.rpartition(",")[2].strip()[:64]


def require_csrf(request: HttpRequest) -> None:
    """Raises Forbidden when another site's page may have made this call."""
    if check_csrf(request):
        raise Forbidden("csrf", _CSRF)


def person_asking(request: HttpRequest) -> Asker | None:
    """Who is signed in with this session, if anybody."""
    user = request.user
    return person(user, client_address(request)) if isinstance(user, User) else None


class Token(HttpBearer):
    """`Authorization: Bearer <api token>`: a program."""

    def authenticate(self, request: HttpRequest, token: str) -> Asker:
        asker = asker_with_token(token, client_address(request))
        note_token_use(asker)
        return asker


class Session(APIKeyCookie):
    """The session cookie: a person. Writing calls need the CSRF header too."""

    param_name = "sereno_session"

    def __init__(self) -> None:
        super().__init__(csrf=False)  # checked below, with our own words

    def authenticate(self, request: HttpRequest, key: str | None) -> Asker:
        asker = person_asking(request)
        if asker is None:
            raise Unauthenticated("not_signed_in", NOT_SIGNED_IN)
        require_csrf(request)
        return asker


# Tried in this order; a wrong token is refused and never falls back to a session.
ANYBODY_KNOWN = [Token(), Session()]


class SlowedBackend(ModelBackend):
    """Signing in at the back office's own door, slowed by the same count as everywhere."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        if request is None or username is None or password is None:
            return None
        try:
            return sign_in(username, password, client_address(request))
        except Unauthenticated:
            return None
