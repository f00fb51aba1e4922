"""Tickets: for what may be seen, for a minute, and written down where it matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
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
from sereno.live.actions import Issued, issue_live_tickets, issue_ticket
from sereno.live.rules import span_of
from sereno.policy.choices import StreamName
from sereno.sites.actions import CameraFields, add_camera, revoke_node
from sereno.sites.models import Camera, Node
from sereno.wire.tickets import Purpose, Ticket, verify

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = Span(NOON - timedelta(hours=2), NOON - timedelta(hours=1))


@pytest.fixture
def seen(camera: Camera, node: Node) -> Camera:
    Node.objects.filter(pk=node.pk).update(last_seen=NOON)
    return camera


def ticket_of(issued: Issued, purpose: Purpose) -> Ticket:
    return verify(issued.ticket, settings.SERENO_TICKET_PUBLIC_KEY, purpose, NOON)


def test_a_viewer_gets_a_ticket_that_node_and_front_accept(
    viewer: Asker, seen: Camera, node: Node
) -> None:
    issued = issue_ticket(viewer, seen.pk, "live", None, NOON)
    public = settings.SERENO_TICKET_PUBLIC_KEY
    ticket = verify(issued.ticket, public, "live", NOON + timedelta(seconds=59))
    assert (ticket.camera_id, ticket.stream, ticket.node_id) == (seen.pk, "main", node.pk)
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


def test_the_own_node_is_the_one_whose_token_lies_in_the_box(
    viewer: Asker,
    seen: Camera,
    node_and_token: tuple[Node, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a node says of its own address proves nothing."""
    file = tmp_path / "token"
    monkeypatch.setattr(settings, "SERENO_NODE_TOKEN_FILE", file)
    for written, is_own in ((None, False), ("another", False), (node_and_token[1], True)):
        if written is not None:
            file.write_text(f"{written}\n")
        issued = issue_ticket(viewer, seen.pk, "live", None, NOON)
        assert ticket_of(issued, "live").is_own_node is is_own


def test_a_sub_stream_is_one_that_the_camera_has(viewer: Asker, seen: Camera, node: Node) -> None:
    key, words = refusal(viewer, seen, "live", None, "sub")
    assert (key, "smaller stream" in words) == ("no_sub_stream", True)
    told(seen, node, 2, 1, stream="sub")
    issued = issue_ticket(viewer, seen.pk, "playback", HOUR, NOON, "sub")
    assert ticket_of(issued, "playback").stream == "sub", "it had one then"
    Camera.objects.filter(pk=seen.pk).update(sub_address="rtsp://10.0.0.1/sub")
    issued = issue_ticket(viewer, seen.pk, "live", None, NOON, "sub")
    assert ticket_of(issued, "live").stream == "sub"


@pytest.fixture
def far(seen: Camera) -> Node:
    """Another node, on another machine, that is heard."""
    return Node.objects.create(site=seen.site, name="far", token_hash="far", last_seen=NOON)


def hold(camera: Camera, node: Node) -> None:
    Lease.objects.create(camera=camera, node=node, number=1, granted_at=NOON)


def told(
    camera: Camera, node: Node | None, start_hours_ago: float, hours: float, stream: str = "main"
) -> None:
    start = NOON - timedelta(hours=start_hours_ago)
    CoverageRun.objects.create(
        run_id=uuid4(),
        camera=camera,
        node=node,
        stream=stream,
        span=(start, start + timedelta(hours=hours)),
        is_open=False,
        revision=1,
        segment_count=1 if hours else 0,
        size_bytes=1,
    )


def refusal(
    viewer: Asker,
    camera: Camera,
    purpose: Purpose,
    span: Span | None,
    stream: StreamName = "main",
) -> tuple[str, str]:
    with pytest.raises(SerenoError) as refused:
        issue_ticket(viewer, camera.pk, purpose, span, NOON, stream)
    return refused.value.key, refused.value.words.en


def test_live_view_is_of_who_runs_the_camera_now(viewer: Asker, seen: Camera, far: Node) -> None:
    own = seen.node
    assert own is not None
    for holder in (far, own):
        Lease.objects.all().delete()
        hold(seen, holder)
        issued = issue_ticket(viewer, seen.pk, "live", None, NOON)
        assert ticket_of(issued, "live").node_id == holder.pk
        assert issued.parts == ()


def test_playback_is_of_who_has_the_bytes(
    viewer: Asker, seen: Camera, far: Node, node: Node
) -> None:
    hold(seen, far)
    told(seen, None, 9, 1)
    told(seen, far, 8, 0)
    told(seen, node, 2, 0.1)
    told(seen, far, 1.5, 1)
    later = Span(HOUR.end - timedelta(minutes=15), HOUR.end)
    before = Span(NOON - timedelta(hours=9), NOON - timedelta(hours=7))
    for span, having in (
        (HOUR, node),  # its first footage is here
        (later, far),
        (before, node),  # told before nodes were kept
    ):
        issued = issue_ticket(viewer, seen.pk, "playback", span, NOON)
        assert ticket_of(issued, "playback").node_id == having.pk
    assert issue_ticket(viewer, seen.pk, "clip", before, NOON)


def test_the_parts_of_a_span_are_told_by_who_has_them(
    admin_program: Callable[..., Any], seen: Camera, far: Node, node: Node
) -> None:
    """A ticket for each leads to the node that was named."""
    Node.objects.update(last_seen=datetime.now(UTC))
    told(seen, node, 2, 0.1)
    told(seen, node, 1.8, 0.1)
    told(seen, far, 1.5, 0.2)
    told(seen, node, 1.25, 9)
    ask = {"camera_id": str(seen.pk), "purpose": "playback"}
    span = {"from": HOUR.start.isoformat(), "to": HOUR.end.isoformat()}
    parts = admin_program("POST", "tickets", ask | span).json()["parts"]
    assert [(each["node"], each["from"][11:16], each["to"][11:16]) for each in parts] == [
        (node.name, "10:00", "10:30"),
        ("far", "10:30", "10:45"),
        (node.name, "10:45", "11:00"),
    ]
    for part in parts:
        again = {"from": part["from"], "to": part["to"]}
        answer = admin_program("POST", "tickets", ask | again).json()
        assert answer["parts"] == [part]
        public = settings.SERENO_TICKET_PUBLIC_KEY
        ticket = verify(answer["ticket"], public, "playback", datetime.now(UTC))
        assert str(ticket.node_id) == part["node_id"]


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


def test_a_walls_tickets_cost_the_same_statements_for_any_number(
    admin: Asker, viewer: Asker, seen: Camera, django_assert_num_queries: Any
) -> None:
    address = "rtsp://192.0.2.8:554/main"
    more = [add_camera(admin, CameraFields(f"Patio {number}", address)) for number in range(12)]
    wishes: list[tuple[Any, StreamName]] = [(each.pk, "main") for each in (seen, *more)]
    with django_assert_num_queries(2):
        issued = issue_live_tickets(viewer, wishes, NOON)
    asked = [ticket_of(each, "live").camera_id for each in issued if isinstance(each, Issued)]
    assert asked == [camera_id for camera_id, _ in wishes]


def test_a_walls_ticket_is_that_of_who_holds_the_camera(
    viewer: Asker, seen: Camera, node: Node
) -> None:
    holder = Node.objects.create(
        site=seen.site, name="Holder", token_hash="x", enrolled_at=NOON, last_seen=NOON
    )
    hold(seen, holder)
    (main, sub) = issue_live_tickets(viewer, [(seen.pk, "main"), (seen.pk, "sub")], NOON)
    assert isinstance(main, Issued)
    assert ticket_of(main, "live").node_id == holder.pk
    assert isinstance(sub, NotFound)
    assert sub.key == "no_sub_stream"
