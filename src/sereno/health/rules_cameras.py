"""What is wrong with cameras: what fails for one cause is one problem; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote
from uuid import UUID

from sereno.base.errors import Words
from sereno.health.facts import (
    CAMERAS_PAGE,
    CameraFact,
    Facts,
    NodeFact,
    Place,
    Problem,
    Severity,
    StreamFact,
    Subject,
    SubjectKind,
)
from sereno.health.kinds import KINDS
from sereno.health.rules_devices import device_problems, explains
from sereno.health.rules_nodes import (
    NODE_OFFLINE,
    VOLUME_REASONS,
    cameras_of,
    is_of_volume,
    problem_of,
)
from sereno.health.wording import cameras_in_words, filled, of_many
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import Reason

_Item = TypeVar("_Item")
_Key = TypeVar("_Key", bound=Hashable)

MAIN = "main"
RESTING = ("paused", "not_scheduled", "standby")
CONNECTING_FOR_LONG = timedelta(seconds=60)
# How many cameras at how many addresses must be out of reach before it is the network's fault.
FEWEST_CAMERAS, FEWEST_HOSTS = 3, 2
RESTARTS_AN_HOUR = 2
FEWEST_RESTARTS = 4
# Of an hour of one camera that losses may have damaged.
LOSSES_TOLD_SECONDS, LOSSES_SERIOUS_SECONDS = 36.0, 360.0
HOUR_SECONDS = 3600.0

# Reasons that lie with the node rather than with what the camera is reached at.
_OF_NODE = frozenset(
    {
        *("disk_full", "disk_failed", "disk_missing", "disk_slow", "ledger_unwritten"),
        *("runner_died", "runner_hung", "runner_grew", "runner_out_of_memory"),
        *("ffmpeg_missing", "priority_refused", "clock_stepped", "lease_lost"),
        *("silent", "node_offline", "unexplained"),
    }
)
# Notices that people asked for themselves, or that are over; losses are measured another way.
_NO_PROBLEM = frozenset(
    {
        *("extra_cli_selects_ffmpeg", "stimeout_translated", "packets_lost", "volume_changed"),
        *("engine_changed", "format_changed", "connecting", "order_changed", "lease_lost"),
    }
)
_SERIOUS_NOTICES = frozenset({"ledger_unwritten"})
_NEVER_TRIED = Words(
    "It would fail when its time comes: {text}", "Fallaría cuando llegue su hora: {text}"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One stream and what is wrong with it."""

    stream: StreamFact
    reason: Reason
    severity: Severity
    since: datetime | None = None
    frame: Words | None = None  # around the reason's first sentence

    @property
    def cause(self) -> tuple[str, str, Words | None]:
        """What several streams have in common when one cause explains them all."""
        camera = self.stream.camera
        if camera.node_id is None:
            where = f"site {camera.site.id}"
        elif self.reason.key in _OF_NODE:
            where = f"node {camera.node_id}"
        else:
            where = f"host {camera.node_id} {camera.host}" if camera.host else str(camera.id)
        return self.reason.key, where, self.frame


def camera_problems(facts: Facts) -> Iterator[Problem]:
    """What is wrong with cameras and devices, beside what their nodes' problems explain."""
    nodes = {node.id: node for node in facts.nodes}
    streams = [stream for stream in facts.streams if not _is_explained(stream, nodes)]
    failures = [trouble for stream in streams if (trouble := _failure(stream, facts))]
    cut_off = _cut_off(streams, failures)
    for node_id, members in cut_off.items():
        yield _site_network(nodes[node_id], members)
    yield from device_problems(
        facts, cut_off, [(each.stream.camera, each.reason) for each in failures]
    )
    alarms = _late_alarms(streams, failures, facts)
    devices = {camera.id: device for device in facts.devices for camera in device.cameras}
    failures = [
        each
        for each in failures
        if each.stream.camera.node_id not in cut_off
        and not explains(devices.get(each.stream.camera.id), each.reason)
    ]
    troubles = [*failures, *alarms]
    troubles += [trouble for stream in streams for trouble in _remarks(stream)]
    for members in _grouped(troubles, lambda each: each.cause).values():
        yield _problem(members, nodes)
    yield from _restarts(streams, nodes, facts.now)
    yield from _losses(streams, facts)


def _is_explained(stream: StreamFact, nodes: dict[UUID, NodeFact]) -> bool:
    """Whether a problem of its node tells of it already."""
    node = nodes.get(stream.camera.node_id) if stream.camera.node_id else None
    if node is None:
        return False
    if stream.state == NODE_OFFLINE:
        return True
    return any(
        is_of_volume(stream, volume, VOLUME_REASONS[volume.state])
        for volume in node.volumes
        if volume.state in VOLUME_REASONS
    )


def _failure(stream: StreamFact, facts: Facts) -> Trouble | None:
    """Why the stream is not recorded though it should be; None where it is, or need not be."""
    if stream.state == "recording" or stream.state in RESTING:
        return None
    reason = stream.reason
    if stream.state == "connecting":
        reason = stream.last_error
        if reason is None and facts.now - stream.since < CONNECTING_FOR_LONG:
            return None
    reason = reason or stream.last_error or stream.reason or Reason("unexplained")
    alarm = facts.alarms.get(stream.camera.id) if stream.stream == MAIN else None
    since = min(alarm.since, stream.since) if alarm else stream.since
    severity = Severity.SERIOUS if stream.stream == MAIN else Severity.MINOR
    return Trouble(stream, reason, severity, since)


def _late_alarms(
    streams: Iterable[StreamFact], failures: Iterable[Trouble], facts: Facts
) -> Iterator[Trouble]:
    """Promises that are being broken although nothing else tells of it."""
    told = {each.stream.camera.id for each in failures}
    for stream in streams:
        alarm = facts.alarms.get(stream.camera.id)
        is_told = stream.camera.id in told or stream.state in ("recording", "connecting")
        if stream.stream == MAIN and alarm and not is_told:
            yield Trouble(stream, alarm.reason, Severity.SERIOUS, alarm.since)


def _remarks(stream: StreamFact) -> Iterator[Trouble]:
    """What stops nothing, or nothing yet."""
    for notice in stream.notices:
        if notice.key not in _NO_PROBLEM:
            is_serious = notice.key in _SERIOUS_NOTICES
            yield Trouble(stream, notice, Severity.SERIOUS if is_serious else Severity.MINOR)
    if stream.probe is not None and stream.state in RESTING:
        yield Trouble(stream, stream.probe, Severity.SERIOUS, frame=_NEVER_TRIED)
    for reason in (stream.analysis, stream.decoder):
        if reason is not None:
            yield Trouble(stream, reason, Severity.MINOR)


def _cut_off(
    streams: Iterable[StreamFact], failures: Iterable[Trouble]
) -> dict[UUID, list[Trouble]]:
    """Nodes that reach none of their cameras, with those; few cameras prove nothing."""
    wanted: dict[UUID, set[UUID]] = defaultdict(set)
    for stream in streams:
        if stream.camera.node_id is not None and stream.state not in RESTING:
            wanted[stream.camera.node_id].add(stream.camera.id)
    out = [
        each for each in failures if each.reason.retry is Retry.NETWORK and each.stream.camera.host
    ]
    found = {}
    for node_id, members in _grouped(out, lambda each: each.stream.camera.node_id).items():
        cameras = {each.stream.camera.id for each in members}
        hosts = {each.stream.camera.host for each in members}
        is_enough = len(cameras) >= FEWEST_CAMERAS and len(hosts) >= FEWEST_HOSTS
        if node_id is not None and is_enough and cameras == wanted[node_id]:
            found[node_id] = members
    return found


def _site_network(node: NodeFact, members: Iterable[Trouble]) -> Problem:
    members = list(members)
    cameras = cameras_of(each.stream for each in members)
    since = max(each.since for each in members if each.since)  # before, some were still reached
    return problem_of(node, "site_network", kind="site", cameras=cameras, since=since)


def _problem(members: list[Trouble], nodes: dict[UUID, NodeFact]) -> Problem:
    """One problem for streams that one cause explains."""
    oldest = min(members, key=lambda each: (each.since is None, each.since))
    cameras = cameras_of(each.stream for each in members)
    words = oldest.reason.what()
    if oldest.frame is not None:
        words = filled(oldest.frame, text=words)
    subject, where = _subject(oldest, cameras, nodes)
    if len(cameras) > 1:
        words = of_many(len(cameras), where, words)
    raws = [each.reason.raw for each in members if each.reason.raw]
    return Problem(
        key=oldest.reason.key if oldest.frame is None else f"{oldest.reason.key}_later",
        severity=max(each.severity for each in members),
        subject=subject,
        since=oldest.since,
        words=words,
        advice=oldest.reason.advice(),
        raw=raws[0] if raws else "",
        cameras=cameras,
        site=oldest.stream.camera.site,
        link=_link(cameras),
    )


def _subject(
    trouble: Trouble, cameras: tuple[CameraFact, ...], nodes: dict[UUID, NodeFact]
) -> tuple[Subject, str]:
    """What a group's problem is of, and what the group is called in words."""
    kind: SubjectKind = "clock" if "clock" in trouble.reason.key else "camera"
    if len(cameras) == 1:
        return Subject(kind, str(cameras[0].id), cameras[0].name), ""
    camera = trouble.stream.camera
    node = nodes.get(camera.node_id) if camera.node_id else None
    if node is None:
        return Subject("site", str(camera.site.id), camera.site.name), camera.site.name
    if trouble.reason.key in _OF_NODE:
        return Subject("node", str(node.id), node.name), node.name
    return Subject(kind, f"{node.id} {camera.host}", camera.host), camera.host


def _link(cameras: tuple[CameraFact, ...]) -> str:
    """The camera's page, or the list of cameras, those of one address alone if they have one."""
    if len(cameras) == 1:
        return f"{CAMERAS_PAGE}/{cameras[0].id}"
    hosts = {camera.host for camera in cameras}
    host = hosts.pop() if len(hosts) == 1 else ""
    return f"{CAMERAS_PAGE}?q={quote(host)}" if host else CAMERAS_PAGE


def _restarts(
    streams: Iterable[StreamFact], nodes: dict[UUID, NodeFact], now: datetime
) -> Iterator[Problem]:
    """Streams that record, and whose process starts anew again and again."""
    often: dict[UUID, list[StreamFact]] = defaultdict(list)
    for stream in streams:
        node = nodes.get(stream.camera.node_id) if stream.camera.node_id else None
        if node is None or node.started_at is None or stream.state != "recording":
            continue
        hours = max((now - node.started_at).total_seconds() / HOUR_SECONDS, 1.0)
        most = max(FEWEST_RESTARTS, RESTARTS_AN_HOUR * hours)
        if stream.restarts >= most:
            often[node.id].append(stream)
    for node_id, members in often.items():
        yield problem_of(nodes[node_id], "restarts_often", cameras=cameras_of(members))


def _losses(streams: Iterable[StreamFact], facts: Facts) -> Iterator[Problem]:
    """What packets that got lost did to the last hour; cameras at one address together."""
    hurt = [
        stream
        for stream in streams
        if stream.stream == MAIN
        and facts.damaged_seconds.get(stream.camera.id, 0.0) >= LOSSES_TOLD_SECONDS
    ]
    places = _grouped(hurt, lambda each: (each.camera.node_id, each.camera.host or each.camera.id))
    for members in places.values():
        cameras = cameras_of(members)
        seconds = max(facts.damaged_seconds[camera.id] for camera in cameras)
        yield _loss(cameras, seconds, cameras[0].site)


def _loss(cameras: tuple[CameraFact, ...], seconds: float, site: Place) -> Problem:
    kind, first = KINDS["losses"], cameras[0]
    is_one = len(cameras) == 1
    who = Words(first.name, first.name) if is_one else cameras_in_words(len(cameras))
    percent = min(100, round(100 * seconds / HOUR_SECONDS))
    return Problem(
        key="losses",
        severity=Severity.SERIOUS if seconds >= LOSSES_SERIOUS_SECONDS else kind.severity,
        subject=Subject("camera", str(first.id), first.name if is_one else first.host),
        since=None,
        words=filled(kind.words, cameras=who, percent=percent),
        advice=kind.advice,
        cameras=cameras,
        site=site,
        link=_link(cameras),
    )


def _grouped(items: Iterable[_Item], key: Callable[[_Item], _Key]) -> dict[_Key, list[_Item]]:
    groups: dict[_Key, list[_Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
