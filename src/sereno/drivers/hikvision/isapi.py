"""Asking a device in ISAPI: what it refuses becomes one of our own errors, and what its model lacks
is asked for once."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from sereno.base.clock import Clock
from sereno.drivers.contract import Login
from sereno.drivers.errors import Busy, DeviceError, Garbled, Refused, Unreachable, Unsupported
from sereno.drivers.hikvision.parse_errors import (
    Rejection,
    Trouble,
    is_stale,
    lacks_right,
    rejection,
    user_check,
)
from sereno.drivers.hikvision.reasons import Right, right_missing
from sereno.drivers.http.answers import Refusal, Verdict
from sereno.drivers.http.client import DeviceHttp
from sereno.drivers.reasons import is_right_missing, unable
from sereno.policy.reasons import Reason

XML = "application/xml"
_BRIEF_BYTES = 64 << 10
_VAGUE_SECONDS = 600.0
ALERT_STREAM = "/Event/notification/alertStream"


class HikvisionJudge:
    """What a Hikvision device means by 401 and 403.

    A right that is missing with 403 is told by whoever asked, who knows which one it is.
    """

    def refusal(self, status: int, headers: httpx.Headers, body: bytes) -> Refusal | None:
        told = user_check(body)
        if told is not None and told.is_locked:
            return Refusal(Verdict.LOCKED, told.unlock_seconds)
        if status != 401:
            return None
        if is_stale(body):
            return Refusal(Verdict.STALE)
        if lacks_right(body):
            return Refusal(Verdict.RIGHT_MISSING)
        if told is not None:
            return Refusal(Verdict.WRONG, attempts_left=told.attempts_left)
        return None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and why it is a refusal, if it is one."""

    status: int
    body: bytes
    refused: Rejection | None


@dataclass(slots=True)
class Isapi:
    """One device. Paths are under `/ISAPI`, as they go on the wire."""

    http: DeviceHttp
    login: Login
    clock: Clock
    _absent_until: dict[str, float] = field(default_factory=dict)

    async def get(self, path: str, right: Right = Right.SETTINGS) -> bytes:
        """The body of the answer. Raises DeviceError, Unsupported where this model has none."""
        return self.body_of(await self.ask("GET", path, right=right), right)

    async def get_or_none(self, path: str, right: Right = Right.SETTINGS) -> bytes | None:
        """As `get`, but None where this model has no such thing."""
        try:
            return await self.get(path, right)
        except Unsupported:
            return None

    async def get_if_allowed(self, path: str, right: Right = Right.SETTINGS) -> bytes | None:
        """As `get_or_none`, and None too where the account may not ask."""
        try:
            return await self.get_or_none(path, right)
        except Refused as refused:
            if not is_right_missing(refused):
                raise
            return None

    async def get_if_well(self, path: str, right: Right = Right.SETTINGS) -> bytes | None:
        """As `get_if_allowed`, and None too where the device fails over it or makes no sense: for
        what is good to know, and not worth an error."""
        try:
            return await self.get_if_allowed(path, right)
        except (Busy, Garbled, Unreachable):
            return None

    async def has(self, path: str, right: Right) -> bool:
        """Whether this model has it; what the account may not ask is there, and so is what the
        device is too busy for."""
        try:
            return await self.get_or_none(path, right) is not None
        except Busy:
            return True
        except Refused as refused:
            if not is_right_missing(refused):
                raise
            return True

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        right: Right = Right.SETTINGS,
        timeout_seconds: float = 15,
    ) -> Said:
        """What it says, refused or not. Raises DeviceError where it does not answer, and where it
        refuses by 401 what takes a `right`."""
        if method == "GET" and self.lacks(path):
            return Said(403, b"", Rejection(Trouble.ABSENT, f"{method} {path}"))
        content_type = XML if body else ""
        with self.naming(right):
            answer = await self.http.ask(
                method,
                f"/ISAPI{path}",
                body=body,
                content_type=content_type,
                timeout_seconds=timeout_seconds,
            )
        said = Said(answer.status, answer.body, rejection(answer.status, answer.body))
        if said.refused is not None and said.refused.trouble is Trouble.ABSENT:
            self.note_absent(path, said.refused)
        return said

    @contextmanager
    def naming(self, right: Right) -> Iterator[None]:
        """Whoever lacks a right is told which: the device only says that one is missing."""
        try:
            yield
        except Refused as refused:
            if not is_right_missing(refused):
                raise
            raise right_missing(self.login.host, right) from None

    def body_of(self, said: Said, right: Right) -> bytes:
        """The body, or raises what the refusal means."""
        if said.refused is not None:
            raise self.error(said.refused, right)
        return said.body

    def error(self, refused: Rejection, right: Right) -> DeviceError:
        """A refusal in our own few kinds."""
        said = refused.said
        match refused.trouble:
            case Trouble.ABSENT:
                return unable(said)
            case Trouble.RIGHT:
                return right_missing(self.login.host, right)
            case Trouble.BUSY:
                return Busy(Reason("device_busy", {"status": said}))
            case Trouble.FAULT:
                return Busy(Reason("device_error", {"status": said}))
            case Trouble.UNFIT:
                return Unsupported(Reason("device_unfit", {"status": said}))
            case Trouble.ASLEEP:
                return Refused(Reason("device_inactive", raw=said))
            case Trouble.REBOOT:
                return Busy(Reason("device_restart_wanted", raw=said))

    def lacks(self, path: str) -> bool:
        """Whether the device has said that it has no such thing to GET."""
        return self.clock.monotonic() < self._absent_until.get(path, 0.0)

    def note_absent(self, path: str, refused: Rejection) -> None:
        """The device has said so: for ever, or in words that one that still starts says as well."""
        now = self.clock.monotonic()
        self._absent_until[path] = now + _VAGUE_SECONDS if refused.is_vague else math.inf

    def forget(self) -> None:
        """Ask for everything again: the device or its software was changed."""
        self._absent_until.clear()


async def brief(chunks: AsyncIterator[bytes]) -> bytes:
    """The body of a refusal, which is short."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > _BRIEF_BYTES:
            break
    return bytes(body)
