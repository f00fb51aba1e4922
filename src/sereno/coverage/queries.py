"""Promises against footage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from sereno.accounts.queries import Asker
from sereno.base.spans import Span, span_or_none
from sereno.coverage.models import BrokenPromise
from sereno.coverage.rules import Sums, as_ordered, sums_of, together
from sereno.devices.models import DeviceChannel
from sereno.devices.queries import channel_of_camera
from sereno.enforcer.queries_plans import manuals_in, promises_of
from sereno.footage.models import FoundFootage
from sereno.footage.queries import Told, stretches_of, told_of
from sereno.footage.queries_found import Looked, found_of, looked_of
from sereno.footage.rules import Stretch
from sereno.policy import gaps
from sereno.sites.models import Camera
from sereno.sites.queries import access_camera, access_group, cameras_of, node_names

LONGEST_AGO = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class CameraTimeline:
    """What a camera's promise became; `stretches` are its coverage, told in more detail.

    `manuals`: the recordings that people started, and who did. `nodes`: the names of those that
    have pieces of it.
    """

    reported_through: datetime | None
    timeline: gaps.Timeline
    stretches: list[Stretch]
    promised: list[Span]
    manuals: list[tuple[Span, str]]
    nodes: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OnRecorder:
    """What the device of a camera's `channel` was found to hold, and when it was looked for."""

    channel: DeviceChannel
    found: list[FoundFootage]
    looked: list[Looked]


def on_recorder(camera: Camera, window: Span) -> OnRecorder | None:
    """What lies on the camera's recorder in `window`; None where it is no device's channel."""
    channel = channel_of_camera(camera)
    if channel is None:
        return None
    return OnRecorder(channel, found_of(channel, window), looked_of(channel, window))


@dataclass(frozen=True, slots=True)
class Report:
    """Sums of a time, of all cameras together and of each, by name."""

    window: Span
    whole: Sums
    cameras: list[tuple[Camera, Sums]]


def timeline_of(camera: Camera, window: Span, now: datetime) -> CameraTimeline:
    """Coverage, gaps and what is not reported yet of the main stream, up to now at most.

    What is promised is told of the whole window.
    """
    promised = promises_of([camera], window).get(camera.pk, [])
    manuals = [(span, row.by) for span, row in manuals_in([camera], window).get(camera.pk, [])]
    past = span_or_none(window.start, min(window.end, now))
    if past is None:
        return CameraTimeline(None, gaps.Timeline([], [], []), [], promised, manuals)
    told = told_of([camera], past)[camera.pk]
    found = timeline_from(camera, promised, told, past)
    pieces = stretches_of(camera, past)
    nodes = node_names({piece.node_id for piece in pieces if piece.node_id is not None})
    return CameraTimeline(told.reported_through, found, pieces, promised, manuals, nodes)


def timeline_from(
    camera: Camera, promised: Sequence[Span], told: Told, window: Span
) -> gaps.Timeline:
    """What became of `promised` in `window`, of a camera that comes with its site."""
    through = told.reported_through or camera.created_at
    found = gaps.timeline(promised, told.runs, told.absences, through, window, told.ends)
    return replace(found, gaps=[as_ordered(gap, camera.site.time_zone) for gap in found.gaps])


def cameras_asked(asker: Asker, camera_ids: Collection[UUID], group_id: int | None) -> list[Camera]:
    """The cameras named, those of a group, or else all. Raises NotFound."""
    found = cameras_of(asker)
    if group_id is not None:
        found = found.filter(pk__in=access_group(asker, group_id).cameras.values("pk"))
    if not camera_ids:
        return list(found)
    named = {camera.pk: camera for camera in cameras_of(asker).filter(pk__in=camera_ids)}
    for camera_id in camera_ids:
        if camera_id not in named:
            access_camera(asker, camera_id)  # raises NotFound
    return list(found.filter(pk__in=named))


def report_of(
    cameras: Collection[Camera], window: Span, now: datetime, schedule_id: int | None = None
) -> Report:
    """What became of promises in `window`, up to now at most.

    `schedule_id`: only of what that schedule asked for.
    """
    past = span_or_none(window.start, min(window.end, now))
    if past is None:
        return Report(window, Sums(), [(camera, Sums()) for camera in cameras])
    promises = promises_of(cameras, past, schedule_id)
    told = told_of(cameras, past)
    sums = [
        (camera, _sums(camera, promises.get(camera.pk, []), told[camera.pk], past))
        for camera in cameras
    ]
    return Report(window, together(each for _, each in sums), sums)


def _sums(camera: Camera, promised: Sequence[Span], told: Told, window: Span) -> Sums:
    return sums_of(promised, timeline_from(camera, promised, told, window))


def alarms_of(asker: Asker, now: datetime) -> QuerySet[BrokenPromise]:
    """The alarms that are on and those of the last 31 days, the newest first."""
    recent = BrokenPromise.objects.exclude(ended_at__lt=now - LONGEST_AGO)
    return recent.filter(camera__in=cameras_of(asker)).select_related("camera").order_by("-since")
