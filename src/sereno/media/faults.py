"""How the media room says that something is wrong."""

from __future__ import annotations

from dataclasses import replace

from sereno.base.errors import Garbled, Words
from sereno.base.redact import redact
from sereno.policy.reasons import Reason

_RAW_LIMIT = 500
_NO_SENSE = Words(
    "The video data makes no sense: {what}.",
    "Los datos de vídeo no tienen sentido: {what}.",
)


class StreamFault(Exception):
    """A stream cannot go on, for a reason of the closed list."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.key)
        self.reason = reason


class Redirected(StreamFault):
    """The server ended the session and has it go on at `location`."""

    def __init__(self, location: str) -> None:
        super().__init__(fault("session_ended", location, status="REDIRECT").reason)
        self.location = location


def fault(key: str, raw: str = "", **params: object) -> StreamFault:
    """A `StreamFault` whose raw text is short and has lost its secrets."""
    texts = {name: str(value) for name, value in params.items()}
    return StreamFault(Reason(key, texts, redact(raw)[:_RAW_LIMIT]))


def without_secrets(reason: Reason, username: str, password: str) -> Reason:
    """The reason as it may be told: whatever the camera said back, no password stands in it."""
    secrets = secrets_of(username, password)
    params = {name: redact(value, secrets) for name, value in reason.params.items()}
    return replace(reason, params=params, raw=redact(reason.raw, secrets))


def secrets_of(username: str, password: str) -> tuple[str, ...]:
    """What must not be told of credentials: the password, and both as Basic sends them."""
    return (f"{username}:{password}", password) if password else ()


def garbled(what: str) -> Garbled:
    """An error for bytes from outside; `what` names the place in the format's own terms."""
    return Garbled("media_garbled", _NO_SENSE.fill(what=what))
