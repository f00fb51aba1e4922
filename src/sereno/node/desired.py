"""The streams of the node's orders, as they are to be now.

The node goes by the plans itself, so that schedules and pauses begin and end without the hub.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sereno.base.clock import Clock
from sereno.base.errors import Invalid
from sereno.node.leases import STANDBY, Leases
from sereno.node.rows import StreamKey
from sereno.node.wishes import Rest, Wish
from sereno.policy.decisions import Decision, decide
from sereno.policy.knobs import Manner
from sereno.policy.reasons import Reason
from sereno.wire.orders import CameraOrder, MannerOrder, Orders, StreamOrder
from sereno.wire.reports import ReasonReport, StreamState

log = logging.getLogger(__name__)

LEAST_SECONDS = 0.001  # two clocks never agree on an instant
LONGEST_DECISION = timedelta(days=1)

Aim = Wish | Rest


@dataclass(slots=True)
class _Camera:
    """An order, and what it comes to from `since` up to, not including, `until`."""

    order: CameraOrder
    since: datetime
    until: datetime
    decision: Decision
    barred: ReasonReport | None  # why it is another node's to run
    aims: dict[StreamKey, Aim] = field(default_factory=dict)

    def holds_at(self, now: datetime, barred: ReasonReport | None) -> bool:
        return self.since <= now < self.until and self.barred == barred


class Desired:
    """`take` new orders, `look` at what they come to; the answer is a new one when it changed."""

    def __init__(self, clock: Clock, leases: Leases) -> None:
        self._clock = clock
        self._leases = leases
        self._cameras: dict[UUID, _Camera] = {}
        self._orders: dict[UUID, CameraOrder] = {}
        # Cameras that got a standby node while they ran, and when that was heard: until the hub
        # was asked nobody else has them.
        self._unasked: dict[UUID, float] = {}
        self._aims: dict[StreamKey, Aim] = {}
        self._has_changed = False

    def take(self, orders: Orders) -> None:
        """From now on these are the orders."""
        before, self._orders = self._orders, {each.camera_id: each for each in orders.cameras}
        for camera_id, order in self._orders.items():
            known = before.get(camera_id)
            if order.needs_lease and known is not None and not known.needs_lease:
                self._unasked[camera_id] = self._clock.boottime()
        self._cameras = {
            camera_id: known
            for camera_id, known in self._cameras.items()
            if known.order == self._orders.get(camera_id)
        }
        self._has_changed = True

    def look(self) -> Mapping[StreamKey, Aim]:
        """How each ordered stream is to be now."""
        now = self._clock.now()
        for camera_id, order in self._orders.items():
            known = self._cameras.get(camera_id)
            barred = None if self._needs_none(order) else self._leases.why_not(camera_id)
            if known is None or not known.holds_at(now, barred):
                self._cameras[camera_id] = _decided(order, now, barred)
                self._has_changed = True
        if self._has_changed:
            self._has_changed = False
            self._aims = {
                key: aim for camera in self._cameras.values() for key, aim in camera.aims.items()
            }
        return self._aims

    def seconds_to_change(self) -> float:
        """How long what `look` said holds at most, by the wall clock."""
        ends = min((camera.until for camera in self._cameras.values()), default=None)
        if ends is None:
            return LONGEST_DECISION.total_seconds()
        return max((ends - self._clock.now()).total_seconds(), LEAST_SECONDS)

    def wish_at(self, key: StreamKey, moment: datetime) -> Wish | None:
        """How the stream is to be recorded at a moment to come; None: it is not."""
        order = self._orders.get(key.camera_id)
        if order is None:
            return None
        aim = dict(_aims_of(order, _decision(order, moment), None)).get(key)
        return aim if isinstance(aim, Wish) and aim.is_recorded else None

    def configured(self, key: StreamKey) -> Wish | None:
        """How the stream is recorded whenever it is; None: the orders hold no such stream."""
        if (order := self._orders.get(key.camera_id)) is None:
            return None
        profile = _decision(order, self._clock.now()).profile
        for stream in order.streams:
            if stream.stream == key.stream:
                return _wish(order, stream, profile, manner_of(order, profile))
        return None

    def is_run(self, key: StreamKey) -> bool:
        """Whether the stream is ever recorded, be it not at the moment."""
        wish = self.configured(key)
        return wish is not None and wish.is_recorded

    def write_until(self, key: StreamKey) -> float | None:
        """The `Clock.boottime` up to which the stream may be written; None: no end."""
        order = self._orders.get(key.camera_id)
        if order is None or self._needs_none(order):
            return None
        return self._leases.write_until(key.camera_id) or 0.0

    def lacks_leases(self) -> bool:
        """Whether there is a camera that this node may run only once the hub says so."""
        return any(
            order.needs_lease and self._leases.write_until(camera_id) is None
            for camera_id, order in self._orders.items()
        )

    def _needs_none(self, order: CameraOrder) -> bool:
        """Whether the camera may be run without a lease."""
        if not order.needs_lease:
            return True
        is_asked_for = order.camera_id in self._leases.to_release
        unasked_since = self._unasked.get(order.camera_id, -1.0)
        return unasked_since >= self._leases.answered_at and not is_asked_for


def _decided(order: CameraOrder, now: datetime, barred: ReasonReport | None) -> _Camera:
    decision = _decision(order, now)
    until = min(decision.until or now + LONGEST_DECISION, now + LONGEST_DECISION)
    camera = _Camera(order, now, until, decision, barred)
    camera.aims.update(_aims_of(order, decision, barred))
    return camera


def _decision(order: CameraOrder, now: datetime) -> Decision:
    try:
        return decide(order.plan, "recording", now)
    except Invalid as error:
        log.error(  # noqa: TRY400  the words say all
            "The plan of camera %s cannot be followed, so it is always recorded: %s",
            order.camera_id, error,
        )  # fmt: skip
        return Decision(runs=True, profile="", why=Reason("always"), until=None)


def _aims_of(
    order: CameraOrder, decision: Decision, barred: ReasonReport | None
) -> Iterator[tuple[StreamKey, Aim]]:
    manner = manner_of(order, decision.profile)
    rest = _rest(decision, manner.manner, barred)
    used = {name for each in order.manners.values() for name in each.manner.streams}
    used.update(manner.manner.streams)
    for stream in order.streams:
        key = StreamKey(order.camera_id, stream.stream)
        if rest is None:
            yield key, _wish(order, stream, decision.profile, manner)
        elif stream.stream in used:
            yield key, rest


def _rest(decision: Decision, manner: Manner, barred: ReasonReport | None) -> Rest | None:
    """Whoever may not run a camera says nothing of its plan: that is for the other node to tell."""
    if barred is not None:
        return Rest(StreamState.STANDBY, STANDBY, barred, manner)
    if decision.runs:
        return None
    is_paused = decision.why.key == StreamState.PAUSED
    state = StreamState.PAUSED if is_paused else StreamState.NOT_SCHEDULED
    reason = ReasonReport.of(decision.why)
    return Rest(state, reason, reason, manner, decision.until)


def _wish(order: CameraOrder, stream: StreamOrder, profile: str, manner: MannerOrder) -> Wish:
    return Wish(
        address=stream.address,
        username=order.username,
        password=order.password,
        manner=manner.manner,
        is_recorded=stream.stream in manner.manner.streams,
        profile=profile,
        version=manner.version,
        restart_number=manner.restart_number,
        retry_number=order.retry_number,
        enforce_number=order.enforce_number,
    )


def manner_of(order: CameraOrder, profile: str = "") -> MannerOrder:
    """How the camera is run while the plan names this profile."""
    return order.manners.get(profile) or order.manners.get("") or _USUAL


_USUAL = MannerOrder.model_validate({"manner": {}})
