from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sereno.base.errors import Unauthenticated
from sereno.wire.tickets import LIFETIME, PLAYBACK_OVERTIME, Ticket, sign, verify

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def key_pair() -> tuple[str, str]:
    private = Ed25519PrivateKey.generate()
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return secret.decode(), public.decode()


PRIVATE, PUBLIC = key_pair()
TICKET = Ticket(user_id=1, camera_id=uuid4(), purpose="live", node_id=uuid4())


def test_a_fresh_ticket_says_who_may_see_what() -> None:
    assert verify(sign(TICKET, PRIVATE, NOW), PUBLIC, "live", NOW) == TICKET


def test_a_ticket_is_worthless_a_minute_later() -> None:
    token = sign(TICKET, PRIVATE, NOW)
    verify(token, PUBLIC, "live", NOW + LIFETIME - timedelta(milliseconds=1))
    with pytest.raises(Unauthenticated):
        verify(token, PUBLIC, "live", NOW + LIFETIME)


def test_a_playlist_that_was_opened_in_time_is_played_to_its_end() -> None:
    token = sign(TICKET, PRIVATE, NOW)
    end = NOW + LIFETIME + PLAYBACK_OVERTIME
    moment = timedelta(milliseconds=1)
    assert verify(token, PUBLIC, "live", end - moment, PLAYBACK_OVERTIME) == TICKET
    with pytest.raises(Unauthenticated):
        verify(token, PUBLIC, "live", end, PLAYBACK_OVERTIME)


def test_a_ticket_serves_its_purpose_only() -> None:
    with pytest.raises(Unauthenticated):
        verify(sign(TICKET, PRIVATE, NOW), PUBLIC, "clip", NOW)


def test_nobody_but_the_hub_makes_tickets() -> None:
    other_private, _ = key_pair()
    unsigned = jwt.encode({"aud": "sereno-media", "exp": NOW + LIFETIME}, "", algorithm="none")
    by_public_key = sign(TICKET, PRIVATE, NOW).rsplit(".", 1)[0] + ".AAAA"
    for token in (sign(TICKET, other_private, NOW), unsigned, by_public_key, "", "a.b.c", "ñ"):
        with pytest.raises(Unauthenticated):
            verify(token, PUBLIC, "live", NOW)
