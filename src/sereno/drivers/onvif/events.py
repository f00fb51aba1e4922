"""Listening to a device's events by a pull point: a subscription that is asked for what is new.

Times of it are told as durations: a device whose clock is wrong would take a moment for the past.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.drivers.contract import DeviceEvent, EventState
from sereno.drivers.errors import Busy, DeviceError, Missing, Unreachable, Unsupported
from sereno.drivers.gate import Gate
from sereno.drivers.onvif.addresses import target_of
from sereno.drivers.onvif.asking import Onvif
from sereno.drivers.onvif.parse_events import Notice, notices
from sereno.drivers.onvif.soap import NOTIFICATION, Operation, Service, element
from sereno.drivers.onvif.tree import reference_parameters
from sereno.policy.reasons import Reason

_LASTS = "PT120S"
_RENEWED_SECONDS = 50.0
_PULL_SECONDS = 20
_PULLED_AT_ONCE = 50
_MARGIN_SECONDS = 10.0
_END_SECONDS = 5.0
_PAUSE_SECONDS = (0.2, 2.0)
_SENSIBLE = timedelta(hours=12)
_SLOT_SECONDS = (30.0, 120.0)
"""A place that a broken connection left is held until its subscription is over."""

_EVENTS = Service.EVENTS.value
_CREATE = Operation(
    "CreatePullPointSubscription",
    _EVENTS,
    element("n:InitialTerminationTime", _LASTS),
    action=f"{_EVENTS}/EventPortType/CreatePullPointSubscriptionRequest",
)


@dataclass(frozen=True, slots=True)
class _Subscription:
    """Where it is asked, and what the device wants to see in the header of each request."""

    target: str
    header: str

    def pull(self) -> Operation:
        inside = element("n:Timeout", f"PT{_PULL_SECONDS}S")
        inside += element("n:MessageLimit", str(_PULLED_AT_ONCE))
        action = f"{_EVENTS}/PullPointSubscription/PullMessagesRequest"
        return Operation("PullMessages", _EVENTS, inside, action, self.header)

    def renewal(self) -> Operation:
        action = f"{NOTIFICATION.replace('/b-2', '/bw-2')}/SubscriptionManager/RenewRequest"
        inside = element("n:TerminationTime", _LASTS)
        return Operation("Renew", NOTIFICATION, inside, action, self.header)

    def end(self) -> Operation:
        action = f"{NOTIFICATION.replace('/b-2', '/bw-2')}/SubscriptionManager/UnsubscribeRequest"
        return Operation("Unsubscribe", NOTIFICATION, "", action, self.header)


@dataclass(slots=True)
class Events:
    """The events of one device."""

    onvif: Onvif
    gate: Gate
    clock: Clock
    _slots: Backoff = field(default_factory=lambda: Backoff(*_SLOT_SECONDS))

    async def listen(
        self, device_now: Callable[[], datetime], channels: Mapping[str, str]
    ) -> AsyncGenerator[DeviceEvent, None]:
        """Everything from now on; `device_now` gives the device's time, `channels` are their ids by
        the words that may mean them. Ends by raising DeviceError; Busy where no place is free."""
        runs: dict[str, bool] = {}
        async with self.gate.turn("events"):
            subscription = await self._subscribe()
            pauses = Backoff(*_PAUSE_SECONDS)
            renewed_at = self.clock.monotonic()
            try:
                while True:
                    told = await self._pull(subscription)
                    for notice in told:
                        event = self._event(notice, runs, device_now(), channels)
                        if event is not None:
                            yield event
                    if told:
                        pauses.reset()
                    else:  # some answer at once, whatever they were told to wait
                        await asyncio.sleep(pauses.next_seconds())
                    if self.clock.monotonic() - renewed_at >= _RENEWED_SECONDS:
                        await self._renew(subscription)
                        renewed_at = self.clock.monotonic()
            finally:
                await self._unsubscribe(subscription)

    async def _subscribe(self) -> _Subscription:
        try:
            said = await self.onvif.ask_whole(Service.EVENTS, _CREATE)
        except Busy as busy:
            until = self.clock.now() + timedelta(seconds=self._slots.next_seconds())
            status = busy.reason.params.get("status", "")
            reason = Reason("events_slot_held", {"status": status})
            raise Busy(reason, not_before=until) from None
        self._slots.reset()
        if said.body is None:
            raise AssertionError("unreachable")
        address = next(
            (
                part.say("Address")
                for part in said.body.walk("SubscriptionReference")
                if part.say("Address")
            ),
            "",
        )
        target = target_of(address) or await self.onvif.target(Service.EVENTS)
        return _Subscription(target, reference_parameters(said.data))

    async def _pull(self, subscription: _Subscription) -> list[Notice]:
        """What is new; nothing, after a while without any. Raises DeviceError."""
        try:
            body = await self.onvif.ask(
                Service.EVENTS,
                subscription.pull(),
                target=subscription.target,
                seconds=_PULL_SECONDS + _MARGIN_SECONDS,
            )
        except (Missing, Unsupported) as gone:
            raise Unreachable(Reason("events_ended", raw=gone.reason.raw)) from None
        return notices(body)

    async def _renew(self, subscription: _Subscription) -> None:
        """Some devices renew by themselves with each pull, and know no other way."""
        try:
            await self.onvif.ask(Service.EVENTS, subscription.renewal(), target=subscription.target)
        except (Missing, Unsupported):
            return

    async def _unsubscribe(self, subscription: _Subscription) -> None:
        """Give the place back; one that is not given back is over after two minutes."""
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self.onvif.ask(Service.EVENTS, subscription.end(), target=subscription.target)
        except (DeviceError, TimeoutError):
            return

    def _event(
        self,
        notice: Notice,
        runs: dict[str, bool],
        now: datetime,
        channels: Mapping[str, str],
    ) -> DeviceEvent | None:
        """What is new in a notice: nothing in a repetition, nor in an end of what never began."""
        state = notice.state
        if state is not EventState.MOMENT:
            was_on = runs.get(notice.key, False)
            runs[notice.key] = bool(notice.is_on)
            if was_on == notice.is_on:
                return None
        elif notice.is_initial:
            return None
        at = notice.at if notice.at is not None and abs(notice.at - now) < _SENSIBLE else now
        channel = None if notice.is_of_device else _channel(notice, channels)
        return DeviceEvent(notice.kind, notice.code, channel, state, at)


def _channel(notice: Notice, channels: Mapping[str, str]) -> str | None:
    """The one that its words mean; the only one there is, where they mean none."""
    for word in notice.words:
        if word in channels:
            return channels[word]
    only = set(channels.values())
    is_of_picture = notice.kind not in ("other", "input", "clock_changed")
    return only.pop() if len(only) == 1 and is_of_picture else None
