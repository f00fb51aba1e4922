"""The event service: pull points, of which there are few.

Sources: ONVIF Core Specification, 9.1 (PullMessages), WS-BaseNotification 1.3, 6 (Renew).
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sereno.sim.onvif.addresses import Addresses
from sereno.sim.onvif.device import Device, Operations
from sereno.sim.onvif.notifications import Happening, Notifications, begun
from sereno.sim.onvif.services import SUBSCRIPTION_PATH
from sereno.sim.onvif.soap import (
    Call,
    Markup,
    bad_argument,
    exhausted,
    not_supported,
    tag,
)
from sereno.sim.onvif.times import read_duration, read_stamp, stamp

_MOST = 4
_USUAL_LIFE_SECONDS = 60.0
_LONGEST_PULL_SECONDS = 60.0
_MOST_KEPT = 100


@dataclass(eq=False, slots=True)
class _PullPoint:
    ends: datetime
    life_seconds: float
    topics: tuple[str, ...]
    waiting: deque[Markup] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, topic: str, messages: list[Markup]) -> None:
        if self.topics and not any(topic.startswith(each) for each in self.topics):
            return
        self.waiting.extend(messages)
        self.came.set()

    def take(self, count: int) -> list[Markup]:
        taken = [self.waiting.popleft() for _ in range(min(count, len(self.waiting)))]
        if not self.waiting:
            self.came.clear()
        return taken


class Events:
    """Hands what happens to every subscription."""

    def __init__(self, device: Device, addresses: Addresses) -> None:
        self._device = device
        self._addresses = addresses
        self._words = Notifications(device)
        self._points: dict[str, _PullPoint] = {}
        self._made = 0

    @property
    def subscriptions(self) -> int:
        """How many there are now."""
        self._forget_ended()
        return len(self._points)

    def operations(self) -> Operations:
        """What it answers."""
        return {
            ("tev", "GetServiceCapabilities"): self.service_capabilities,
            ("tev", "GetEventProperties"): self.properties,
            ("tev", "CreatePullPointSubscription"): self.create,
            ("tev", "PullMessages"): self.pull,
            ("tev", "SetSynchronizationPoint"): self.synchronise,
            ("wsnt", "Renew"): self.renew,
            ("wsnt", "Unsubscribe"): self.unsubscribe,
        }

    def emit(self, happening: Happening) -> None:
        """Tells all who listen now."""
        self._forget_ended()
        for point in self._points.values():
            self._tell(point, happening)

    async def service_capabilities(self, _: Call) -> Markup:
        parts = tag(
            "tev:Capabilities", WSPullPointSupport=True, MaxPullPoints=_MOST,
            PersistentNotificationStorage=False,
        )  # fmt: skip
        return tag("tev:GetServiceCapabilitiesResponse", parts)

    async def properties(self, _: Call) -> Markup:
        place = tag(
            "tev:TopicNamespaceLocation", "http://www.onvif.org/onvif/ver10/topics/topicns.xml"
        )
        fixed = tag("wsnt:FixedTopicSet", True)
        return tag("tev:GetEventPropertiesResponse", place, fixed, self._words.topics())

    async def create(self, call: Call) -> Markup:
        self._forget_ended()
        most = 1 if "one-pull-point" in self._device.quirks else _MOST
        if len(self._points) >= most:
            raise exhausted("The maximum of pull points is reached")
        seconds = self._life(call.text("InitialTerminationTime", ""))
        asked = "|".join(call.texts("TopicExpression"))
        topics = tuple(
            each.strip().removesuffix("//.") for each in asked.split("|") if each.strip()
        )
        self._made += 1
        name = str(self._made)
        point = self._points[name] = _PullPoint(self._after(seconds), seconds, topics)
        self._tell_all(point)
        address = self._addresses.service(f"{SUBSCRIPTION_PATH}?Idx={name}")
        return tag(
            "tev:CreatePullPointSubscriptionResponse",
            tag("tev:SubscriptionReference", tag("wsa:Address", address)),
            *self._times("wsnt", point),
        )

    async def pull(self, call: Call) -> Markup:
        point = self._point(call)
        if "no-renew" in self._device.quirks:
            point.ends = self._after(point.life_seconds)
        seconds = min(read_duration(call.text("Timeout")), _LONGEST_PULL_SECONDS)
        left = (point.ends - self._device.now).total_seconds()
        if "pull-returns-at-once" not in self._device.quirks:
            await _wait(point.came, min(seconds, left))
        count = call.text("MessageLimit")
        if not count.isdecimal():
            raise bad_argument("MessageLimit is no number")
        taken = point.take(int(count))
        return tag("tev:PullMessagesResponse", *self._times("tev", point), *taken)

    async def synchronise(self, call: Call) -> Markup:
        self._tell_all(self._point(call))
        return tag("tev:SetSynchronizationPointResponse")

    async def renew(self, call: Call) -> Markup:
        point = self._point(call)
        if "no-renew" in self._device.quirks:
            raise not_supported()
        point.ends = self._after(self._life(call.text("TerminationTime", "")))
        ends, now = tag("wsnt:TerminationTime", stamp(point.ends)), stamp(self._device.now)
        return tag("wsnt:RenewResponse", ends, tag("wsnt:CurrentTime", now))

    async def unsubscribe(self, call: Call) -> Markup:
        self._point(call)
        del self._points[_name(call)]
        return tag("wsnt:UnsubscribeResponse")

    def _tell_all(self, point: _PullPoint) -> None:
        for happening in begun(self._device.config.channels):
            self._tell(point, happening)

    def _tell(self, point: _PullPoint, happening: Happening) -> None:
        point.tell(self._words.topic(happening), self._words.messages(happening))

    def _point(self, call: Call) -> _PullPoint:
        self._forget_ended()
        point = self._points.get(_name(call))
        if point is None:
            raise bad_argument("The subscription does not exist", "ter:NoEntity")
        return point

    def _forget_ended(self) -> None:
        now = self._device.now
        for name in [name for name, point in self._points.items() if point.ends <= now]:
            del self._points[name]

    def _life(self, asked: str) -> float:
        """For how many seconds a subscription lives that asks for a duration or a time."""
        short = self._device.quirks.get("short-termination")
        if short is not None:
            return short
        if not asked:
            return _USUAL_LIFE_SECONDS
        if asked.startswith("P"):
            return read_duration(asked)
        return (read_stamp(asked) - self._device.now).total_seconds()

    def _after(self, seconds: float) -> datetime:
        return self._device.now + timedelta(seconds=seconds)

    def _times(self, prefix: str, point: _PullPoint) -> list[Markup]:
        now = tag(f"{prefix}:CurrentTime", stamp(self._device.now))
        return [now, tag(f"{prefix}:TerminationTime", stamp(point.ends))]


def _name(call: Call) -> str:
    return call.target.partition("Idx=")[2]


async def _wait(came: asyncio.Event, seconds: float) -> None:
    """Until something came, or so long."""
    try:
        await asyncio.wait_for(came.wait(), max(seconds, 0))
    except TimeoutError:
        return
