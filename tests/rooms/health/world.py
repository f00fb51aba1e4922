"""A small world to be judged: one site, one node, some cameras."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sereno.health.facts import (
    CameraFact,
    Facts,
    HubFact,
    NodeFact,
    Place,
    Problem,
    StreamFact,
    VolumeFact,
)
from sereno.health.rules import problems_of
from sereno.policy.reasons import Reason

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SCHOOL = Place(1, "School")
VOLUME = VolumeFact("v1", "/mnt/a", "ok", 10**12, 10**11, 8 * 10**11)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


HUB = HubFact(
    version="0.2.0",
    data_path="/srv/sereno",
    free_bytes=10**11,
    worker_heard_at=ago(seconds=8),
    database_bytes=10**8,
    newest_backup_at=ago(days=3),
    first_day=ago(days=90),
)
NODE = NodeFact(
    id=UUID(int=1),
    name="box",
    site=SCHOOL,
    is_online=True,
    silent_since=NOW,
    started_at=ago(hours=10),
    version="0.2.0",
    is_clock_synchronised=True,
    clock_offset_seconds=0.1,
    volumes=(VOLUME,),
)


def camera(number: int, host: str = "203.0.113.9") -> CameraFact:
    return CameraFact(UUID(int=100 + number), f"Camera {number}", host, SCHOOL, NODE.id)


def stream(of: CameraFact, state: str = "recording", key: str = "", **more: Any) -> StreamFact:
    params = more.pop("params", {"host": of.host, "port": "554"})
    reason = Reason(key, params, more.pop("raw", "")) if key else None
    since = more.pop("since", ago(minutes=5))
    name = more.pop("stream", "main")
    return StreamFact(of, name, state, since, reason, **more)


def judged(
    *streams: StreamFact, node: NodeFact = NODE, hub: HubFact = HUB, **more: Any
) -> list[Problem]:
    """What is wrong with this world; its node runs these streams."""
    noticed = more.pop("noticed", {})
    return problems_of(Facts(NOW, hub, (node,), streams, **more), noticed)


def only(*streams: StreamFact, **more: Any) -> Problem:
    """The one thing that is wrong with it."""
    (found,) = judged(*streams, **more)
    return found


def node(**changes: Any) -> NodeFact:
    return replace(NODE, **changes)


def hub(**changes: Any) -> HubFact:
    return replace(HUB, **changes)
