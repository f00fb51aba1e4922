"""One request to a device and what it says, without any thought of HTTP's own credentials."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from sereno.drivers.contract import Login
from sereno.drivers.errors import Garbled, Locked, Unreachable
from sereno.drivers.gate import Gate
from sereno.drivers.http.answers import Refusal, Verdict
from sereno.drivers.http.digest_auth import Signer
from sereno.drivers.http.faults import reason_at
from sereno.drivers.http.wire import Call, Reply, Wire
from sereno.drivers.onvif.parse_faults import Fault, Trouble, fault_of
from sereno.drivers.onvif.soap import Operation
from sereno.drivers.onvif.tree import LIMIT_BYTES, read_body
from sereno.drivers.tree import Part
from sereno.media.refusals import refusal, tells_lock, time_left
from sereno.policy.reasons import NOTHING

SECONDS = 15.0

PAGES = "pages"
"""Forbidden for an account whose credentials the device's web server refused."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a device answered. `body` is None where it is no SOAP; `fault` is why it refused."""

    status: int
    data: bytes
    body: Part | None
    fault: Fault | None

    @property
    def is_soap(self) -> bool:
        return self.body is not None

    @property
    def wants_login(self) -> bool:
        """Whether it says that it does not know, or not trust, who asks."""
        return self.status == httpx.codes.UNAUTHORIZED or self.trouble in (
            Trouble.LOGIN,
            Trouble.TIME,
        )

    @property
    def trouble(self) -> Trouble | None:
        return self.fault.trouble if self.fault is not None else None

    @property
    def words(self) -> str:
        """For the raw text of a reason."""
        status = f"HTTP {self.status}"
        return f"{status} {self.fault.said}" if self.fault is not None else status


def said_of(status: int, data: bytes) -> Said:
    """An answer read: what makes no sense is None."""
    try:
        body = read_body(data)
    except Garbled:
        return Said(status, data, None, None)
    return Said(status, data, body, fault_of(body))


class OnvifJudge:
    """What a device means by 401 and 403. Satisfies `sereno.drivers.http.answers.Judge`."""

    def refusal(self, status: int, headers: httpx.Headers, body: bytes) -> Refusal | None:
        text = body.decode("utf-8", "replace")
        if not tells_lock(status, text):
            return None
        seconds = refusal(status, text)[1].get("seconds")
        return Refusal(Verdict.LOCKED, int(seconds) if seconds else None)


@dataclass(slots=True)
class Line:
    """The way to one device. Close it."""

    login: Login
    gate: Gate
    _judge: OnvifJudge = field(default_factory=OnvifJudge)
    _wire: Wire | None = None

    async def send(
        self, target: str, operation: Operation, security: str = "", seconds: float = SECONDS
    ) -> tuple[Said, httpx.Headers]:
        """What it says, and the head of that. The caller holds one of the gate's connections.
        Raises DeviceError where nothing came, and Locked."""
        call = Call(
            "POST",
            target,
            seconds,
            operation.envelope(security),
            {"Content-Type": operation.content_type},
            is_brief=True,
            about=operation.name,
        )
        reply = await self._reply(call)
        said = said_of(reply.status, await reply.read(LIMIT_BYTES))
        self._check_lock(said, reply.headers)
        return said, reply.headers

    async def page(self, target: str) -> tuple[int, bytes]:
        """Status and body of a page of the device's web server, with HTTP's own credentials where
        it asks for them. The server may know other accounts than ONVIF does, so credentials are
        shown only once a token was accepted; and never again, once they were refused."""
        gate = self.gate
        call = Call("GET", target, SECONDS, is_brief=True)
        async with gate.connection():
            reply = await self._reply(call)
            is_shown = gate.is_proven and PAGES not in gate.forbidden
            if reply.status == httpx.codes.UNAUTHORIZED and is_shown:
                signer = Signer(self.login, reply.headers)
                await reply.close()
                async with gate.showing:
                    reply = await self._reply(call, signer.sign(call.method, call.target))
                    if reply.status == httpx.codes.UNAUTHORIZED:
                        gate.forbidden.add(PAGES)
            return reply.status, await reply.read(LIMIT_BYTES)

    async def _reply(self, call: Call, authorization: str = "") -> Reply:
        self.gate.check_account()
        self._wire = self._wire or Wire(self.login)
        try:
            reply = await self._wire.send(call, authorization)
        except Unreachable as error:
            self.gate.missed(error.reason)
            raise
        self.gate.reached()
        await reply.check_moved()
        return reply

    async def close(self) -> None:
        """Let go of all connections."""
        if self._wire is not None:
            await self._wire.close()

    def _check_lock(self, said: Said, headers: httpx.Headers) -> None:
        told = self._judge.refusal(said.status, headers, said.data)
        if told is None and said.trouble is Trouble.LOCKED:
            told = self._judge.refusal(httpx.codes.UNAUTHORIZED, headers, said.data)
        if told is not None:
            raise self._locked(told)

    def _locked(self, told: Refusal) -> Locked:
        wait = {"wait": NOTHING} if told.seconds is None else time_left(told.seconds)
        return self.gate.locked(reason_at(self.login, "login_locked", **wait))
