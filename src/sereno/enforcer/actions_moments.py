"""What people do to cameras for a time: pause them, record them by hand, ask nodes to act now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.audit.actions import record
from sereno.base.errors import Conflict, Invalid, Words
from sereno.enforcer.models import ManualRecording, Pause
from sereno.enforcer.queries_plans import moments_of
from sereno.enforcer.rules_moments import (
    ENFORCE_PAUSE,
    TOO_SOON,
    EndSaid,
    TooSoon,
    end_of_pause,
    end_of_recording,
)
from sereno.sites.actions import wake_nodes_of
from sereno.sites.models import Camera
from sereno.sites.queries import access_camera, cameras_of

LONGEST_WHY = 300

_PAUSED = Words(
    "{camera} is paused. End the pause first, then start the recording.",
    "{camera} está en pausa. Termine primero la pausa y luego inicie la grabación.",
)
_WHY_BAD = Words(
    "A reason has at most {most} characters, none of them a line break or invisible.",
    "Un motivo tiene {most} caracteres como máximo, ninguno de ellos salto de línea ni invisible.",
)
_NOBODY_CHOSEN = Words(
    "Choose one camera at least.",
    "Elija al menos una cámara.",
)


@transaction.atomic
def pause_cameras(
    asker: Asker,
    camera_ids: Iterable[UUID],
    said: EndSaid,
    why: str = "",
    now: datetime | None = None,
) -> None:
    """Record and analyse nothing of these cameras until then; it ends an earlier pause.

    Raises NotFound, Invalid.
    """
    require(asker, Right.OPERATE)
    now = now or timezone.now()
    why = why.strip()
    if len(why) > LONGEST_WHY or not why.isprintable():
        raise Invalid("why_bad", _WHY_BAD.fill(most=LONGEST_WHY), field="why")
    cameras = lock_cameras(asker, camera_ids)
    ends = {camera.pk: end_of_pause(said, camera.site.time_zone, now) for camera in cameras}
    _end_pauses(ends, now)
    by = asker.name
    Pause.objects.bulk_create(
        Pause(camera_id=camera_id, start=now, end=end, by=by, why=why)
        for camera_id, end in ends.items()
    )
    wake_nodes_of(ends)
    last = max(ends.values()).isoformat()
    record_for(asker, "camera_pause", cameras, until=last, why=why)


@transaction.atomic
def end_pauses(asker: Asker, camera_ids: Iterable[UUID], now: datetime | None = None) -> None:
    """Let the schedules of these cameras count again. Raises NotFound, Invalid."""
    require(asker, Right.OPERATE)
    cameras = lock_cameras(asker, camera_ids)
    ids = [camera.pk for camera in cameras]
    if _end_pauses(ids, now or timezone.now()):
        wake_nodes_of(ids)
        record_for(asker, "camera_pause_end", cameras)


def _end_pauses(camera_ids: Iterable[UUID], now: datetime) -> int:
    running = Pause.objects.filter(camera__in=list(camera_ids), end__gt=now)
    return running.update(end=now)


@transaction.atomic
def start_recording(
    asker: Asker, camera_ids: Iterable[UUID], said: EndSaid, now: datetime | None = None
) -> None:
    """Record these cameras whatever their schedules say, until then or until it is stopped.

    Raises NotFound, Invalid, Conflict where one is paused.
    """
    require(asker, Right.OPERATE)
    now = now or timezone.now()
    cameras = lock_cameras(asker, camera_ids)
    ids = [camera.pk for camera in cameras]
    moments = moments_of(ids, now)
    for camera in cameras:
        if moments.pause_of(camera.pk, now):
            raise Conflict("camera_paused", _PAUSED.fill(camera=camera.name))
    ends = [end_of_recording(said, camera.site.time_zone, now) for camera in cameras]
    _end_recordings(ids, now)
    by = asker.name
    ManualRecording.objects.bulk_create(
        ManualRecording(camera=camera, start=now, end=end, by=by)
        for camera, end in zip(cameras, ends, strict=True)
    )
    wake_nodes_of(ids)
    until = max((end for end in ends if end), default=None)
    record_for(asker, "camera_record", cameras, until=until.isoformat() if until else None)


@transaction.atomic
def stop_recording(asker: Asker, camera_ids: Iterable[UUID], now: datetime | None = None) -> None:
    """End what was started by hand; schedules go on counting. Raises NotFound, Invalid."""
    require(asker, Right.OPERATE)
    cameras = lock_cameras(asker, camera_ids)
    ids = [camera.pk for camera in cameras]
    if _end_recordings(ids, now or timezone.now()):
        wake_nodes_of(ids)
        record_for(asker, "camera_record_end", cameras)


def _end_recordings(camera_ids: list[UUID], now: datetime) -> int:
    is_on = Q(end=None) | Q(end__gt=now)
    return ManualRecording.objects.filter(is_on, camera__in=camera_ids).update(end=now)


@transaction.atomic
def enforce(
    asker: Asker, camera_ids: Iterable[UUID] | None = None, now: datetime | None = None
) -> int:
    """Let the nodes act now on what should run: no pause before the next try, changes taken up.

    Of all cameras, or of these; how many it concerns. Raises TooSoon where all of them were asked
    for within the last ten seconds.
    """
    require(asker, Right.OPERATE)
    now = now or timezone.now()
    chosen = cameras_of(asker).order_by()
    if camera_ids is not None:
        chosen = chosen.filter(pk__in=set(camera_ids))
    ids = sorted(chosen.values_list("pk", flat=True))
    rested = Q(enforced_at=None) | Q(enforced_at__lte=now - ENFORCE_PAUSE)
    due = list(
        Camera.objects.select_for_update(no_key=True).filter(rested, pk__in=ids).order_by("pk")
    )
    if not ids:
        return 0
    if not due:
        raise TooSoon("enforced_lately", TOO_SOON.fill(seconds=ENFORCE_PAUSE.seconds))
    Camera.objects.filter(pk__in=[camera.pk for camera in due]).update(
        enforce_number=F("enforce_number") + 1, enforced_at=now
    )
    wake_nodes_of(camera.pk for camera in due)
    record_for(asker, "camera_enforce", due)
    return len(due)


def lock_cameras(asker: Asker, camera_ids: Iterable[UUID]) -> list[Camera]:
    """The cameras, each with its site; nobody else acts on them until the transaction ends.

    Raises NotFound, and Invalid for none.
    """
    ids = set(camera_ids)
    if not ids:
        raise Invalid("nobody_chosen", _NOBODY_CHOSEN, field="camera_ids")
    for camera_id in ids - set(cameras_of(asker).order_by().values_list("pk", flat=True)):
        access_camera(asker, camera_id)  # raises NotFound
    list(Camera.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    return list(cameras_of(asker).filter(pk__in=ids))


def record_for(asker: Asker, act: str, cameras: list[Camera], **details: object) -> None:
    """One entry for all of them; a single camera is what the entry is about."""
    if len(cameras) == 1:
        record(asker.actor, act, "camera", cameras[0].pk, name=cameras[0].name, **details)
    else:
        ids = sorted(str(camera.pk) for camera in cameras)
        record(asker.actor, act, "cameras", cameras=ids, **details)
