"""Taking what nodes say of their streams. Telling, not acting: not journalled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from sereno.base.redact import redact
from sereno.enforcer.leases import run_by
from sereno.enforcer.models import RunnerState
from sereno.sites.models import Node
from sereno.wire.reports import ReasonReport, StreamStatus

# Taken as they are told.
_PLAIN = (
    "since",
    "next_try",
    "engine",
    "transport",
    "clock",
    "codec",
    "sound",
    "width",
    "height",
    "pid",
    "bitrate_bps",
    "fps",
    "advertised_fps",
    "fragments_per_second",
    "key_interval_seconds",
    "lost_packets",
    "profile",
    "profile_version",
    "is_pending",
    "started_at",
    "restarts",
    "shared_by",
    "nice",
    "hb_interval",
    "newest_at",
)
_KEY = ("camera", "stream")
_FIELDS = tuple(
    field.name
    for field in RunnerState._meta.concrete_fields
    if field.name not in _KEY and not field.primary_key
)
_NO_REASON: dict[str, Any] = {"key": "", "params": {}, "raw": ""}


@transaction.atomic
def record_states(
    node: Node, statuses: Iterable[StreamStatus], now: datetime, *, is_whole: bool = False
) -> None:
    """Remember what the node says of its streams; what it does not speak of stays known.

    Unless `is_whole`: then those are all that it has.

    Cameras that are another's to run are passed over: the heartbeat was on its way while a person
    changed something, or the node has lost their lease.
    """
    spoken = {(status.camera_id, status.stream): status for status in statuses}
    own = run_by(node, (camera_id for camera_id, _ in spoken))
    states = [_state(node, spoken[key], now) for key in sorted(spoken) if key[0] in own]
    RunnerState.objects.bulk_create(
        states, update_conflicts=True, unique_fields=_KEY, update_fields=_FIELDS
    )
    _forget(node, now, is_whole=is_whole)


def _forget(node: Node, now: datetime, *, is_whole: bool) -> None:
    """Rows of cameras that went, or went to another node; of all that a whole list leaves out."""
    told = RunnerState.objects.filter(Q(node=node) | Q(node=None, camera__node=node))
    if is_whole:
        told.filter(heard_at__lt=now).delete()
        return
    elsewhere = ~Q(camera__node=node) & ~Q(camera__standby_node=node)
    told.filter(elsewhere | Q(camera__removed_at__isnull=False)).delete()


def _state(node: Node, status: StreamStatus, now: datetime) -> RunnerState:
    reason = _kept(status.reason) or _NO_REASON
    return RunnerState(
        camera_id=status.camera_id,
        node=node,
        stream=status.stream,
        state=status.state.value,
        reason_key=reason["key"],
        reason_params=reason["params"],
        reason_raw=reason["raw"],
        engine_reason=_kept(status.engine_reason),
        effective_args=_text(status.effective_args),
        ffmpeg_args=_text(status.ffmpeg_args),
        notices=[_kept(notice) for notice in status.notices],
        last_error=_kept(status.last_error),
        probe=_kept(status.probe),
        last_exit=_text(status.last_exit)[:200],
        cpu_affinity=list(status.cpu_affinity),
        analysis=_analysis(status),
        heard_at=now,
        **{name: getattr(status, name) for name in _PLAIN},
    )


def _analysis(status: StreamStatus) -> dict[str, Any] | None:
    """As in `AnalysisStatus`."""
    if (told := status.analysis) is None:
        return None
    return told.model_dump(mode="json") | {
        "reason": _kept(told.reason),
        "hwaccel_reason": _kept(told.hwaccel_reason),
        "effective_args": _text(told.effective_args),
        "hwaccel": _text(told.hwaccel),
    }


def _kept(reason: ReasonReport | None) -> dict[str, Any] | None:
    if reason is None:
        return None
    params = {name: _text(value) for name, value in reason.params.items()}
    return {"key": reason.key, "params": params, "raw": _text(reason.raw)}


def _text(told: str) -> str:
    """What a program printed, as it may be kept: no secrets, and no NUL, which no column takes."""
    return redact(told.replace("\0", ""))
