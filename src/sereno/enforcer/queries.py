"""What nodes should run, and how their cameras are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sereno.enforcer.models import RunnerState
from sereno.enforcer.rules import Manner, Seen, Shown, desired_streams, shown
from sereno.sites.models import Camera, Node
from sereno.sites.queries import cameras_of_node
from sereno.sites.secrets import unseal
from sereno.wire.orders import CameraOrder, EngineName, TransportName


@dataclass(frozen=True, slots=True)
class CameraState:
    """A camera, what is shown of it, and the last its node said, if anything."""

    camera: Camera
    shown: Shown
    runner: RunnerState | None


def desired_of(node: Node) -> tuple[CameraOrder, ...]:
    """What `node` should run now, with the passwords it needs."""
    return tuple(
        CameraOrder(
            camera_id=camera.pk,
            name=camera.name,
            username=camera.username,
            password=unseal(camera.password_sealed),
            budget_bytes=camera.budget_bytes,
            retry_number=camera.retry_number,
            streams=desired_streams(camera.address, _manner_of(camera)),
        )
        for camera in cameras_of_node(node)
    )


def _manner_of(camera: Camera) -> Manner:
    return Manner(
        engine=cast(EngineName, camera.engine),
        transport=cast(TransportName, camera.transport),
        records_sound=camera.records_sound,
        nice=camera.nice,
        cpu_affinity=tuple(camera.cpu_affinity),
    )


def states_of(cameras: Iterable[Camera], now: datetime) -> list[CameraState]:
    """How each of `cameras` is, in their order; one statement for all of them."""
    cameras = list(cameras)
    heard = RunnerState.objects.filter(camera__in=cameras, stream="main")
    runners = {runner.camera_id: runner for runner in heard}
    return [_state(camera, runners.get(camera.pk), now) for camera in cameras]


def _state(camera: Camera, runner: RunnerState | None, now: datetime) -> CameraState:
    seen = Seen(runner.state, runner.since, runner.reason) if runner else None
    view = shown(
        seen,
        has_node=camera.node is not None,
        last_seen=camera.node.last_seen if camera.node else None,
        created_at=camera.created_at,
        now=now,
    )
    return CameraState(camera, view, runner)
