"""How cameras and devices are, and changes of it, over HTTP; front asks for each `/ws/status`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.devices.rules import Shown
from sereno.enforcer.queries_running import CameraState
from sereno.live.models import StatusEvent
from sereno.live.queries_status import news_after
from sereno.live.rules_status import EventType
from sereno.policy.reasons import Reason
from sereno.sites.answers import ReasonAnswer

router = Router(tags=["live"], auth=ANYBODY_KNOWN)


class CameraStatus(Schema):
    camera_id: UUID
    state: str
    reason: ReasonAnswer | None


class DeviceStatus(Schema):
    device_id: UUID
    state: str
    reason: ReasonAnswer | None


class Snapshot(Schema):
    """How each camera and device is; all changes up to number `id` are in it."""

    type: Literal["snapshot"] = "snapshot"
    id: int
    cameras: list[CameraStatus]
    devices: list[DeviceStatus]


class Event(Schema):
    """A change of one stream, or of the device `device_id`; `at`: when it came into `state`.

    Of a device `camera_id` is null and `stream` empty, else `device_id` is null.
    """

    id: int
    type: EventType
    camera_id: UUID | None
    device_id: UUID | None
    stream: str
    state: str
    at: datetime
    reason: ReasonAnswer | None


class NewsAnswer(Schema):
    """`id` is what to ask after next; without a snapshot the events say all that changed."""

    id: int
    snapshot: Snapshot | None
    events: list[Event]


@router.get("/status", response=NewsAnswer, operation_id="get_status")
def get_status(request: KnownRequest, after: int | None = None) -> NewsAnswer:
    """What changed after the event with this number; without one, how everything is."""
    news = news_after(request.auth, after, timezone.now())
    snapshot = None
    if news.snapshot is not None:
        cameras = [_status(each) for each in news.snapshot.cameras]
        devices = [_device(*each) for each in news.snapshot.devices]
        snapshot = Snapshot(id=news.newest, cameras=cameras, devices=devices)
    return NewsAnswer(id=news.newest, snapshot=snapshot, events=list(map(_event, news.events)))


def _status(found: CameraState) -> CameraStatus:
    shown = found.shown
    return CameraStatus(camera_id=found.camera.pk, state=shown.state, reason=_reason(shown.reason))


def _device(device_id: UUID, shown: Shown) -> DeviceStatus:
    return DeviceStatus(device_id=device_id, state=shown.state, reason=_reason(shown.reason))


def _event(event: StatusEvent) -> Event:
    return Event(
        id=event.pk,
        type=cast(EventType, event.type),
        camera_id=event.camera_id,
        device_id=event.device_id,
        stream=event.stream,
        state=event.state,
        at=event.at,
        reason=_reason(event.reason),
    )


def _reason(reason: Reason | None) -> ReasonAnswer | None:
    return ReasonAnswer.of(reason, reason.words()) if reason else None
