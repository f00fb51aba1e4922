"""How cameras and their streams are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from sereno.enforcer.leases import leases_of
from sereno.enforcer.models import Lease, RunnerState
from sereno.enforcer.rules import NODE_OFFLINE, Seen, Shown, expected_by, shown
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera

MAIN = "main"


@dataclass(frozen=True, slots=True)
class CameraState:
    """A camera, what is shown of it, the last its node said, and who holds its lease, if any."""

    camera: Camera
    shown: Shown
    runner: RunnerState | None
    lease: Lease | None = None


def states_of(cameras: Iterable[Camera], now: datetime) -> list[CameraState]:
    """How each of `cameras` is, in their order; two statements for all of them."""
    cameras = list(cameras)
    heard = RunnerState.objects.filter(camera__in=cameras, stream=MAIN)
    runners = {runner.camera_id: runner for runner in heard}
    leases = leases_of(cameras)
    return [_state(each, runners.get(each.pk), leases.get(each.pk), now) for each in cameras]


def _state(
    camera: Camera, runner: RunnerState | None, lease: Lease | None, now: datetime
) -> CameraState:
    view = shown_of(camera, runner, lease, now)
    return CameraState(camera, view, runner, lease)


def shown_of(
    camera: Camera, runner: RunnerState | None, lease: Lease | None, now: datetime
) -> Shown:
    """What is shown of one of its streams. The node that counts is the one that may run it.

    What another node said of it before is not how it is now.
    """
    node = lease.node if lease else camera.node
    is_of_node = runner is not None and node is not None and runner.node_id in (None, node.pk)
    seen = seen_of(runner) if runner is not None and is_of_node else None
    view = shown(
        seen,
        has_node=node is not None,
        last_seen=node.last_seen if node else None,
        created_at=camera.created_at,
        now=now,
    )
    if lease is None or lease.release_id is None:
        return view
    return _on_its_way(view, lease, is_known=seen is not None)


def _on_its_way(view: Shown, lease: Lease, *, is_known: bool) -> Shown:
    """What is shown while the holder is to give the camera to the camera's own node."""
    if view.state == NODE_OFFLINE:
        key = "handing_over" if lease.expires_at else "hand_over_waits"
    elif is_known:
        return view
    else:
        key = "handing_over"
    return replace(view, reason=Reason(key, {"node": lease.node.name}))


def seen_of(runner: RunnerState) -> Seen:
    """The last that was heard of a stream."""
    due = expected_by(runner.heard_at, runner.hb_interval)
    return Seen(runner.state, runner.since, runner.reason, due)


@dataclass(frozen=True, slots=True)
class RunnerSeen:
    """A stream that a node has told of, and what is shown of it."""

    runner: RunnerState
    shown: Shown

    @property
    def camera(self) -> Camera:
        return self.runner.camera


def runners_of(cameras: QuerySet[Camera], now: datetime) -> list[RunnerSeen]:
    """Every stream of `cameras` that a node has told of, by camera; two statements."""
    rows = RunnerState.objects.filter(camera__in=cameras.order_by())
    runners = list(
        rows.select_related("node", "camera__node", "camera__site").order_by(
            "camera__name", "camera", "stream"
        )
    )
    leases = leases_of({runner.camera for runner in runners})
    return [
        RunnerSeen(each, shown_of(each.camera, each, leases.get(each.camera_id), now))
        for each in runners
    ]
