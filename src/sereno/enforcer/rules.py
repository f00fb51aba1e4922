"""Which streams run now, and what people are told about them; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.policy.reasons import Reason
from sereno.sites.rules import OFFLINE_AFTER, is_online
from sereno.wire.reports import StreamState

NODE_OFFLINE = "node_offline"
NOT_ASSIGNED = "not_assigned"
SILENT = "silent"
# So many times the interval at which a stream is told of.
SILENT_AFTER = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """The last that was heard of a stream, and when it should have been heard again at the latest.

    None: nobody knows.
    """

    state: str
    since: datetime
    reason: Reason | None = None
    expected_by: datetime | None = None


def expected_by(heard_at: datetime, hb_interval: float) -> datetime:
    """When a stream that is told of each `hb_interval` seconds is silent."""
    return heard_at + timedelta(seconds=SILENT_AFTER * hb_interval)


@dataclass(frozen=True, slots=True)
class Shown:
    """What people see: a state of the node's or one of the hub's own."""

    state: str
    since: datetime
    reason: Reason | None = None


def shown(
    seen: Seen | None,
    *,
    has_node: bool,
    last_seen: datetime | None,
    created_at: datetime,
    now: datetime,
) -> Shown:
    """The state to show of a camera made at `created_at` whose node was heard at `last_seen`.

    An assigned camera of which the node has not spoken yet is being connected.
    """
    if not has_node:
        return Shown(NOT_ASSIGNED, created_at, Reason(NOT_ASSIGNED))
    if not is_online(last_seen, now):
        since = created_at if last_seen is None else last_seen + OFFLINE_AFTER
        return Shown(NODE_OFFLINE, max(since, created_at), Reason(NODE_OFFLINE))
    if seen is None:
        return Shown(StreamState.CONNECTING, created_at, Reason("connecting"))
    if seen.expected_by is not None and now >= seen.expected_by:
        return Shown(SILENT, seen.expected_by, Reason(SILENT))
    return Shown(seen.state, seen.since, seen.reason)
