"""Telling changes of states, each once, in order. Telling, not acting: not journalled."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from sereno.enforcer.queries_running import runners_of, states_of
from sereno.enforcer.rules import Shown
from sereno.live.models import StatusEvent, ToldState
from sereno.live.rules_status import MAIN, MOST_EVENTS, Told, events_between, next_told
from sereno.sites.models import Camera
from sereno.wire.reports import StreamStatus

STATUS_CHANNEL = "sereno_status"
# Any constant does. Held until the end of the transaction, so that numbers follow commits: who
# has heard number N has heard all before it.
STATUS_LOCK = 0x5E12E45

_Key = tuple[UUID, str]
_Change = tuple[Shown, Told | None, Told]


def tell_news(statuses: Iterable[StreamStatus], now: datetime) -> int:
    """Tell what a heartbeat brought, inside its transaction; how many events.

    Most heartbeats bring nothing new: that costs one statement.
    """
    spoken = {(each.camera_id, each.stream): each for each in statuses}
    told = _told({camera_id for camera_id, _ in spoken})
    news = set()
    for key, status in spoken.items():
        before = told.get(key)
        reason_key = status.reason.key if status.reason else ""
        if before is None or (before.state, before.reason_key) != (status.state, reason_key):
            news.add(key[0])
    return tell_states(now, news) if news else 0


@transaction.atomic
def tell_states(now: datetime, camera_ids: Collection[UUID] | None = None) -> int:
    """Write an event for each stream that is not as was last told; how many.

    Of the given cameras, or of all: states that begin because time passes (a node is not heard any
    more) are only found by looking. Front hears of it when this transaction commits.
    """
    if not _changes(now, camera_ids):
        return 0
    hold_numbers()
    # Once more: another may have told it while this one waited.
    changes = _changes(now, camera_ids)
    rows = [_row(key, after) for key, (_, _, after) in changes.items()]
    ToldState.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["camera", "stream"],
        update_fields=["state", "reason_key", "is_online"],
    )
    events = [event for key, change in changes.items() for event in _events(key, *change)]
    write_events(StatusEvent.objects.bulk_create(events))
    return len(events)


@transaction.atomic
def forget_told() -> None:
    """Forget what was told of streams that are no more: cameras removed, small streams given up."""
    gone = Q(camera__removed_at__isnull=False) | (~Q(stream=MAIN) & Q(camera__sub_address=""))
    ToldState.objects.filter(gone).delete()


def hold_numbers() -> None:
    """Until this transaction ends, nobody else numbers events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STATUS_LOCK])


def write_events(events: list[StatusEvent]) -> None:
    """Wake front, and forget the oldest."""
    if not events:
        return
    newest = events[-1].pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [STATUS_CHANNEL, str(newest)])
    StatusEvent.objects.filter(pk__lte=newest - MOST_EVENTS).delete()


def _changes(now: datetime, camera_ids: Collection[UUID] | None) -> dict[_Key, _Change]:
    cameras = Camera.objects.filter(removed_at=None)
    if camera_ids is not None:
        cameras = cameras.filter(pk__in=camera_ids)
    told = _told(camera_ids)
    changes: dict[_Key, _Change] = {}
    for key, view in sorted(_shown(cameras, now).items()):
        before = told.get(key)
        after = next_told(before, key[1], view.state, view.reason.key if view.reason else "")
        if after != before:
            changes[key] = (view, before, after)
    return changes


def _shown(cameras: QuerySet[Camera], now: datetime) -> dict[_Key, Shown]:
    """What people see of each stream; of a camera that nobody has told of, its main one."""
    found = list(cameras.select_related("node", "site"))
    shown = {
        (each.runner.camera_id, each.runner.stream): each.shown for each in runners_of(cameras, now)
    }
    return shown | {(each.camera.pk, MAIN): each.shown for each in states_of(found, now)}


def _told(camera_ids: Collection[UUID] | None) -> dict[_Key, Told]:
    rows = ToldState.objects.all()
    if camera_ids is not None:
        rows = rows.filter(camera__in=camera_ids)
    return {
        (row.camera_id, row.stream): Told(row.state, row.reason_key, row.is_online) for row in rows
    }


def _row(key: _Key, told: Told) -> ToldState:
    return ToldState(
        camera_id=key[0],
        stream=key[1],
        state=told.state,
        reason_key=told.reason_key,
        is_online=told.is_online,
    )


def _events(key: _Key, view: Shown, before: Told | None, after: Told) -> list[StatusEvent]:
    reason = view.reason
    return [
        StatusEvent(
            type=event_type,
            camera_id=key[0],
            stream=key[1],
            state=view.state,
            at=view.since,
            reason_key=reason.key if reason else "",
            reason_params=dict(reason.params) if reason else {},
            reason_raw=reason.raw if reason else "",
        )
        for event_type in events_between(before, after)
    ]
