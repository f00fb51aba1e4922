"""Asking a device's services: as a stranger first, then in the manner in which it wants to be told
who asks.

Devices want HTTP digest, or a token in the envelope. Digest needs no clock, so it comes first where
the device speaks of it. Which it is, it says when it refuses a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

import httpx

from sereno.drivers.errors import Busy, DeviceError, Garbled, Missing, Refused, Unsupported
from sereno.drivers.http.client import DeviceHttp
from sereno.drivers.http.digest_auth import challenge_of
from sereno.drivers.onvif.device_clock import DEVICE_TARGET, DeviceClock, Look
from sereno.drivers.onvif.line import SECONDS, Line, Said, said_of
from sereno.drivers.onvif.parse_device import capabilities, services
from sereno.drivers.onvif.parse_faults import Trouble
from sereno.drivers.onvif.reasons import right_missing
from sereno.drivers.onvif.soap import Operation, Service
from sereno.drivers.onvif.token_login import PROOF, TokenLogin
from sereno.drivers.onvif.tree import LIMIT_BYTES
from sereno.drivers.reasons import garbled, is_right_missing, unable
from sereno.drivers.tree import Part
from sereno.policy.reasons import Reason


class _Manner(Enum):
    DIGEST = auto()
    TOKEN = auto()


_NOT_ONVIF = frozenset({400, 404, 405, 410, 501})
_LIST_SERVICES = Operation(
    "GetServices", Service.DEVICE, "<n:IncludeCapability>false</n:IncludeCapability>"
)
_LIST_CAPABILITIES = Operation("GetCapabilities", Service.DEVICE, "<n:Category>All</n:Category>")


@dataclass(slots=True)
class Onvif:
    """The services of one device."""

    line: Line
    http: DeviceHttp
    device_clock: DeviceClock
    token_login: TokenLogin
    _manner: _Manner | None = None
    _targets: dict[Service, str] = field(default_factory=dict)

    async def greet(self) -> Look:
        """Its clock, which it tells to strangers. Raises DeviceError; Unsupported where what stands
        there speaks no ONVIF."""
        async with self.line.gate.connection():
            look, said = await self.device_clock.look()
            if not (said.is_soap or said.wants_login):
                said, _ = await self.line.send(DEVICE_TARGET, PROOF)
        if not (said.is_soap or said.wants_login):
            raise unable(said.words)
        return look

    async def ask(
        self, service: Service, operation: Operation, *, target: str = "", seconds: float = SECONDS
    ) -> Part:
        """The body of the answer. Raises DeviceError, Unsupported where this model has no such
        service or operation. `target` is where it is asked, if not at the service's own place."""
        said = await self.ask_whole(service, operation, target=target, seconds=seconds)
        if said.body is None:
            raise AssertionError("unreachable")
        return said.body

    async def ask_whole(
        self, service: Service, operation: Operation, *, target: str = "", seconds: float = SECONDS
    ) -> Said:
        """As `ask`, with the bytes of the answer."""
        target = target or await self.target(service)
        said = await self._said(target, operation, seconds)
        if said.body is None or said.fault is not None or said.status >= httpx.codes.BAD_REQUEST:
            raise self._error(said, operation)
        return said

    async def ask_if_well(self, service: Service, operation: Operation) -> Part | None:
        """As `ask`, but None where this model has no such thing, or fails over it: for what may be
        asked in another way."""
        try:
            return await self.ask(service, operation)
        except (Unsupported, Missing, Busy, Garbled):
            return None

    async def ask_if_allowed(self, service: Service, operation: Operation) -> Part | None:
        """As `ask_if_well`, and None too where the account may not ask."""
        try:
            return await self.ask_if_well(service, operation)
        except Refused as refused:
            if not is_right_missing(refused):
                raise
            return None

    async def has(self, service: Service) -> bool:
        """Whether the device offers it."""
        return service in await self._known_targets()

    async def target(self, service: Service) -> str:
        """Where a service is asked. Raises Unsupported."""
        if service is Service.DEVICE:
            return DEVICE_TARGET
        target = (await self._known_targets()).get(service)
        if target is None:
            raise unable(f"no service {service.name.lower()}")
        return target

    @property
    def uses_tokens(self) -> bool:
        """Whether the device wants to be told in the envelope who asks."""
        return self._manner is _Manner.TOKEN

    def forget(self) -> None:
        """Find out anew what it offers: the device or its software was changed."""
        self._targets.clear()

    async def close(self) -> None:
        """Let go of all connections."""
        await self.line.close()
        await self.http.close()

    async def _known_targets(self) -> dict[Service, str]:
        if not self._targets:
            told = await self.ask_if_allowed(Service.DEVICE, _LIST_SERVICES)
            self._targets = services(told) if told is not None else {}
        if not self._targets:
            self._targets = await self._targets_of_old()
        return self._targets

    async def _targets_of_old(self) -> dict[Service, str]:
        """What a device tells that knows no other way; none, where it tells nothing."""
        try:
            return capabilities(await self.ask(Service.DEVICE, _LIST_CAPABILITIES))
        except (Unsupported, Missing, Garbled):
            return {}

    async def _said(self, target: str, operation: Operation, seconds: float) -> Said:
        if self._manner is None:
            async with self.line.gate.connection():
                said, headers = await self.line.send(target, operation, seconds=seconds)
            if not said.wants_login:
                return said
            self._manner = _Manner.DIGEST if _speaks_digest(said, headers) else _Manner.TOKEN
            self.token_login.proof = (target, operation)
        if self._manner is _Manner.TOKEN:
            return await self.token_login.exchange(target, operation, seconds)
        answer = await self.http.ask(
            "POST",
            target,
            body=operation.envelope(),
            content_type=operation.content_type,
            timeout_seconds=seconds,
            limit_bytes=LIMIT_BYTES,
            about=operation.name,
        )
        return said_of(answer.status, answer.body)

    def _error(self, said: Said, operation: Operation) -> DeviceError:
        """A refusal in the drivers' own few kinds."""
        status = {"status": said.words}
        match said.trouble:
            case Trouble.LOGIN:
                return right_missing(self.line.login.host, operation.name)
            case Trouble.ABSENT:
                return unable(said.words)
            case Trouble.NO_SUCH:
                return Missing(Reason("device_unfit", status))
            case Trouble.UNFIT | Trouble.TIME:
                return Unsupported(Reason("device_unfit", status))
            case Trouble.FULL:
                return Busy(Reason("device_busy", status))
            case Trouble.FAULT | Trouble.LOCKED:
                return Busy(Reason("device_error", status))
        if said.status in _NOT_ONVIF:
            return unable(said.words)
        if said.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            return right_missing(self.line.login.host, operation.name)
        if said.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            is_busy = said.status == httpx.codes.SERVICE_UNAVAILABLE
            return Busy(Reason("device_busy" if is_busy else "device_error", status))
        return garbled(f"{said.words}, no SOAP")


def _speaks_digest(said: Said, headers: httpx.Headers) -> bool:
    return said.status == httpx.codes.UNAUTHORIZED and challenge_of(headers) is not None
