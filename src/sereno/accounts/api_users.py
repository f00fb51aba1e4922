"""People over HTTP: who there is, what each may do, and their programs' tokens."""

from __future__ import annotations

from datetime import datetime

from ninja import Router, Schema, Status

from sereno.accounts import actions, queries
from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.accounts.models import ApiToken, User
from sereno.accounts.rules import Role

router = Router(tags=["users"], auth=ANYBODY_KNOWN)


class UserAnswer(Schema):
    """`last_login`: when this person last signed in; null: never."""

    id: int
    username: str
    role: Role
    is_active: bool
    last_login: datetime | None

    @classmethod
    def of(cls, user: User) -> UserAnswer:
        return cls(
            id=user.pk,
            username=user.username,
            role=Role(user.role),
            is_active=user.is_active,
            last_login=user.last_login,
        )


class SetupLinkAnswer(Schema):
    """Where, on this server, the person chooses a password: once, within 24 hours."""

    setup_link: str


class NewUser(Schema):
    username: str
    role: Role = Role.VIEWER


class NewUserAnswer(SetupLinkAnswer):
    user: UserAnswer


class TokenAnswer(Schema):
    """A program's token, by what it is for; `last_used_at`: to within some minutes, null: never."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> TokenAnswer:
        return cls(
            id=token.pk,
            name=token.name,
            created_at=token.created_at,
            last_used_at=token.last_used_at,
        )


class NewToken(Schema):
    """`name`: what it is for."""

    name: str


class NewTokenAnswer(Schema):
    """What the program shows; it is told this once."""

    token: str


class UserChange(Schema):
    """What is left out or null stays as it is."""

    role: Role | None = None
    is_active: bool | None = None


@router.get("/users", response=list[UserAnswer], operation_id="list_users")
def list_users(request: KnownRequest) -> list[UserAnswer]:
    """Everybody, by name."""
    return [UserAnswer.of(user) for user in queries.users_of(request.auth)]


@router.post("/users", response={201: NewUserAnswer}, operation_id="add_user")
def add_user(request: KnownRequest, body: NewUser) -> Status[NewUserAnswer]:
    """A new person, and the link with which they choose their password."""
    user = actions.add_user(request.auth, body.username, body.role)
    link = _link(request, user)
    return Status(201, NewUserAnswer(user=UserAnswer.of(user), setup_link=link.setup_link))


@router.patch("/users/{user_id}", response=UserAnswer, operation_id="change_user")
def change_user(request: KnownRequest, user_id: int, body: UserChange) -> UserAnswer:
    """Give a person another role; let them in, or keep them out."""
    user = queries.access_user(request.auth, user_id)
    changed = actions.change_user(request.auth, user, role=body.role, is_active=body.is_active)
    return UserAnswer.of(changed)


@router.post(
    "/users/{user_id}/setup-link", response=SetupLinkAnswer, operation_id="make_setup_link"
)
def make_setup_link(request: KnownRequest, user_id: int) -> SetupLinkAnswer:
    """A fresh link with which a person chooses a password; earlier links end."""
    return _link(request, queries.access_user(request.auth, user_id))


@router.get("/users/{user_id}/tokens", response=list[TokenAnswer], operation_id="list_tokens")
def list_tokens(request: KnownRequest, user_id: int) -> list[TokenAnswer]:
    """The tokens with which programs act as this person, by name."""
    user = queries.access_user(request.auth, user_id)
    return [TokenAnswer.of(token) for token in queries.tokens_of(request.auth, user)]


@router.post("/users/{user_id}/tokens", response={201: NewTokenAnswer}, operation_id="add_token")
def add_token(request: KnownRequest, user_id: int, body: NewToken) -> Status[NewTokenAnswer]:
    """A token for a program: with it, it may do what this person may."""
    user = queries.access_user(request.auth, user_id)
    token = actions.make_api_token(request.auth, user, body.name)
    return Status(201, NewTokenAnswer(token=token))


@router.delete(
    "/users/{user_id}/tokens/{token_id}", response={204: None}, operation_id="revoke_token"
)
def revoke_token(request: KnownRequest, user_id: int, token_id: int) -> Status[None]:
    """From now on the token opens nothing."""
    user = queries.access_user(request.auth, user_id)
    token = queries.access_token(request.auth, user, token_id)
    actions.revoke_api_token(request.auth, token)
    return Status(204, None)


def _link(request: KnownRequest, user: User) -> SetupLinkAnswer:
    return SetupLinkAnswer(setup_link=f"/setup#{actions.make_setup_link(request.auth, user)}")
