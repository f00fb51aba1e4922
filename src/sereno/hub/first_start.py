"""What a hub needs before anybody can use it: a site, an administrator, a token, a code."""

from __future__ import annotations

from typing import TypedDict

from django.db import transaction
from django.db.models import QuerySet

from sereno.accounts.actions import add_user, make_api_token, make_setup_link
from sereno.accounts.models import User
from sereno.accounts.queries import (
    SYSTEM,
    administrator_without_password,
    asker_with_token,
    require,
)
from sereno.accounts.rules import Right, Role
from sereno.base.errors import Forbidden, NotFound, Unauthenticated, Words
from sereno.box.files import write_atomic
from sereno.box.paths import DataDir
from sereno.box.secrets import read_secret
from sereno.box.settings import Settings
from sereno.sites.actions import create_enrolment_code, make_site
from sereno.sites.models import Node, Site

FIRST_ADMINISTRATOR = "admin"
FIRST_SITE = "Principal"  # the same word in both languages
CLI_TOKEN_NAME = "sereno command"  # noqa: S105 — a name

_NO_ADMINISTRATOR = Words(
    "There is no such administrator.",
    "No existe ese administrador.",
)


class Prepared(TypedDict):
    """What a start hands over; `username` is whom the setup token is for."""

    setup_token: str | None
    enrolment_code: str | None
    username: str | None


@transaction.atomic
def first_start(settings: Settings) -> Prepared:
    """Make what is missing. Does nothing, and hands nothing over, where all is there."""
    site = Site.objects.order_by("pk").first()
    site = site or make_site(SYSTEM, FIRST_SITE, settings.time_zone)
    administrator = _administrators().first()
    administrator = administrator or add_user(SYSTEM, FIRST_ADMINISTRATOR, Role.ADMINISTRATOR)
    _ensure_cli_token(settings.data_dir, administrator)
    waiting = administrator_without_password()
    is_enrolled = Node.objects.filter(revoked_at=None).exists()
    needs_code = not is_enrolled or not settings.data_dir.node_token.exists()
    return Prepared(
        setup_token=make_setup_link(SYSTEM, waiting) if waiting else None,
        enrolment_code=create_enrolment_code(SYSTEM, site) if needs_code else None,
        username=waiting.username if waiting else None,
    )


@transaction.atomic
def administrator_link(data: DataDir, username: str | None = None) -> Prepared:
    """A fresh one-time link for an administrator, the first one unless named. Raises NotFound.

    It is what the owner of the machine has left when nothing else opens: the command's own token
    is seen to as well.
    """
    found = _administrators()
    if username is not None:
        found = found.filter(username__iexact=username)
    if (administrator := found.first()) is None:
        raise NotFound("no_administrator", _NO_ADMINISTRATOR, field="username")
    _ensure_cli_token(data, administrator)
    token = make_setup_link(SYSTEM, administrator)
    return Prepared(setup_token=token, enrolment_code=None, username=administrator.username)


def _administrators() -> QuerySet[User]:
    return User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")


def _ensure_cli_token(data: DataDir, administrator: User) -> None:
    """See that the file holds a token that the database knows, and that opens everything.

    Whose it was may have become less than an administrator.
    """
    try:
        require(asker_with_token(read_secret(data.cli_token), ""), Right.MANAGE)
    except (FileNotFoundError, Unauthenticated, Forbidden):
        token = make_api_token(SYSTEM, administrator, CLI_TOKEN_NAME)
        write_atomic(data.cli_token, token + "\n")
