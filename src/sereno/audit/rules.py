"""How an entry of the journal is hashed, and what may be written in one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sereno.base.clock import to_us

FIRST_HASH = "0" * 64


class ActorKind(StrEnum):
    """Who can act."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 — a kind of actor, not a secret
    NODE = "node"
    SYSTEM = "system"
    STRANGER = "stranger"  # somebody who has yet to prove who they are


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, and from which network address."""

    kind: ActorKind
    id: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says, as it is hashed."""

    number: int
    happened_at: datetime
    actor: Actor
    act: str
    object_kind: str
    object_id: str
    details: Mapping[str, object]


def hash_of(previous_hash: str, content: Content) -> str:
    """SHA-256 over the entry before and this entry's canonical JSON, in hexadecimal.

    Canonical: keys sorted, no spaces, UTF-8, time in microseconds since 1970.
    """
    body = {
        "act": content.act,
        "actor": [content.actor.kind, content.actor.id, content.actor.address],
        "details": content.details,
        "happened_at_us": to_us(content.happened_at),
        "number": content.number,
        "object": [content.object_kind, content.object_id],
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(f"{previous_hash}\n{text}".encode()).hexdigest()


def check_details(value: object) -> None:
    """Raises TypeError for what would not come back from the database exactly as it went in."""
    if isinstance(value, dict):
        for key, item in value.items():
            check_details(key)
            check_details(item)
    elif isinstance(value, list):
        for item in value:
            check_details(item)
    elif not isinstance(value, str | int | bool | None):
        raise TypeError(f"the journal takes no {type(value).__name__}")
