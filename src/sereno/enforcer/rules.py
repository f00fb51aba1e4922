"""Which streams run now, and what people are told about them; pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sereno.base.errors import Words
from sereno.policy.reasons import Reason
from sereno.sites.rules import OFFLINE_AFTER, is_online
from sereno.wire.orders import EngineName, StreamOrder, TransportName
from sereno.wire.reports import StreamState

NODE_OFFLINE = "node_offline"
NOT_ASSIGNED = "not_assigned"

# Reasons of the hub's own, beside those that nodes give (sereno.policy.reasons).
HUB_REASONS = {
    NODE_OFFLINE: Words(
        "The site's node has not been heard lately. It may be recording all the same; "
        "check its power and the site's connection.",
        "No se sabe nada del nodo del sitio últimamente. Puede que siga grabando; "
        "revise su corriente y la conexión del sitio.",
    ),
    NOT_ASSIGNED: Words(
        "No node runs this camera. Enrol a node at its site.",
        "Ningún nodo atiende esta cámara. Registre un nodo en su sitio.",
    ),
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a camera is recorded; the fields of `StreamOrder`."""

    engine: EngineName
    transport: TransportName
    records_sound: bool
    nice: int
    cpu_affinity: tuple[int, ...]


def desired_streams(address: str, manner: Manner) -> tuple[StreamOrder, ...]:
    """What a camera's node runs now: the main stream, recorded without a pause."""
    return (StreamOrder(stream="main", address=address, is_recorded=True, **asdict(manner)),)


@dataclass(frozen=True, slots=True)
class Seen:
    """The last that was heard of a stream."""

    state: str
    since: datetime
    reason: Reason | None = None


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
    return Shown(seen.state, seen.since, seen.reason)


def words_of(reason: Reason) -> Words:
    """The sentences of a reason, the node's or the hub's own."""
    return HUB_REASONS.get(reason.key) or reason.words()
