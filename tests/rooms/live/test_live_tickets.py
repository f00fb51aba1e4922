"""Tickets: for what may be seen, for a minute, and written down where it matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.base.clock import to_us
from sereno.base.errors import Invalid, NotFound, SerenoError, Unauthenticated, Unavailable
from sereno.base.spans import Span
from sereno.enforcer.models import Lease
from sereno.footage.models import CoverageRun
from sereno.live.actions import issue_ticket
from sereno.live.rules import span_of
from sereno.sites.actions import revoke_node
from sereno.sites.models import Camera, Node
from sereno.wire.tickets import Purpose, verify

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = Span(NOON - timedelta(hours=2), NOON - timedelta(hours=1))
ADDRESS = str(settings.SERENO_MEDIA_ADDRESS)


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
    entry = Entry.objects.order_by("number").last()
    assert entry is not None
    assert (entry.act, entry.object_id) == (f"ticket_{purpose}", str(seen.pk))
    assert entry.actor_id == viewer.actor.id
    assert entry.details == {"from_us": to_us(HOUR.start), "to_us": to_us(HOUR.end)}


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


@pytest.fixture
def far(seen: Camera) -> Node:
    """Another node, on another machine, that is heard."""
    return Node.objects.create(
        site=seen.site,
        name="far",
        token_hash="far",
        last_seen=NOON,
        media_address="unix:/elsewhere/node.sock",
    )


def hold(camera: Camera, node: Node) -> None:
    Lease.objects.create(camera=camera, node=node, number=1, granted_at=NOON)


def told(camera: Camera, node: Node | None, start_hours_ago: float, hours: float) -> None:
    start = NOON - timedelta(hours=start_hours_ago)
    CoverageRun.objects.create(
        run_id=uuid4(),
        camera=camera,
        node=node,
        stream="main",
        span=(start, start + timedelta(hours=hours)),
        is_open=False,
        revision=1,
        segment_count=1 if hours else 0,
        size_bytes=1,
    )


def refusal(viewer: Asker, camera: Camera, purpose: Purpose, span: Span | None) -> tuple[str, str]:
    with pytest.raises(SerenoError) as refused:
        issue_ticket(viewer, camera.pk, purpose, span, NOON)
    return refused.value.key, refused.value.words.en


def test_live_view_is_of_who_runs_the_camera_now(viewer: Asker, seen: Camera, far: Node) -> None:
    hold(seen, far)
    key, words = refusal(viewer, seen, "live", None)
    assert key == "node_elsewhere"
    assert "far" in words
    Camera.objects.filter(pk=seen.pk).update(node=far, standby_node=seen.node)
    Lease.objects.update(node=seen.node)
    assert issue_ticket(viewer, seen.pk, "live", None, NOON)


def test_playback_is_of_who_has_the_bytes(
    viewer: Asker, seen: Camera, far: Node, node: Node
) -> None:
    hold(seen, far)
    told(seen, None, 9, 1)
    told(seen, far, 8, 0)
    told(seen, node, 2, 0.1)
    told(seen, far, 1.5, 1)
    assert issue_ticket(viewer, seen.pk, "playback", HOUR, NOON), "its first footage is here"
    later = Span(HOUR.end - timedelta(minutes=15), HOUR.end)
    assert refusal(viewer, seen, "playback", later)[0] == "node_elsewhere"
    before = Span(NOON - timedelta(hours=9), NOON - timedelta(hours=7))
    assert issue_ticket(viewer, seen.pk, "clip", before, NOON), "told before nodes were kept"


def test_a_clip_of_two_nodes_is_refused_with_their_names(
    viewer: Asker, seen: Camera, far: Node, node: Node
) -> None:
    told(seen, node, 2, 0.1)
    told(seen, far, 1.5, 1)
    key, words = refusal(viewer, seen, "clip", HOUR)
    assert key == "footage_parted"
    assert f"far, {node.name}" in words


def test_a_node_that_has_the_bytes_and_is_away_is_named(
    viewer: Asker, seen: Camera, far: Node
) -> None:
    told(seen, far, 2, 1)
    Node.objects.filter(pk=far.pk).update(last_seen=NOON - timedelta(hours=1))
    key, words = refusal(viewer, seen, "playback", HOUR)
    assert (key, "far" in words) == ("node_offline", True)


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
