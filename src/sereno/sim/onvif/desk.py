"""Where requests come in: the door first, then what answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sereno.sim.onvif.addresses import SNAPSHOT_PATH
from sereno.sim.onvif.device import Operations
from sereno.sim.onvif.dialects import dressed
from sereno.sim.onvif.door import Door
from sereno.sim.onvif.services import SUBSCRIPTION_PATH, services_of
from sereno.sim.onvif.snapshot import Snapshots
from sereno.sim.onvif.soap import (
    CONTENT_TYPE,
    NAMESPACES,
    Call,
    Fault,
    Markup,
    envelope,
    not_supported,
    read,
)
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_PAGE = b"<html><head><title>Web client</title></head></html>\n"
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}


class Desk:
    """Answers every request of a device."""

    def __init__(
        self, door: Door, operations: Iterable[Operations], snapshots: Snapshots, quirks: Quirks
    ) -> None:
        self._door = door
        self._snapshots = snapshots
        self._quirks = quirks
        self._acts = {name: act for part in operations for name, act in part.items()}
        self._services: dict[str, set[str]] = {SUBSCRIPTION_PATH: {"tev", "wsnt"}}
        for service in services_of(quirks):
            self._services[service.path] = {service.prefix}

    async def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer, whatever was asked."""
        if seconds := self._quirks.get("slow-answers"):
            await asyncio.sleep(seconds)
        if request.path in self._services:
            return await self._answer_call(request)
        if request.path == SNAPSHOT_PATH:
            return await self._answer_picture(request)
        return HttpAnswer(200, [], _PAGE) if request.path == "/" else HttpAnswer(404)

    async def _answer_call(self, request: HttpRequest) -> HttpAnswer:
        if request.method != "POST":
            return HttpAnswer(405)
        try:
            call = read(request.body, request.target)
            self._door.let_in(request, call)
            return self._said(envelope(await self._serve(request.path, call)), request)
        except Fault as fault:
            is_hidden = "faults-with-200" in self._quirks and fault.status != 401
            answer = self._said(fault.message(), request, 200 if is_hidden else fault.status)
            answer.headers += fault.headers
            return answer

    async def _serve(self, path: str, call: Call) -> Markup:
        prefix = _PREFIXES.get(call.namespace, "")
        act = self._acts.get((prefix, call.operation))
        if act is None or prefix not in self._services[path]:
            raise not_supported()
        return await act(call)

    async def _answer_picture(self, request: HttpRequest) -> HttpAnswer:
        try:
            self._door.check_digest(request)
        except Fault as fault:
            return HttpAnswer(401, list(fault.headers))
        request.was_authorised = True
        return await self._snapshots.picture(request)

    def _said(self, message: str, request: HttpRequest, status: int = 200) -> HttpAnswer:
        """A message as this device writes it."""
        body = dressed(message, self._quirks)
        if "garbled-answers" in self._quirks and request.was_authorised:
            body = body[: len(body) // 2]
        return HttpAnswer(status, [("Content-Type", CONTENT_TYPE)], body)
