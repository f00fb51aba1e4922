"""Tickets: for what may be seen, for a minute, and written down where it matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.base.clock import to_us
from sereno.base.errors import Invalid, NotFound, Unauthenticated, Unavailable
from sereno.base.spans import Span
from sereno.live.actions import issue_ticket
from sereno.live.rules import span_of
from sereno.sites.actions import revoke_node
from sereno.sites.models import Camera, Node
from sereno.wire.tickets import Purpose, verify

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = Span(NOON - timedelta(hours=2), NOON - timedelta(hours=1))
ADDRESS = "unix:/run/sereno/node.sock"


@pytest.fixture
def seen(camera: Camera, node: Node) -> Camera:
    Node.objects.filter(pk=node.pk).update(last_seen=NOON, media_address=ADDRESS)
    return camera


def test_a_viewer_gets_a_ticket_that_node_and_front_accept(viewer: Asker, seen: Camera) -> None:
    issued = issue_ticket(viewer, seen.pk, "live", None, NOON)
    public = settings.SERENO_TICKET_PUBLIC_KEY
    ticket = verify(issued.ticket, public, "live", NOON + timedelta(seconds=59))
    assert (ticket.camera_id, ticket.media_address) == (seen.pk, ADDRESS)
    assert viewer.user is not None
    assert ticket.user_id == viewer.user.pk
    assert issued.expires_at == NOON + timedelta(seconds=60)
    with pytest.raises(Unauthenticated):
        verify(issued.ticket, public, "live", NOON + timedelta(seconds=61))
    with pytest.raises(Unauthenticated):
        verify(issued.ticket, public, "playback", NOON)


@pytest.mark.parametrize("purpose", ["playback", "clip"])
def test_looking_back_is_journalled(viewer: Asker, seen: Camera, purpose: Purpose) -> None:
    issue_ticket(viewer, seen.pk, purpose, HOUR, NOON)
    told = Entry.objects.order_by("number").last()
    assert told is not None
    assert (told.act, told.object_id) == (f"ticket_{purpose}", str(seen.pk))
    assert told.actor_id == viewer.actor.id
    assert told.details == {"from_us": to_us(HOUR.start), "to_us": to_us(HOUR.end)}


def test_live_view_is_not_journalled(viewer: Asker, seen: Camera) -> None:
    before = Entry.objects.count()
    issue_ticket(viewer, seen.pk, "live", None, NOON)
    assert Entry.objects.count() == before


def test_a_silent_node_is_said_in_words(viewer: Asker, seen: Camera) -> None:
    with pytest.raises(Unavailable) as refused:
        issue_ticket(viewer, seen.pk, "live", None, NOON + timedelta(seconds=20))
    assert refused.value.key == "node_offline"
    assert "Escuela Central" in refused.value.words.es


def test_a_camera_without_a_node_is_said_in_words(admin: Asker, seen: Camera, node: Node) -> None:
    revoke_node(admin, node)
    with pytest.raises(Unavailable) as refused:
        issue_ticket(admin, seen.pk, "live", None, NOON)
    assert refused.value.key == "not_assigned"


def test_no_camera_no_ticket(viewer: Asker, seen: Camera) -> None:
    with pytest.raises(NotFound):
        issue_ticket(viewer, uuid4(), "live", None, NOON)


@pytest.mark.parametrize(
    ("purpose", "start", "hours", "field"),
    [
        ("playback", None, 1, "from"),
        ("playback", NOON, None, "to"),
        ("clip", NOON, 0, "to"),
        ("clip", NOON, -1, "to"),
        ("clip", NOON, 24.1, "to"),
        ("playback", NOON, 24 * 31.1, "to"),
    ],
)
def test_bad_spans(
    purpose: Purpose, start: datetime | None, hours: float | None, field: str
) -> None:
    end = None if hours is None else NOON + timedelta(hours=hours)
    with pytest.raises(Invalid) as refused:
        span_of(purpose, start, end)
    assert refused.value.field == field
