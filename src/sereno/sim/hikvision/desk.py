"""Where requests come in: the door first, then what answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sereno.sim.hikvision.device import Act, Routes
from sereno.sim.hikvision.door import Door
from sereno.sim.hikvision.rights import refusal_of
from sereno.sim.hikvision.xml import HIKVISION, ISAPI, PSIA, Refusal, not_supported, told
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_API = "/ISAPI/"
_LOGIN_PAGE = b"<html><script>window.location.href = '/doc/page/login.asp';</script></html>\n"


class Desk:
    """Answers every request of a device."""

    def __init__(self, door: Door, routes: Iterable[Routes], quirks: Mapping[str, float]) -> None:
        self._door = door
        self._quirks = quirks
        self._acts: dict[tuple[str, str], Act] = {
            (method, path): act for part in routes for method, path, act in part
        }
        self._paths = {path for _, path in self._acts}

    async def answer(self, request: HttpRequest) -> HttpAnswer:
        """The answer, whatever was asked."""
        path = request.path
        if not path.startswith(_API):
            is_root = path == "/"
            return HttpAnswer(200 if is_root else 404, [], _LOGIN_PAGE if is_root else b"")
        if "not-activated" in self._quirks:
            return self._refused(request, Refusal(403, 4, "notActivated"))
        refusal = self._door.refusal(request)
        if refusal is not None:
            return refusal
        try:
            return self._dressed(await self._serve(request, path))
        except Refusal as refused:
            return self._refused(request, refused)

    async def _serve(self, request: HttpRequest, path: str) -> HttpAnswer:
        refused = refusal_of(path, self._quirks)
        if refused is not None:
            raise refused
        act = self._acts.get((request.method, path))
        if act is not None:
            return await act(request)
        if path in self._paths:
            raise Refusal(405, 4, "methodNotAllowed")
        raise not_supported()

    def _refused(self, request: HttpRequest, refused: Refusal) -> HttpAnswer:
        status = 200 if "errors-with-200" in self._quirks else refused.status
        answer = told(
            request.path,
            status,
            refused.code,
            refused.sub,
            words=refused.words,
            as_json=request.query.get("format") == "json",
        )
        if status == 401:
            answer.headers.append(("WWW-Authenticate", self._door.keeper.challenge()))
        return self._dressed(answer)

    def _dressed(self, answer: HttpAnswer) -> HttpAnswer:
        """In another namespace, where this firmware uses that."""
        if "psia-namespace" not in self._quirks or not isinstance(answer.body, bytes):
            return answer
        body = answer.body
        for usual in (HIKVISION, ISAPI):
            body = body.replace(usual.encode(), PSIA.encode())
        return replace(answer, body=body)
