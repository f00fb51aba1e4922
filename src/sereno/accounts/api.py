"""Sessions and one-time links over HTTP."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema, Status
from pydantic import SecretStr

from sereno import __version__
from sereno.accounts import actions, queries
from sereno.accounts.auth import client_address, person_asking, require_csrf
from sereno.accounts.models import User
from sereno.accounts.rules import Right, Role

router = Router(tags=["session"], auth=None)
BACKEND = "sereno.accounts.auth.SlowedBackend"


class AskerAnswer(Schema):
    """Who is signed in; `rights` are what this person may do."""

    id: int
    username: str
    is_admin: bool
    role: Role
    rights: list[Right]


class SessionAnswer(Schema):
    user: AskerAnswer | None
    version: str
    is_demo: bool


class Credentials(Schema):
    username: str
    password: SecretStr


class SetupAnswer(Schema):
    username: str


class NewPassword(Schema):
    password: SecretStr


def _session(user: User | None) -> SessionAnswer:
    answer = None
    if user is not None:
        answer = AskerAnswer(
            id=user.pk,
            username=user.username,
            is_admin=user.is_admin,
            role=Role(user.role),
            rights=list(user.rights),
        )
    return SessionAnswer(user=answer, version=__version__, is_demo=settings.SERENO_IS_DEMO)


@router.get("/session", response=SessionAnswer, operation_id="get_session")
def get_session(request: HttpRequest) -> SessionAnswer:
    """Who is signed in. Sets the CSRF cookie."""
    get_token(request)
    asker = person_asking(request)
    return _session(asker.user if asker else None)


@router.post("/session", response=SessionAnswer, operation_id="sign_in")
def sign_in(request: HttpRequest, body: Credentials) -> SessionAnswer:
    """Sign in with name and password. Slowed after repeated failures."""
    require_csrf(request)
    password = body.password.get_secret_value()
    user = actions.sign_in(body.username, password, client_address(request))
    login(request, user, backend=BACKEND)
    return _session(user)


@router.delete("/session", response={204: None}, operation_id="sign_out")
def sign_out(request: HttpRequest) -> Status[None]:
    """End this session."""
    require_csrf(request)
    asker = person_asking(request)
    if asker is not None:
        actions.sign_out(asker)
    logout(request)
    return Status(204, None)


@router.get("/setup/{token}", response=SetupAnswer, operation_id="get_setup")
def get_setup(request: HttpRequest, token: str) -> SetupAnswer:
    """Whose password this one-time link sets."""
    get_token(request)
    return SetupAnswer(username=queries.user_of_setup_link(token).username)


@router.post("/setup/{token}", response=SessionAnswer, operation_id="use_setup")
def use_setup(request: HttpRequest, token: str, body: NewPassword) -> SessionAnswer:
    """Choose the password, sign in, and use the link up."""
    require_csrf(request)
    user = actions.use_setup_link(token, body.password.get_secret_value(), client_address(request))
    login(request, user, backend=BACKEND)
    return _session(user)
