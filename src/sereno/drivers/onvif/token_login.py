"""The token by which a device knows who asks, shown without ever locking its account.

A token holds a digest of the password and the moment at which it was made, by the device's clock.
A device that does not like the moment refuses it in the same words as a wrong password, or in words
about time, so:

1. The moment is that of the device's own clock, read just before.
2. Credentials that are not proven are shown by one request at a time. Refused, they halt all who
   use them, as they do with HTTP digest (`sereno.drivers.http.showing`).
3. Only where the clock gives reason to doubt the moment, another is tried: the device's time
   without the hours by which it is off ("local time as UTC", summer time), and an hour to either
   side where the device says itself that it is the time. Nothing but that: two tokens where it does
   not say so, three where it does. What worked is remembered.
4. Proven ones that are refused: the clock may have been set, the password changed, or a right be
   missing. The clock is read anew; then the question that the device answered before decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from sereno.drivers.errors import Refused
from sereno.drivers.http.faults import reason_at
from sereno.drivers.http.showing import MOST_UNANSWERED
from sereno.drivers.onvif.device_clock import DEVICE_TARGET, DeviceClock, Look
from sereno.drivers.onvif.line import SECONDS, Line, Said
from sereno.drivers.onvif.parse_faults import Trouble
from sereno.drivers.onvif.quirks import Known, Quirk
from sereno.drivers.onvif.reasons import right_missing
from sereno.drivers.onvif.soap import Operation, Service, token

PROOF = Operation("GetDeviceInformation", Service.DEVICE)
"""What every account may ask, and strangers may not, of most devices (access class READ_SYSTEM)."""

_QUARTER_SECONDS = 900
_FEWEST_QUARTERS = 2
_ROUND_WITHIN_SECONDS = 120.0
_HOUR_SECONDS = 3600
_WAS_SET_SECONDS = 3.0
_MOST_SILENT, _MOST_ABOUT_TIME = 2, 3


@dataclass(slots=True)
class TokenLogin:
    """Signs requests to one device. `proof` is what it refused to strangers: only that tells
    whether it takes the credentials, for what strangers may ask is answered to any token."""

    line: Line
    device_clock: DeviceClock
    known: Known
    proof: tuple[str, Operation] = (DEVICE_TARGET, PROOF)

    async def exchange(self, target: str, operation: Operation, seconds: float = SECONDS) -> Said:
        """What the device says to a signed request. Raises DeviceError; Refused where the
        credentials are wrong, or a right is missing."""
        login, gate = self.line.login, self.line.gate
        if not login.username:
            raise Refused(reason_at(login, "login_needed"))
        if _key(operation) in gate.forbidden:
            raise right_missing(login.host, operation.name)
        async with gate.connection():
            if not gate.is_proven:
                async with gate.proving:
                    if not gate.is_proven:
                        await self._prove()
            async with gate.showing:
                look, shift = await self.device_clock.recent(), self._shift
                said = await self._signed(target, operation, look, shift, seconds)
                if not said.wants_login:
                    return said
                # Who is refused keeps the place until it is known why.
                async with gate.proving:
                    gate.check_account()
                    await self._prove()
                    now = await self.device_clock.recent()
                    was_set = abs(now.offset_seconds - look.offset_seconds) > _WAS_SET_SECONDS
                    if was_set or shift != self._shift:
                        said = await self._signed(target, operation, now, self._shift, seconds)
                        if not said.wants_login:
                            return said
        gate.forbidden.add(_key(operation))
        raise right_missing(login.host, operation.name)

    @property
    def _shift(self) -> int:
        """By how many seconds the moment that the device wants differs from what its clock says."""
        said = self.known.fact(Quirk.TOKEN_SHIFT)
        return int(said) if said.lstrip("-").isdecimal() else 0

    async def _prove(self) -> None:
        """Have the credentials accepted. Raises Refused, and halts, where they are not."""
        look = await self.device_clock.recent(is_fresh=True)
        tried: list[int] = []
        said: Said | None = None
        while (shift := self._next_shift(look, tried, said)) is not None:
            tried.append(shift)
            said = await self._signed(*self.proof, look, shift)
            if not said.wants_login:
                self._accepted(shift)
                return
        is_about_time = said is not None and said.trouble is Trouble.TIME
        key, raw = "login_clock" if is_about_time else "login_refused", said.words if said else ""
        raise self.line.gate.refused(reason_at(self.line.login, key, raw))

    def _next_shift(self, look: Look, tried: list[int], said: Said | None) -> int | None:
        """The next to try, or None where there is no reason to doubt the moment any more."""
        is_about_time = said is not None and said.trouble is Trouble.TIME
        if len(tried) >= (_MOST_ABOUT_TIME if is_about_time else _MOST_SILENT):
            return None
        wanted = [self._shift, *dict.fromkeys((0, -_round_hours(look)))]
        if is_about_time:
            wanted += [-_HOUR_SECONDS, _HOUR_SECONDS]
        return next((shift for shift in wanted if shift not in tried), None)

    def _accepted(self, shift: int) -> None:
        self.line.gate.succeeded()
        if shift != self._shift:
            self.known.learn(Quirk.TOKEN_SHIFT, str(shift))

    async def _signed(
        self,
        target: str,
        operation: Operation,
        look: Look,
        shift: int,
        seconds: float = SECONDS,
    ) -> Said:
        """What it says to one token. Some devices refuse by hanging up, so an attempt that is not
        answered may have been one all the same."""
        login, gate = self.line.login, self.line.gate
        is_attempt = not gate.is_proven
        if is_attempt and gate.unanswered_count >= MOST_UNANSWERED:
            gate.unanswered_count = 0
            raise gate.locked(reason_at(login, "login_unanswered"))
        created = self.device_clock.moment(look, shift)
        security = token(login.username, login.password, created)
        gate.unanswered_count += is_attempt
        said, _ = await self.line.send(target, operation, security, seconds)
        gate.unanswered_count -= is_attempt
        return said


def _round_hours(look: Look) -> int:
    """The part of an offset that is whole quarters of an hour, in seconds: what a wrong zone or
    summer time makes. Nothing where it is less than half an hour, or not round."""
    quarters = round(look.offset_seconds / _QUARTER_SECONDS)
    rest = abs(look.offset_seconds - quarters * _QUARTER_SECONDS)
    is_round = abs(quarters) >= _FEWEST_QUARTERS and rest <= _ROUND_WITHIN_SECONDS
    return quarters * _QUARTER_SECONDS if is_round else 0


def _key(operation: Operation) -> str:
    """By what a right that is missing is remembered."""
    return f"token {operation.namespace} {operation.name}"
