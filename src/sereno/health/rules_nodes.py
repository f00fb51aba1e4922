"""What is wrong with nodes: their line, clocks, version and disks; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from sereno.health.facts import (
    SYSTEM_PAGE,
    CameraFact,
    Facts,
    NodeFact,
    Problem,
    Severity,
    StreamFact,
    Subject,
    SubjectKind,
    VolumeFact,
)
from sereno.health.kinds import KINDS
from sereno.health.wording import cameras_in_words, filled
from sereno.policy.reasons import Reason

NODE_OFFLINE = "node_offline"
LARGEST_CLOCK_OFFSET_SECONDS = 2.0
LARGEST_BACKLOG = 1000
SHORTEST_ROOM_HOURS = 24.0
# The reason that streams have for each state of a volume; the node says the same of both.
VOLUME_REASONS = {
    "missing": "disk_missing",
    "full": "disk_full",
    "failing": "disk_failed",
    "slow": "disk_slow",
}


def node_problems(facts: Facts) -> Iterator[Problem]:
    """What is wrong with each node; nothing that it said is believed once it is offline."""
    streams: dict[UUID, list[StreamFact]] = defaultdict(list)
    for stream in facts.streams:
        if stream.camera.node_id is not None:
            streams[stream.camera.node_id].append(stream)
    for node in facts.nodes:
        if not node.is_online:
            yield _offline(node, streams[node.id])
            continue
        yield from _clock(node)
        if node.version and node.version != facts.hub.version:
            yield problem_of(node, "node_version", version=node.version, hub=facts.hub.version)
        if node.backlog >= LARGEST_BACKLOG:
            yield problem_of(node, "backlog", count=node.backlog)
        yield from _volumes(node, streams[node.id])


def _offline(node: NodeFact, streams: Iterable[StreamFact]) -> Problem:
    cameras = cameras_of(stream for stream in streams if stream.state == NODE_OFFLINE)
    key = NODE_OFFLINE if cameras else "spare_node_offline"
    return problem_of(node, key, cameras=cameras, since=node.silent_since)


def _clock(node: NodeFact) -> Iterator[Problem]:
    offset = node.clock_offset_seconds or 0.0
    if abs(offset) > LARGEST_CLOCK_OFFSET_SECONDS:
        yield _wrong_clock(node, f"{abs(offset):.0f}")
    elif node.is_clock_synchronised is False:
        yield problem_of(node, "clock_loose", kind="clock")


def _wrong_clock(node: NodeFact, seconds: str) -> Problem:
    reason = Reason("site_clock_wrong", {"seconds": seconds})
    return Problem(
        key=reason.key,
        severity=Severity.SERIOUS,
        subject=Subject("clock", str(node.id), node.name),
        since=None,
        words=reason.what(),
        advice=reason.advice(),
        site=node.site,
        link=SYSTEM_PAGE,
    )


def _volumes(node: NodeFact, streams: Iterable[StreamFact]) -> Iterator[Problem]:
    streams = list(streams)
    usable = [volume for volume in node.volumes if volume.state in ("ok", "slow")]
    for volume in node.volumes:
        if (key := VOLUME_REASONS.get(volume.state)) is not None:
            yield _volume(node, volume, key, streams, is_last=not usable)
    daily_bytes = sum(stream.bitrate_bps for stream in streams) / 8 * 86_400
    room_bytes = sum(map(_room, usable))
    if usable and daily_bytes and room_bytes / daily_bytes * 24 < SHORTEST_ROOM_HOURS:
        hours = f"{room_bytes / daily_bytes * 24:.0f}"
        yield problem_of(node, "room_short", kind="disk", hours=hours)


def _room(volume: VolumeFact) -> int:
    """What footage may take there in all: what it takes and what is free, within its limit."""
    most = volume.footage_bytes + volume.free_bytes
    return most if volume.budget_bytes is None else min(most, volume.budget_bytes)


def _volume(
    node: NodeFact, volume: VolumeFact, key: str, streams: Iterable[StreamFact], *, is_last: bool
) -> Problem:
    """One volume that is not as it should be, with the streams that say it is why they fail.

    Without another to go on with, nothing of the node is recorded.
    """
    hurt = [stream for stream in streams if is_of_volume(stream, volume, key)]
    told = [stream.reason.raw for stream in hurt if stream.reason and stream.reason.raw]
    reason = Reason(key, {"volume": volume.path})
    return Problem(
        key=key,
        severity=_volume_severity(volume, is_last=is_last),
        subject=Subject("disk", volume.id, f"{node.name}: {volume.path}"),
        since=None,
        words=reason.what(),
        advice=reason.advice(),
        raw=told[0] if told else "",
        cameras=cameras_of(hurt),
        site=node.site,
        link=SYSTEM_PAGE,
    )


def _volume_severity(volume: VolumeFact, *, is_last: bool) -> Severity:
    return Severity.CRITICAL if is_last and volume.state != "slow" else Severity.SERIOUS


def is_of_volume(stream: StreamFact, volume: VolumeFact, key: str) -> bool:
    """Whether a stream is in trouble because of `volume`, whose trouble is `key`."""
    reason = stream.reason
    if reason is None or stream.state == "recording" or reason.key not in (key, "disk_missing"):
        return False
    return reason.params.get("volume", volume.path) == volume.path


def cameras_of(streams: Iterable[StreamFact]) -> tuple[CameraFact, ...]:
    """Whose streams they are: each once, by name."""
    found = {stream.camera.id: stream.camera for stream in streams}
    return tuple(sorted(found.values(), key=lambda camera: (camera.name, camera.id)))


def problem_of(
    node: NodeFact,
    key: str,
    *,
    kind: SubjectKind = "node",
    cameras: tuple[CameraFact, ...] = (),
    since: datetime | None = None,
    severity: Severity | None = None,
    **params: object,
) -> Problem:
    """A problem of `KINDS` that a node has; `params` are for its words."""
    entry = KINDS[key]
    known = {"node": node.name, "cameras": cameras_in_words(len(cameras))} | params
    return Problem(
        key=key,
        severity=severity or entry.severity,
        subject=Subject(kind, str(node.id), node.name),
        since=since,
        words=filled(entry.words, **known),
        advice=filled(entry.advice, **known),
        cameras=cameras,
        site=node.site,
        link=SYSTEM_PAGE,
    )
