"""Decoded pictures of what is recorded, for whoever subscribes to them.

The camera is not asked for anything: ffmpeg is fed with the bytes of the recording as one more
viewer would be. A camera that is not recorded has nothing to analyse, and its analysis waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

from sereno.base.clock import Clock
from sereno.base.errors import Invalid
from sereno.media.analysis import Decoding
from sereno.node.decoding import Follower, Picture
from sereno.node.desired import manner_of
from sereno.node.live import Live
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.policy.choices import StreamName
from sereno.policy.decisions import decide
from sereno.wire.orders import CameraOrder, Orders
from sereno.wire.reports import AnalysisStatus, ReasonReport, StreamState

log = logging.getLogger(__name__)

MOST_WAITING = 4  # pictures of one subscriber: some are megabytes, and old ones help nobody
LONGEST_DECISION = timedelta(days=1)
NOT_RECORDED = ReasonReport(key="not_recorded")
_RECORDED = (StreamState.RECORDING, StreamState.STALLED)


@dataclass(slots=True, eq=False)
class _Subscriber:
    pictures: deque[Picture] = field(default_factory=deque)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, picture: Picture) -> int:
        """How many older ones had to go for it."""
        dropped = max(len(self.pictures) - MOST_WAITING + 1, 0)
        for _ in range(dropped):
            self.pictures.popleft()
        self.pictures.append(picture)
        self.news.set()
        return dropped


@dataclass(frozen=True, slots=True)
class _Decided:
    """What an order's plan says of analysis from `since` up to `until`; `how` None: nothing."""

    order: CameraOrder
    since: datetime
    until: datetime
    how: Decoding | None


class Analysis:
    """`run` decodes what is wanted for as long as it runs."""

    def __init__(
        self,
        live: Live,
        recording: Recording,
        orders: Callable[[], Orders | None],
        clock: Clock,
        on_change: Callable[[], None],
        tick_seconds: float = 0.5,
    ) -> None:
        self._live = live
        self._recording = recording
        self._orders = orders
        self._clock = clock
        self._on_change = on_change
        self._tick_seconds = tick_seconds
        self._subscribers: dict[UUID, set[_Subscriber]] = {}
        self._decided: dict[UUID, _Decided] = {}
        self._followers: dict[UUID, Follower] = {}
        self._waiting: frozenset[StreamKey] = frozenset()
        self._wake = asyncio.Event()

    async def subscribe(self, camera_id: UUID) -> AsyncIterator[Picture]:
        """The camera's pictures as they are decoded, while it is recorded; without an end.

        Who takes them too slowly gets the newest; the others are counted as dropped. To be used
        inside `contextlib.aclosing`, so that the decoding ends with its last subscriber.
        """
        subscriber = _Subscriber()
        self._subscribers.setdefault(camera_id, set()).add(subscriber)
        self._wake.set()
        try:
            while True:
                subscriber.news.clear()
                while subscriber.pictures:
                    yield subscriber.pictures.popleft()
                await subscriber.news.wait()
        finally:
            self._subscribers[camera_id].discard(subscriber)
            if not self._subscribers[camera_id]:
                del self._subscribers[camera_id]
            self._wake.set()

    def status(self, key: StreamKey) -> AnalysisStatus | None:
        """How the decoding of this stream is; None: nobody wants its pictures."""
        follower = self._followers.get(key.camera_id)
        if follower is not None and follower.key == key:
            return follower.status()
        if key in self._waiting:
            return AnalysisStatus(state=StreamState.WAITING, reason=NOT_RECORDED)
        return None

    def look(self) -> None:
        """The orders have changed: compare now."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled: at each tick and each new subscriber, compare and act."""
        try:
            while True:
                self._wake.clear()
                await self._settle()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._tick_seconds):
                        await self._wake.wait()
        finally:
            await self._end(list(self._followers))

    async def _settle(self) -> None:
        orders = self._orders()
        cameras = {order.camera_id: order for order in orders.cameras} if orders else {}
        wanted = self._wanted(cameras)
        keys = {camera_id: self._recorded(cameras[camera_id]) for camera_id in wanted}
        await self._end(
            [
                camera_id
                for camera_id, each in self._followers.items()
                if (each.key, each.decoding) != (keys.get(camera_id), wanted.get(camera_id))
            ]
        )
        for camera_id, decoding in wanted.items():
            if (key := keys[camera_id]) is not None and camera_id not in self._followers:
                self._begin(key, decoding)
        self._wait(cameras[each] for each, key in keys.items() if key is None)
        for follower in self._followers.values():
            follower.measure()

    def _wanted(self, cameras: Mapping[UUID, CameraOrder]) -> dict[UUID, Decoding]:
        """Whose pictures are wanted, and how they are to be decoded."""
        self._decided = {
            camera_id: self._decision(order)
            for camera_id, order in cameras.items()
            if any(each.purpose == "analysis" for each in order.plan.schedules)
        }
        wanted = {each: known.how for each, known in self._decided.items() if known.how}
        for camera_id in self._subscribers.keys() & cameras.keys():
            order = cameras[camera_id]
            usual = Decoding.of(manner_of(order, order.plan.profile).manner)
            wanted.setdefault(camera_id, usual)
        return wanted

    def _decision(self, order: CameraOrder) -> _Decided:
        now, known = self._clock.now(), self._decided.get(order.camera_id)
        if known is not None and known.order == order and known.since <= now < known.until:
            return known
        latest = now + LONGEST_DECISION
        try:
            decision = decide(order.plan, "analysis", now)
        except Invalid as error:
            log.error(  # noqa: TRY400  the words say all
                "The plan of camera %s cannot be followed, so it is not analysed: %s",
                order.camera_id, error,
            )  # fmt: skip
            return _Decided(order, now, latest, None)
        manner = manner_of(order, decision.profile).manner
        how = Decoding.of(manner) if decision.runs else None
        return _Decided(order, now, min(decision.until or latest, latest), how)

    def _recorded(self, order: CameraOrder) -> StreamKey | None:
        """The stream whose pictures there are now: the larger, where both are recorded."""
        books = self._recording.books()
        for key in _keys_of(order):
            if key in books and books[key].state in _RECORDED:
                return key
        return None

    def _begin(self, key: StreamKey, decoding: Decoding) -> None:
        def hand_out(picture: Picture) -> int:
            subscribers = self._subscribers.get(key.camera_id, ())
            return sum(subscriber.offer(picture) for subscriber in subscribers)

        self._followers[key.camera_id] = Follower(
            key, decoding, self._live, self._clock, hand_out, self._on_change
        )

    async def _end(self, camera_ids: list[UUID]) -> None:
        await asyncio.gather(*(self._followers[camera_id].close() for camera_id in camera_ids))
        for camera_id in camera_ids:
            del self._followers[camera_id]
        if camera_ids:
            self._on_change()

    def _wait(self, orders: Iterable[CameraOrder]) -> None:
        waiting = frozenset(key for order in orders for key in _keys_of(order)[:1])
        if waiting != self._waiting:
            self._waiting = waiting
            self._on_change()


def _keys_of(order: CameraOrder) -> list[StreamKey]:
    """The camera's streams, the larger first."""
    streams = {each.stream for each in order.streams}
    return [StreamKey(order.camera_id, name) for name in get_args(StreamName) if name in streams]
