"""Tickets for footage that a recorder plays itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from sereno.accounts.queries import Asker
from sereno.audit.models import Entry
from sereno.base.clock import to_us
from sereno.base.errors import Conflict, NotFound, SerenoError
from sereno.base.spans import Span
from sereno.devices.models import Device, DeviceChannel
from sereno.footage.models import CoverageRun, FoundFootage
from sereno.live.actions import issue_ticket
from sereno.sites.models import Camera, Node
from sereno.wire.tickets import Purpose, verify

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR_LONG = timedelta(hours=1)
HOUR = Span(NOON - timedelta(hours=2), NOON - timedelta(hours=1))


@pytest.fixture
def far(camera: Camera) -> Node:
    """The node that looks after the recorder, which is not the one that runs the camera."""
    return Node.objects.create(site=camera.site, name="far", token_hash="far", last_seen=NOON)


@pytest.fixture
def channel(camera: Camera, far: Node) -> DeviceChannel:
    device = Device.objects.create(
        site=camera.site, node=far, name="Recorder 1", host="10.0.0.1", port=80
    )
    return DeviceChannel.objects.create(device=device, channel="3", number=3, camera=camera)


def refusal(viewer: Asker, camera: Camera) -> str:
    with pytest.raises(SerenoError) as refused:
        issue_ticket(viewer, camera.pk, "recorder", HOUR, NOON)
    return refused.value.key


def test_it_leads_to_the_node_of_the_recorder_and_names_the_channel(
    viewer: Asker, camera: Camera, channel: DeviceChannel, far: Node
) -> None:
    issued = issue_ticket(viewer, camera.pk, "recorder", HOUR, NOON)
    ticket = verify(issued.ticket, settings.SERENO_TICKET_PUBLIC_KEY, "recorder", NOON)
    assert (ticket.camera_id, ticket.node_id) == (camera.pk, far.pk)
    assert (ticket.device_id, ticket.channel) == (channel.device_id, "3")
    assert (ticket.start, ticket.end) == (HOUR.start, HOUR.end)
    assert [(part.node, part.span) for part in issued.parts] == [(far, HOUR)]


def test_it_says_by_which_clock_the_footage_was_found(
    viewer: Asker, camera: Camera, channel: DeviceChannel
) -> None:
    def ahead_seconds() -> int | None:
        issued = issue_ticket(viewer, camera.pk, "recorder", HOUR, NOON)
        ticket = verify(issued.ticket, settings.SERENO_TICKET_PUBLIC_KEY, "recorder", NOON)
        return ticket.ahead_seconds

    assert ahead_seconds() is None, "the node measures it"
    row = FoundFootage.objects.create(
        channel=channel, span=(HOUR.start - HOUR_LONG, HOUR.end), handle="x", cause="schedule",
        is_open=False, clock_offset_seconds=-61.4, found_at=NOON,
    )  # fmt: skip
    assert ahead_seconds() == -61
    row.clock_offset_seconds = None
    row.save()
    assert ahead_seconds() == 0, "as it stands on the timeline"


def test_who_looked_is_journalled(viewer: Asker, camera: Camera, channel: DeviceChannel) -> None:
    issue_ticket(viewer, camera.pk, "recorder", HOUR, NOON)
    entry = Entry.objects.order_by("number").last()
    assert entry is not None
    assert (entry.act, entry.object_id) == ("ticket_recorder", str(camera.pk))
    assert entry.details == {"from_us": to_us(HOUR.start), "to_us": to_us(HOUR.end)}


def test_a_camera_that_is_no_channel_is_told_what_to_do(viewer: Asker, camera: Camera) -> None:
    with pytest.raises(Conflict) as refused:
        issue_ticket(viewer, camera.pk, "recorder", HOUR, NOON)
    assert refused.value.key == "no_recorder"
    assert "Add the recorder" in refused.value.words.en


def test_a_removed_recorder_plays_nothing(
    viewer: Asker, camera: Camera, channel: DeviceChannel
) -> None:
    Device.objects.update(removed_at=NOON)
    assert refusal(viewer, camera) == "no_recorder"


def test_its_node_must_be_there(
    viewer: Asker, camera: Camera, channel: DeviceChannel, far: Node
) -> None:
    Node.objects.filter(pk=far.pk).update(last_seen=NOON - timedelta(minutes=1))
    assert refusal(viewer, camera) == "node_offline"
    Device.objects.update(node=None)
    assert refusal(viewer, camera) == "not_assigned"


def test_strangers_learn_nothing(viewer: Asker, camera: Camera, channel: DeviceChannel) -> None:
    Camera.objects.filter(pk=camera.pk).update(removed_at=NOON)
    with pytest.raises(NotFound):
        issue_ticket(viewer, camera.pk, "recorder", HOUR, NOON)


def test_one_call_for_footage_leads_to_the_recorder_where_we_have_none(
    viewer_program: Callable[..., Any], camera: Camera, channel: DeviceChannel, node: Node
) -> None:
    """As clients of older systems ask for it."""
    Node.objects.update(last_seen=datetime.now(UTC))
    public = settings.SERENO_TICKET_PUBLIC_KEY

    def asked(hours: float = 1, **more: str) -> tuple[str, str | None]:
        ends = {"from": HOUR.start.isoformat(), "to": (HOUR.start + hours * HOUR_LONG).isoformat()}
        body = {"camera_id": str(camera.pk)} | ends | more
        told = viewer_program("POST", "streams/playback", body).json()
        purposes: frozenset[Purpose] = frozenset(("recorder", "playback"))
        ticket = verify(told["stream_id"], public, purposes, datetime.now(UTC))
        assert told["hls_url"] == f"/hls/{told['stream_id']}/index.m3u8"
        return ticket.purpose, told["websocket_url"]

    assert asked() == ("recorder", "/media/v1/recorder")
    assert asked(hours=25) == ("playback", None), "a recorder plays a day at most"
    CoverageRun.objects.create(
        run_id=uuid4(), camera=camera, node=node, stream="main",
        span=(HOUR.start, HOUR.start + timedelta(minutes=1)), is_open=False, revision=1,
        segment_count=1, size_bytes=1,
    )  # fmt: skip
    assert asked() == ("playback", None)


def test_over_http_for_a_day_at_most(
    viewer_program: Callable[..., Any], camera: Camera, channel: DeviceChannel, far: Node
) -> None:
    Node.objects.filter(pk=far.pk).update(last_seen=datetime.now(UTC))
    ask = {"camera_id": str(camera.pk), "purpose": "recorder", "from": HOUR.start.isoformat()}
    answer = viewer_program("POST", "tickets", ask | {"to": HOUR.end.isoformat()})
    assert answer.status_code == 200, answer.content
    assert answer.json()["parts"][0]["node"] == "far"
    longer = HOUR.start + timedelta(days=1, seconds=1)
    refused = viewer_program("POST", "tickets", ask | {"to": longer.isoformat()})
    assert (refused.status_code, refused.json()["error"]["key"]) == (422, "span_too_long")
