"""`WS /ws/status`: how cameras are, and each change of it, to whoever may see them.

The hub numbers the changes and says what each caller may hear (`GET /api/v1/status?after=`); front
only keeps the sockets, hears that there is something new, and asks for each of them. So rights and
sessions are looked at each time, and a slow viewer costs nothing but its place: what it has not
taken yet lies in the hub's table, and where that is too much it gets a snapshot.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import httpx
from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.tasks import until_first
from sereno.front.addresses import is_same_origin
from sereno.front.forwarding import request_headers

STATUS_PATH = "/ws/status"
CHANNEL = "sereno_status"
# So soon a viewer hears no more of what it may not see any more, or of what was said while front
# did not hear.
LOOK_EVERY_SECONDS = 30.0
# After an answer, so that a site that fails as a whole is told in a few words.
GATHER_SECONDS = 0.25
MOST_SOCKETS = 1000
NOT_KNOWN = 4401
NOT_ALLOWED = 4403
TRY_AGAIN_LATER = 1013
_PASSED_ON = frozenset((b"cookie", b"authorization", b"x-forwarded-for", b"x-forwarded-proto"))


class _Refused(Exception):
    """The hub does not answer this caller: a code to close with, and a key that says why."""

    def __init__(self, code: int, key: str) -> None:
        super().__init__(key)
        self.code = code
        self.key = key


class StatusRoom:
    """Holds the sockets of those who watch the states of cameras, each with its bell."""

    def __init__(self, hub: httpx.AsyncClient) -> None:
        self._hub = hub
        self._bells: set[asyncio.Event] = set()

    async def hold(self, viewer: WebSocket) -> None:
        """Tell a viewer until it leaves, or may hear no more. A foreign page gets 403."""
        if not is_same_origin(viewer):
            await viewer.close()  # before it is accepted: 403
            return
        await viewer.accept()
        if len(self._bells) >= MOST_SOCKETS:
            await viewer.close(TRY_AGAIN_LATER, "too_many")
            return
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            await until_first(self._tell(viewer, bell), _until_gone(viewer))
        except WebSocketDisconnect:
            return
        except _Refused as refused:
            with suppress(WebSocketDisconnect, RuntimeError):  # it left by itself
                await viewer.close(refused.code, refused.key)
        finally:
            self._bells.discard(bell)

    def ring(self) -> None:
        """There is, or may be, something new. Several times before anybody looked are one."""
        for bell in self._bells:
            bell.set()

    async def _tell(self, viewer: WebSocket, bell: asyncio.Event) -> None:
        after = viewer.query_params.get("after", "")
        headers = [(name, value) for name, value in request_headers(viewer) if name in _PASSED_ON]
        while True:
            bell.clear()
            news = await self._ask(after, headers)
            await _send(viewer, news)
            after = str(news["id"])
            await asyncio.sleep(GATHER_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await bell.wait()

    async def _ask(self, after: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
        """What the hub tells this caller. Raises _Refused."""
        params = {"after": after} if after else {}
        try:
            answer = await self._hub.get("/api/v1/status", params=params, headers=headers)
        except httpx.TransportError:
            raise _Refused(TRY_AGAIN_LATER, "hub_away") from None
        if answer.is_success:
            told: dict[str, Any] = answer.json()
            return told
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and after:
            return await self._ask("", headers)  # a number that never was: from the beginning
        raise _refusal(answer)


def _refusal(answer: httpx.Response) -> _Refused:
    match answer.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return _Refused(NOT_KNOWN, "not_signed_in")
        case HTTPStatus.FORBIDDEN:
            return _Refused(NOT_ALLOWED, "not_allowed")
        case _:
            return _Refused(TRY_AGAIN_LATER, "hub_away")


async def _send(viewer: WebSocket, news: dict[str, Any]) -> None:
    messages = [news["snapshot"]] if news["snapshot"] else news["events"]
    for message in messages:
        await viewer.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))


async def _until_gone(viewer: WebSocket) -> None:
    """A viewer has nothing to say: whatever comes is dropped."""
    while (await viewer.receive())["type"] != "websocket.disconnect":
        pass
