"""The gate before a device: what it allows at once, and when nobody asks it at all.

All drivers of one device in a process share what it allows. Refused credentials halt one account,
a lock the whole device: both are remembered across restarts. Where nobody answers, the gate stays
shut for a while that grows, and people can see until when. What was weighed:
docs/design/devices.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock
from sereno.drivers.contract import Login
from sereno.drivers.errors import Locked, Refused, Unreachable
from sereno.drivers.memory import Account, Halt, Memory
from sereno.policy.reasons import Reason
from sereno.policy.retries import lock_seconds

if TYPE_CHECKING:
    from sereno.drivers.http.wire import Call

Turn = Literal["search", "playback", "download", "snapshot", "events"]

AT_ONCE: dict[Turn, int] = {"search": 1, "playback": 1, "download": 1, "snapshot": 2, "events": 1}
"""Recorders say 1 of searches and mean 1 of playback; a second costs the first."""

MOST_CONNECTIONS = 4
"""Requests on their way to one device. Small cameras fall over ten connections of all programs."""

FAILURES_BEFORE_SHUT = 3
_SHUT_SECONDS = (2.0, 60.0)
_TRIAL_SECONDS = 15.0
_LONGEST_LOCK = timedelta(days=1)
_MOST_HALTS = 8
_SHOWN_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class GateState:
    """`open`; `shut` until then, for nobody was there; `locked` until then by the device; or
    `halted` until the credentials change."""

    name: Literal["open", "shut", "locked", "halted"]
    reason: Reason | None = None
    until: datetime | None = None


def place_of(login: Login) -> str:
    """What a device is known by until its serial number is."""
    return f"{login.host.lower()}:{login.port}"


@dataclass(slots=True, eq=False)
class _Place:
    """What all accounts of one device share."""

    lock: Halt | None = None
    turns: dict[Turn, asyncio.Semaphore] = field(
        default_factory=lambda: {what: asyncio.Semaphore(most) for what, most in AT_ONCE.items()}
    )
    connections: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(MOST_CONNECTIONS)
    )
    gates: dict[tuple[str, str], Gate] = field(default_factory=dict)
    backoff: Backoff = field(default_factory=lambda: Backoff(*_SHUT_SECONDS))
    failures: int = 0
    shut_until: float = 0.0  # monotonic, as is the next
    trial_until: float = 0.0
    last: Reason | None = None


class Gates:
    """The gates of all devices: one a process."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._memory = memory
        self._clock = clock
        self._places: dict[str, _Place] = {}

    def gate(self, login: Login) -> Gate:
        """The gate that all who speak to this device with this account share."""
        account = (login.username, login.password)
        place = self._places.setdefault(place_of(login), _Place())
        if account not in place.gates:
            place.gates[account] = Gate(self._memory, login, self._clock, place)
        return place.gates[account]


class Gate:
    """The gate before one device, for one account. Made by `Gates`.

    `is_proven`: the device took these credentials, and nothing has been said against them since.
    `proving` is held by whoever shows credentials that are not proven, so that a wrong password is
    shown once; `showing` by whoever shows proven ones, until they are accepted. `reuses_nonces`:
    the device takes a nonce more than once, as far as is known. `proven`: a question that it
    answered for the credentials, to be asked where something else is refused; `forbidden`: what it
    refuses them. `unanswered_count`: how often unproven ones were shown, and no answer came.
    """

    def __init__(self, memory: Memory, login: Login, clock: Clock, place: _Place) -> None:
        self.is_proven = False
        self._proving = asyncio.Lock()
        self.showing = asyncio.Semaphore(_SHOWN_AT_ONCE)
        self.reuses_nonces = True
        self.proven: Call | None = None
        self.forbidden: set[str] = set()
        self.unanswered_count = 0
        self._memory = memory
        self._login = login
        self._clock = clock
        self._place = place
        self._known: tuple[Halt, ...] = ()
        self._halt: Halt | None = None
        self._read()

    @property
    def proving(self) -> AbstractAsyncContextManager[None]:
        """Be the only one, of all processes that share the memory, to show what is not proven."""
        return self._prove()

    def turn(self, what: Turn) -> AbstractAsyncContextManager[None]:
        """Wait for one's turn and have it. Raises as `check`."""
        return self._turn(self._place.turns[what])

    def connection(self) -> AbstractAsyncContextManager[None]:
        """Wait until one more request is allowed. Raises as `check`, but for one at a time that
        finds out whether a device that was not there is back."""
        return self._connection(self._place)

    def check(self) -> None:
        """Raises Refused or Locked while nobody may ask, Unreachable while nobody is there."""
        self.check_account()
        state = self.state
        if state.name == "shut" and state.reason is not None:
            raise Unreachable(state.reason, not_before=state.until)

    def check_account(self) -> None:
        """Raises Refused or Locked while these credentials may not be shown."""
        if self._standing() is None:
            return
        self._read()  # a person may have had it lifted in another process
        halt = self._standing()
        if halt is None:
            return
        if halt.until is None:
            raise Refused(halt.reason)
        raise Locked(halt.reason, not_before=halt.until)

    @property
    def state(self) -> GateState:
        """What people can see."""
        if (halt := self._standing()) is not None:
            name: Literal["halted", "locked"] = "halted" if halt.until is None else "locked"
            return GateState(name, halt.reason, halt.until)
        left = self._place.shut_until - self._clock.monotonic()
        if left <= 0:
            return GateState("open")
        return GateState("shut", self._place.last, self._clock.now() + timedelta(seconds=left))

    def refused(self, reason: Reason) -> Refused:
        """The device refused the credentials: nobody shows them again until they change. Gives the
        error to raise."""
        self.is_proven = False
        self._halt = Halt(reason, Account.of(self._login.username, self._login.password), None)
        self._remember()
        return Refused(reason)

    def locked(self, reason: Reason) -> Locked:
        """The device locked the account, for `seconds` of the reason's parameters and a margin, or
        as long as devices do. Gives the error to raise."""
        self.is_proven = False
        until = self._clock.now() + timedelta(seconds=lock_seconds(reason))
        self._place.lock = Halt(reason, None, until)
        self._remember()
        return Locked(reason, not_before=until)

    def succeeded(self) -> None:
        """The device took the credentials."""
        self.is_proven = True
        self.unanswered_count = 0
        if self._place.lock is not None or self._halt is not None:
            self.lift()

    def lift(self) -> None:
        """A person wants this account to be tried again, once."""
        self._place.lock = self._halt = None
        self.forbidden.clear()
        self.unanswered_count = 0
        self.reached()
        self._remember()

    def reached(self) -> None:
        """The device answered, whatever it said."""
        place = self._place
        place.failures, place.shut_until, place.trial_until = 0, 0.0, 0.0
        place.backoff.reset()

    def missed(self, reason: Reason) -> None:
        """Nobody answered."""
        place = self._place
        place.failures += 1
        place.last = reason
        place.trial_until = 0.0
        if place.failures >= FAILURES_BEFORE_SHUT:
            place.shut_until = self._clock.monotonic() + place.backoff.next_seconds()

    @asynccontextmanager
    async def _prove(self) -> AsyncIterator[None]:
        async with self._proving, self._memory.alone(place_of(self._login)):
            self._read()
            yield

    @asynccontextmanager
    async def _turn(self, turns: asyncio.Semaphore) -> AsyncIterator[None]:
        self.check()
        async with turns:
            self.check()
            yield

    @asynccontextmanager
    async def _connection(self, place: _Place) -> AsyncIterator[None]:
        self.check()
        async with place.connections:
            self.check()
            self._claim_trial(place)
            yield

    def _claim_trial(self, place: _Place) -> None:
        """Of a device that was not there, one finds out whether it is back. Raises Unreachable."""
        now = self._clock.monotonic()
        if place.failures < FAILURES_BEFORE_SHUT or place.last is None:
            return
        left = place.trial_until - now
        if left > 0:
            raise Unreachable(place.last, not_before=self._clock.now() + timedelta(seconds=left))
        place.trial_until = now + _TRIAL_SECONDS

    def _standing(self) -> Halt | None:
        """What keeps us out now. A time that is too far away was written by a wrong clock."""
        now = self._clock.now()
        for halt in (self._halt, self._place.lock):
            if halt and (halt.until is None or now < halt.until <= now + _LONGEST_LOCK):
                return halt
        return None

    def _read(self) -> None:
        """What is remembered of this device and this account, by whichever process."""
        halts, login = self._memory.halts(place_of(self._login)), self._login
        if halts == self._known:
            return
        self._known = halts
        self._halt = self._place.lock = None
        for halt in halts:
            if halt.account is None:
                self._place.lock = halt
            elif halt.account.is_of(login.username, login.password):
                self._halt = halt

    def _remember(self) -> None:
        """What stands now of this account and this device, beside what stands of others."""
        name, login = place_of(self._login), self._login
        others = [
            halt
            for halt in self._memory.halts(name)
            if halt.account and not halt.account.is_of(login.username, login.password)
        ]
        ours = [halt for halt in (self._halt, self._place.lock) if halt is not None]
        self._known = (*others, *ours)[-_MOST_HALTS:]
        self._memory.keep_halts(name, self._known)
