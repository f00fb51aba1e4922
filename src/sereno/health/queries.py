"""Everything that the rooms below know of how things are, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sereno.accounts.queries import Asker
from sereno.base.spans import Span
from sereno.coverage.queries import alarms_of
from sereno.devices.models import DeviceChannel
from sereno.devices.queries import channels_with_cameras, devices_of, shown_of
from sereno.enforcer.models import RunnerState
from sereno.enforcer.queries_running import MAIN, runners_of, states_of
from sereno.enforcer.rules import Shown
from sereno.footage.queries import damaged_seconds_of
from sereno.health.facts import (
    AlarmFact,
    CameraFact,
    DeviceFact,
    DiskFact,
    Facts,
    NodeFact,
    Place,
    Problem,
    StreamFact,
    VolumeFact,
)
from sereno.health.models import Noticed
from sereno.health.queries_hub import hub_now
from sereno.health.rules import problems_of
from sereno.policy.reasons import Reason
from sereno.sites.models import Camera, Node
from sereno.sites.queries import cameras_of, nodes_of
from sereno.sites.rules import OFFLINE_AFTER, is_online

LOSSES_LOOKED_AT = timedelta(hours=1)
_NOT_DECODED = ("waiting", "failed", "stalled")


def problems_now(asker: Asker, now: datetime) -> list[Problem]:
    """What is wrong with all that `asker` may see, most severe first.

    A dozen statements, however many cameras there are.
    """
    noticed = dict(Noticed.objects.values_list("problem", "since"))
    return problems_of(facts_at(asker, now), noticed)


def facts_at(asker: Asker, now: datetime) -> Facts:
    """All that is known now."""
    cameras = list(cameras_of(asker))
    nodes = list(nodes_of(asker).select_related("site"))
    alarms = alarms_of(asker, now).filter(ended_at=None)
    return Facts(
        now=now,
        hub=hub_now(),
        nodes=tuple(_node(node, now) for node in nodes),
        streams=tuple(_streams(asker, cameras, now)),
        devices=tuple(_devices(asker, now)),
        alarms={each.camera_id: AlarmFact(each.since, each.reason) for each in alarms},
        damaged_seconds=damaged_seconds_of(cameras, Span(now - LOSSES_LOOKED_AT, now)),
    )


def _devices(asker: Asker, now: datetime) -> Iterator[DeviceFact]:
    """Every device, with the channels that people made cameras of; two statements."""
    devices = list(devices_of(asker))
    used: dict[UUID, list[tuple[DeviceChannel, Camera]]] = defaultdict(list)
    for channel, camera in channels_with_cameras(devices):
        used[channel.device_id].append((channel, camera))
    for device in devices:
        shown, channels = shown_of(device, now), used[device.pk]
        yield DeviceFact(
            id=device.pk,
            name=device.name,
            site=Place(device.site_id, device.site.name),
            node_id=device.node_id,
            state=shown.state,
            since=shown.since,
            reason=shown.reason,
            disks=tuple(DiskFact(each["id"], each["name"], each["state"]) for each in device.disks),
            clock_offset_seconds=device.clock["offset_seconds"] if device.clock else None,
            cameras=tuple(_camera(camera, camera.node_id) for _, camera in channels),
            missing_channels=tuple(
                camera.name for channel, camera in channels if channel.missing_since
            ),
        )


def _node(node: Node, now: datetime) -> NodeFact:
    heard = node.last_seen
    return NodeFact(
        id=node.pk,
        name=node.name,
        site=Place(node.site_id, node.site.name),
        is_online=is_online(heard, now),
        silent_since=node.enrolled_at if heard is None else heard + OFFLINE_AFTER,
        started_at=node.started_at,
        version=node.version,
        is_clock_synchronised=node.is_clock_synchronised,
        clock_offset_seconds=node.clock_offset_seconds,
        backlog=node.backlog,
        volumes=tuple(_volume(told) for told in node.volumes),
    )


def _volume(told: dict[str, Any]) -> VolumeFact:
    """As in `sereno.wire.reports.VolumeStatus`."""
    return VolumeFact(
        id=str(told["volume_id"]),
        path=told["path"],
        state=told["state"],
        total_bytes=told["total_bytes"],
        free_bytes=told["free_bytes"],
        footage_bytes=told["footage_bytes"],
        budget_bytes=told["budget_bytes"],
    )


def _streams(asker: Asker, cameras: Iterable[Camera], now: datetime) -> Iterator[StreamFact]:
    """The main stream of every camera, and each other one that a node has told of."""
    facts = {}
    for found in states_of(cameras, now):
        node_id = found.lease.node_id if found.lease else found.camera.node_id
        fact = facts[found.camera.pk] = _camera(found.camera, node_id)
        runner = found.runner
        is_its_nodes = runner is not None and runner.node_id in (None, node_id)
        yield _stream(fact, MAIN, found.shown, runner if is_its_nodes else None)
    for seen in runners_of(cameras_of(asker), now):
        runner = seen.runner
        if runner.stream != MAIN and runner.camera_id in facts:
            yield _stream(facts[runner.camera_id], runner.stream, seen.shown, runner)


def _camera(camera: Camera, node_id: UUID | None) -> CameraFact:
    host = urlsplit(camera.address).hostname or ""
    return CameraFact(
        camera.pk, camera.name, host, Place(camera.site_id, camera.site.name), node_id
    )


def _stream(camera: CameraFact, name: str, shown: Shown, runner: RunnerState | None) -> StreamFact:
    if runner is None:
        return StreamFact(camera, name, shown.state, shown.since, shown.reason)
    analysis = runner.analysis or {}
    fails = analysis.get("state") in _NOT_DECODED
    return StreamFact(
        camera=camera,
        stream=name,
        state=shown.state,
        since=shown.since,
        reason=shown.reason,
        last_error=_reason(runner.last_error),
        notices=tuple(filter(None, map(_reason, runner.notices))),
        probe=_reason(runner.probe),
        analysis=_reason(analysis.get("reason")) if fails else None,
        decoder=_reason(analysis.get("hwaccel_reason")),
        restarts=runner.restarts,
        bitrate_bps=runner.bitrate_bps,
    )


def _reason(kept: dict[str, Any] | None) -> Reason | None:
    """A reason as `RunnerState` keeps it."""
    return Reason(kept["key"], kept["params"], kept["raw"]) if kept else None
