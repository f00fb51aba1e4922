"""Tickets: short-lived leave to see one camera, signed by the hub, checked by front and node.

A ticket is a JSON Web Token (RFC 7519) signed with Ed25519 (`EdDSA`, RFC 8037). Only the hub can
make one; whoever holds the public key can check it. A leaked one is worthless a minute later.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import jwt
from pydantic import AwareDatetime, ValidationError

from sereno.base.errors import Unauthenticated, Words
from sereno.policy.choices import StreamName
from sereno.wire.message import Message

AUDIENCE = "sereno-media"
ALGORITHM = "EdDSA"
LIFETIME = timedelta(seconds=60)
# So long after its end a ticket may still lead to the files of a playlist that it opened in time.
# Front needs it to find the node; the node asks for its own pass besides (sereno.node.passes).
PLAYBACK_OVERTIME = timedelta(hours=26)

# `clip` is made while it is fetched; `clip_file` is one that was made before, named by its id.
# `recorder` is footage that a device plays; `channel_snapshot` is what a device's channel shows.
Purpose = Literal[
    "live", "playback", "clip", "snapshot", "clip_file", "recorder", "channel_snapshot"
]

_REFUSED = Words(
    "This viewing ticket is not valid or has expired. Open the camera again.",
    "Este pase de visualización no es válido o caducó. Abra la cámara de nuevo.",
)


class Ticket(Message):
    """Who may see what, and where it is: one user, one stream of one camera, one purpose, one span.

    `node_id` is the node that has it. Of `is_own_node` the hub vouches that it is the one of its
    own box, which front reaches over its socket; any other is reached over its link. Where a device
    has it, `device_id` and `channel` say which and where; a channel that is no camera of ours has
    the device's id for `camera_id`. `ahead_seconds` is how far the device's times of that footage
    are ahead of `start` and `end`; None where it was not found before.
    """

    user_id: int
    camera_id: UUID
    stream: StreamName = "main"
    purpose: Purpose
    node_id: UUID
    is_own_node: bool = False
    clip_id: UUID | None = None
    device_id: UUID | None = None
    channel: str = ""
    ahead_seconds: int | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


def sign(ticket: Ticket, private_key_pem: str, now: datetime) -> str:
    """The ticket as a token that is good for `LIFETIME` from `now`."""
    claims = {
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + LIFETIME,
        "ticket": ticket.model_dump(mode="json"),
    }
    return jwt.encode(claims, private_key_pem, algorithm=ALGORITHM)


def verify(
    token: str,
    public_key_pem: str,
    purpose: Purpose | frozenset[Purpose],
    now: datetime,
    overtime: timedelta = timedelta(0),
) -> Ticket:
    """The ticket in `token`, for (one of) the purpose, which ended at most `overtime` ago.

    Raises Unauthenticated, always with the same words.
    """
    try:
        claims = jwt.decode(
            token,
            public_key_pem,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["exp", "aud"], "verify_exp": False, "verify_iat": False},
        )
        ticket = Ticket.model_validate(claims["ticket"])
        is_fresh = now.timestamp() < float(claims["exp"]) + overtime.total_seconds()
    except (jwt.InvalidTokenError, ValidationError, KeyError, TypeError, ValueError):
        raise Unauthenticated("ticket_refused", _REFUSED) from None
    purposes = {purpose} if isinstance(purpose, str) else purpose
    if not is_fresh or ticket.purpose not in purposes:
        raise Unauthenticated("ticket_refused", _REFUSED)
    return ticket
