"""The door of a device: who may dial it now, and with which credentials.

Whatever dials a device on this machine goes through its door, in whichever process: recording,
tries before a window, diagnosis. Of one host a few attempts are made at a time. Credentials that
nobody plays with are tried by one attempt at a time, and once refused by none: each wrong answer
brings the account nearer to being locked. What was weighed: docs/design/retries.md.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from sereno.base.clock import Clock, to_us
from sereno.media.door_files import Device, DoorFiles, Refusal, share
from sereno.media.faults import StreamFault, without_secrets
from sereno.media.refusals import time_left
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import Reason
from sereno.policy.retries import OF_THE_LOGIN, lock_seconds
from sereno.wire.reports import ReasonReport

HELD_SECONDS = 30.0
"""So long an attempt keeps others waiting at most."""

TOLD_AFTER_SECONDS = 0.5
"""Who waits for longer says so."""

DISK_SECONDS = 5.0
"""A disk that does not answer for so long keeps nobody from recording on another."""

COMPLAINS_EVERY_SECONDS = 600.0
"""A disk that fails now and then fills no log."""

_LOOK_SECONDS = (0.1, 0.5)  # first and longest: who has waited for long looks less often
_NOBODY_THERE = frozenset({"name_unknown", "unreachable", "refused", "timed_out"})
"""What holds for everybody who wants the same port."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class _Unusable(Exception):
    """The files tell nothing now: nobody is kept out."""


class _News(NamedTuple):
    """Why the last attempt found nobody, and when by the loop's clock."""

    reason: Reason
    at: float


class Doors:
    """The doors of all devices, as one process sees them. Without a folder they stand open."""

    def __init__(self, folder: Path | None, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock
        self._files = DoorFiles(folder) if folder is not None else None
        self._thread = ThreadPoolExecutor(1, "doors")
        self._lines: dict[str, asyncio.Lock] = {}
        self._news: dict[str, _News] = {}
        self._doubted: set[str] = set()
        self._complains_at = 0.0  # monotonic

    def door(
        self, address: str, username: str, password: str, on_wait: Callable[[], None] | None = None
    ) -> Door:
        """The way in for one attempt; `on_wait` is called if its turn does not come soon."""
        return Door(self, (address, username, password), on_wait)

    def forget(self, address: str, username: str, password: str) -> None:
        """A person wants these credentials to be tried again."""
        if self._files is None or not username:
            return
        try:
            self._files.forget(self._files.device(address, username, password))
        except OSError as error:
            self._complain(error)

    async def warn(self, address: str, username: str, password: str, reason: Reason) -> None:
        """The device refused these credentials elsewhere: one of `OF_THE_LOGIN`."""
        with suppress(_Unusable):
            await self.learn(await self.device(address, username, password), reason)

    async def refusal(self, address: str, username: str, password: str) -> Reason | None:
        """Why nobody tries these credentials now; None where they may be tried."""
        try:
            await self.has_refused(await self.device(address, username, password))
        except _Unusable:
            return None
        except StreamFault as fault:
            return fault.reason
        return None

    async def is_played(self, address: str, username: str, password: str) -> bool:
        """Whether somebody plays with these credentials now, so that they are right."""
        try:
            device = await self.device(address, username, password)
            return await self._done(self._begin(lambda x: x.is_played(device)))
        except _Unusable:
            return False

    def close(self) -> None:
        """Nobody comes any more."""
        self._thread.shutdown(wait=False)

    # For a door.

    async def device(self, address: str, username: str, password: str) -> Device:
        """Raises _Unusable, as all that follows."""
        if self._files is not None and self._files.has_key:
            return self._files.device(address, username, password)
        return await self._done(self._begin(lambda x: x.device(address, username, password)))

    async def wait_for(
        self, line: str, device: Device, take: Callable[[DoorFiles, Device], int | None]
    ) -> int:
        """Stand in line for what `take` gives: a descriptor, which is the caller's to close.

        Raises StreamFault where another attempt finds out meanwhile that nobody is there.
        """
        since = asyncio.get_running_loop().time()
        pause_seconds, longest = _LOOK_SECONDS
        async with self._lines.setdefault(line, asyncio.Lock()):
            while True:
                news = self._news.get(device.port)
                if news is not None and news.at > since:
                    raise StreamFault(news.reason)
                if (taken := await self._taken(device, take)) is not None:
                    return taken
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(pause_seconds * 1.5, longest)

    async def has_refused(self, device: Device) -> bool:
        """Whether these credentials were refused once and may be tried now all the same.

        Raises StreamFault, with what the device said then, where they may not.
        """
        refusal = await self._done(self._begin(lambda x: x.refusal(device)))
        now_us = to_us(self._clock.now())
        if refusal is not None and refusal.holds_at(now_us):
            raise StreamFault(_told_at(now_us, refusal))
        return refusal is not None

    async def learn(self, device: Device, reason: Reason) -> None:
        """What an attempt met that concerns others too."""
        if reason.key in _NOBODY_THERE:
            self._news[device.port] = _News(reason, asyncio.get_running_loop().time())
        elif device.login and reason.key in OF_THE_LOGIN:
            refusal = Refusal(reason=ReasonReport.of(reason), until_us=self._until_us(reason))
            await self._done(self._begin(lambda x: x.refuse(device, refusal)))

    def doubt(self, device: Device) -> None:
        """A session with these credentials was refused something."""
        if device.login:
            self._doubted.add(device.login)

    def doubts(self, device: Device) -> bool:
        """Whether they were refused in a session, and accepted by no attempt since."""
        return device.login in self._doubted

    def trust(self, device: Device) -> None:
        """They were accepted now."""
        self._doubted.discard(device.login)

    def pardon(self, device: Device) -> None:
        """Credentials that were refused once are right."""
        self._begin(lambda x: x.forget(device)).add_done_callback(_drop)

    def _until_us(self, reason: Reason) -> int | None:
        if reason.retry is Retry.NEVER:
            return None
        return to_us(self._clock.now()) + int(lock_seconds(reason) * 1_000_000)

    async def _taken(
        self, device: Device, take: Callable[[DoorFiles, Device], int | None]
    ) -> int | None:
        taking = self._begin(lambda x: take(x, device))
        try:
            return await self._done(taking)
        except BaseException:  # nobody waits for it any more
            taking.add_done_callback(_give_back)
            raise

    def _begin(self, act: Callable[[DoorFiles], T]) -> asyncio.Future[T]:
        if self._files is None:
            raise _Unusable
        return asyncio.get_running_loop().run_in_executor(self._thread, act, self._files)

    async def _done(self, doing: asyncio.Future[T]) -> T:
        done, _ = await asyncio.wait({doing}, timeout=DISK_SECONDS)
        if not done:
            self._complain("its disk does not answer")
            raise _Unusable
        try:
            return doing.result()
        except OSError as error:
            self._complain(error)
            raise _Unusable from None

    def _complain(self, what: object) -> None:
        now = self._clock.monotonic()
        if now >= self._complains_at:
            _log.error("The folder of the doors cannot be used, so all stand open: %s", what)
            self._complains_at = now + COMPLAINS_EVERY_SECONDS


class Door:
    """One attempt's way in: an asynchronous context manager around it and the session after it.

    Entering waits for the turn. It raises StreamFault where these credentials are not to be tried,
    and where nobody is there, as another attempt has just found out. What the attempt meets is
    learned from the StreamFault that ends it.
    """

    def __init__(
        self, doors: Doors, target: tuple[str, str, str], on_wait: Callable[[], None] | None
    ) -> None:
        self._doors = doors
        self._target = target
        self._on_wait = on_wait
        self._device: Device | None = None
        self._login: int | None = None
        self._turn: int | None = None
        self._had_refusal = False
        self._is_accepted = self._is_shared = False
        self._is_answered = False
        self._is_doubted = False
        self._timers: list[asyncio.TimerHandle] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        if self._on_wait is not None:
            self._timers.append(loop.call_later(TOLD_AFTER_SECONDS, self._on_wait))
        try:
            await self._enter()
        except _Unusable:
            pass
        except BaseException:
            self._let_go()
            raise
        self._cancel_timers()
        self._timers.append(loop.call_later(HELD_SECONDS, self._let_others_in))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if isinstance(error, StreamFault) and self._device and self._concerns(error):
                _, username, password = self._target
                reason = without_secrets(error.reason, username, password)
                await self._doors.learn(self._device, reason)
        except _Unusable:
            pass
        finally:
            self._let_go()

    def answered(self) -> None:
        """PLAY was answered: the next may dial, and the credentials are right."""
        if self._is_answered:
            return
        self._is_answered = True
        self._cancel_timers()
        self._give_turn_back()
        self._share()

    def accepted(self) -> None:
        """The device took the credentials: whoever waits to try them may."""
        self._is_accepted, self._is_doubted = True, False
        if self._device is not None:
            self._doors.trust(self._device)
        self._share()

    def doubt(self) -> None:
        """The device refuses, in the middle of a session, the credentials that it took before."""
        self._is_doubted = True
        if self._device is not None:
            self._doors.doubt(self._device)

    @property
    def is_doubted(self) -> bool:
        """Whether a session of this process with these credentials was refused something."""
        device = self._device
        return self._is_doubted or (device is not None and self._doors.doubts(device))

    async def _enter(self) -> None:
        doors = self._doors
        device = self._device = await doors.device(*self._target)
        if device.login:
            self._login = await doors.wait_for(device.login, device, DoorFiles.take_login)
            self._had_refusal = await doors.has_refused(device)
        self._turn = await doors.wait_for(device.host, device, DoorFiles.take_turn)

    def _concerns(self, error: StreamFault) -> bool:
        """Whether what ended the attempt is news for others. Credentials that were accepted and
        then refused lack a right, or were changed: the next attempt finds out which."""
        return not (self._is_answered or (self._is_accepted and error.reason.key == "unauthorized"))

    def _share(self) -> None:
        """The credentials are right: others may try them beside this session."""
        if self._is_shared:
            return
        self._is_shared = True
        if self._login is not None:
            share(self._login)
        if self._had_refusal and self._device is not None:
            self._doors.pardon(self._device)

    def _let_others_in(self) -> None:
        """It takes too long."""
        self._give_turn_back()
        if not self._is_shared:
            _close(self._login)
            self._login = None

    def _let_go(self) -> None:
        self._cancel_timers()
        self._give_turn_back()
        _close(self._login)
        self._login = None

    def _give_turn_back(self) -> None:
        _close(self._turn)
        self._turn = None

    def _cancel_timers(self) -> None:
        for each in self._timers:
            each.cancel()
        self._timers.clear()


def _told_at(now_us: int, refusal: Refusal) -> Reason:
    """What the device said, with how long that still holds."""
    reason = refusal.reason.to_reason()
    if refusal.until_us is None:
        return reason
    left = time_left(max(refusal.until_us - now_us, 0) // 1_000_000)
    if "seconds" not in reason.params:  # it did not say how long: neither do we, to people
        del left["wait"]
    return replace(reason, params={**reason.params, **left})


def _close(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)


def _give_back(taking: asyncio.Future[int | None]) -> None:
    if not taking.cancelled() and taking.exception() is None:
        _close(taking.result())


def _drop(doing: asyncio.Future[None]) -> None:
    """A refusal that cannot be forgotten now is forgotten by the next who is let in."""
    if not doing.cancelled():
        doing.exception()
