"""Taking what nodes say of their streams. Telling, not acting: not journalled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from sereno.base.redact import redact
from sereno.enforcer.models import RunnerState
from sereno.sites.models import Node
from sereno.sites.queries import camera_ids_of_node
from sereno.wire.reports import ReasonReport, StreamStatus

_FIELDS = (
    "state",
    "since",
    "reason_key",
    "reason_params",
    "reason_raw",
    "next_try",
    "engine",
    "engine_reason",
    "transport",
    "clock",
    "codec",
    "sound",
    "width",
    "height",
    "pid",
    "effective_args",
    "bitrate_bps",
    "fps",
    "lost_packets",
    "notices",
    "newest_at",
    "heard_at",
)


@transaction.atomic
def record_states(node: Node, statuses: Iterable[StreamStatus], now: datetime) -> None:
    """Replace what was known of the node's streams by what it says now.

    A camera that is the node's no longer is passed over: the heartbeat was on its way while a
    person changed something.
    """
    spoken = {(status.camera_id, status.stream): status for status in statuses}
    own = camera_ids_of_node(node, (camera_id for camera_id, _ in spoken))
    states = [_state(spoken[key], now) for key in sorted(spoken) if key[0] in own]
    RunnerState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["camera", "stream"],
        update_fields=_FIELDS,
    )
    RunnerState.objects.filter(camera__node=node, heard_at__lt=now).delete()


def _state(status: StreamStatus, now: datetime) -> RunnerState:
    reason = _kept(status.reason) if status.reason else _NO_REASON
    return RunnerState(
        camera_id=status.camera_id,
        stream=status.stream,
        state=status.state.value,
        since=status.since,
        reason_key=reason["key"],
        reason_params=reason["params"],
        reason_raw=reason["raw"],
        next_try=status.next_try,
        engine=status.engine,
        engine_reason=_kept(status.engine_reason) if status.engine_reason else None,
        transport=status.transport,
        clock=status.clock,
        codec=status.codec,
        sound=status.sound,
        width=status.width,
        height=status.height,
        pid=status.pid,
        effective_args=_text(status.effective_args),
        bitrate_bps=status.bitrate_bps,
        fps=status.fps,
        lost_packets=status.lost_packets,
        notices=[_kept(notice) for notice in status.notices],
        newest_at=status.newest_at,
        heard_at=now,
    )


_NO_REASON: dict[str, Any] = {"key": "", "params": {}, "raw": ""}


def _kept(reason: ReasonReport) -> dict[str, Any]:
    params = {name: _text(value) for name, value in reason.params.items()}
    return {"key": reason.key, "params": params, "raw": _text(reason.raw)}


def _text(told: str) -> str:
    """What a program printed, as it may be kept: no secrets, and no NUL, which no column takes."""
    return redact(told.replace("\0", ""))
