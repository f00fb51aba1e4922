"""Asks a device by HTTP, through its gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

from sereno.drivers.contract import Login
from sereno.drivers.gate import Gate
from sereno.drivers.http.answers import Answer, Judge, StreamAnswer
from sereno.drivers.http.showing import Showing
from sereno.drivers.http.wire import Call, Reply, Wire


class DeviceHttp:
    """The HTTP of one device. Close it."""

    def __init__(self, login: Login, gate: Gate, judge: Judge) -> None:
        self.login = login
        self.gate = gate
        self._wire = Wire(login)
        self._showing = Showing(login, gate, judge, self._wire)

    async def ask(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float = 15,
        limit_bytes: int = 8 << 20,
        about: str = "",
    ) -> Answer:
        """The whole answer, whatever its status, but for what `judge` takes for a refusal.

        `target` is path and query as they go on the wire: percent-encoded by the caller, a space
        as %20; `about` what is asked for, where the target does not tell. Raises DeviceError.
        """
        call = _call(method, target, body, content_type, headers, timeout_seconds, is_brief=True)
        call = replace(call, about=about)
        async with self._opened(call) as reply:
            return Answer(reply.status, reply.headers, await reply.read(limit_bytes))

    def stream(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        content_type: str = "",
        headers: Mapping[str, str] | None = None,
        silence_seconds: float,
    ) -> AbstractAsyncContextManager[StreamAnswer]:
        """As `ask`, for a body that is long or never ends. Nothing may come for `silence_seconds`.

        What is not read waits in the device; leaving the block before the end breaks it off.
        """
        call = _call(method, target, body, content_type, headers, silence_seconds)
        return self._streamed(call)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._wire.close()

    @asynccontextmanager
    async def _streamed(self, call: Call) -> AsyncIterator[StreamAnswer]:
        async with self._opened(call) as reply:
            yield StreamAnswer(reply.status, reply.headers, reply.chunks)

    @asynccontextmanager
    async def _opened(self, call: Call) -> AsyncIterator[Reply]:
        async with self.gate.connection():
            reply = await self._showing.reply(call)
            try:
                yield reply
            finally:
                await reply.close()


def _call(
    method: str,
    target: str,
    body: bytes,
    content_type: str,
    headers: Mapping[str, str] | None,
    seconds: float,
    *,
    is_brief: bool = False,
) -> Call:
    sent = dict(headers or {})
    if content_type:
        sent["Content-Type"] = content_type
    return Call(method, target, seconds, body, sent, is_brief)
