"""RPC2: what a device's own pages speak, JSON, for the devices that lack CGI for a thing.

A login is two requests: the first is told a challenge, the second answers it with two MD5 hashes in
upper case. The session is that of the second answer. Channels count from 0 here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from sereno.base.clock import Clock
from sereno.drivers.dahua.addresses import wall_text
from sereno.drivers.dahua.finder import PAGE_ROWS
from sereno.drivers.dahua.judge import LOCKED_CODES, read_json, shown, unable
from sereno.drivers.dahua.parse import as_int, garbled
from sereno.drivers.dahua.parse_footage import Row, read_rows
from sereno.drivers.errors import Busy, Unsupported
from sereno.drivers.http.client import DeviceHttp
from sereno.drivers.http.faults import reason_at
from sereno.policy.reasons import Reason

_CHALLENGE = 268632079
_WRONG_CODES = frozenset({268632070, 268632071, 268632085})
_UNKNOWN_CODES = frozenset({268632064, 268894209, 268894210})
_GONE_CODES = frozenset({287637504, 287637505})
_JSON = "application/json"
_CLIENT = "Web3.0"
_ALIVE_SECONDS = 20.0


def login_hash(username: str, realm: str, random: str, password: str) -> str:
    """What answers a challenge. Source: Dahua's own web pages."""
    inner = _md5(f"{username}:{realm}:{password}")
    return _md5(f"{username}:{random}:{inner}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


@dataclass(slots=True)
class Rpc2:
    """One session, opened when it is first needed and kept alive by what is asked."""

    http: DeviceHttp
    clock: Clock
    _session: object = None
    _number: int = 0
    _used_at: float = 0.0
    _alive_seconds: float = _ALIVE_SECONDS

    async def call(self, method: str, params: object = None, of: int | None = None) -> _Reply:
        """What a method answers, of an object if one is given. Raises DeviceError."""
        if self._session is None:
            await self._login()
        elif self.clock.monotonic() - self._used_at > self._alive_seconds:
            await self._keep_alive()
        reply = await self._post("/RPC2", method, params, of)
        if reply.code in _GONE_CODES:
            self._session = None
            await self._login()
            reply = await self._post("/RPC2", method, params, of)
        self._used_at = self.clock.monotonic()
        return reply

    async def close(self) -> None:
        """End the session. Raises DeviceError."""
        if self._session is not None:
            await self._post("/RPC2", "global.logout", None, None)
            self._session = None

    async def _login(self) -> None:
        login = self.http.login
        self.http.gate.check()
        first = await self._post("/RPC2_Login", "global.login", self._params("", ""), None)
        challenge = first.params
        if first.code != _CHALLENGE or not challenge:
            raise unable(first.raw)
        hashed = login_hash(
            login.username,
            str(challenge.get("realm")),
            str(challenge.get("random")),
            login.password,
        )
        self._session = first.session
        params = self._params(login.username, hashed)
        second = await self._post("/RPC2_Login", "global.login", params, None)
        if not second.result:
            self._session = None
            raise self._refused(second)
        self._session = second.session
        alive = as_int(str(second.params.get("keepAliveInterval", "")))
        self._alive_seconds = alive / 2 if alive else _ALIVE_SECONDS
        self._used_at = self.clock.monotonic()

    async def _keep_alive(self) -> None:
        params = {"timeout": int(self._alive_seconds * 2), "active": True}
        reply = await self._post("/RPC2", "global.keepAlive", params, None)
        if not reply.result:
            self._session = None
            await self._login()

    def _params(self, username: str, hashed: str) -> Mapping[str, str]:
        name = username or self.http.login.username
        params = {"userName": name, "password": hashed, "clientType": _CLIENT}
        return params | ({"authorityType": "Default"} if hashed else {})

    def _refused(self, reply: _Reply) -> Exception:
        """The gate is told, so that nobody shows these credentials again."""
        login, gate = self.http.login, self.http.gate
        if reply.code in LOCKED_CODES:
            return gate.locked(reason_at(login, "login_locked", wait="?"))
        if reply.code in _WRONG_CODES:
            return gate.refused(reason_at(login, "login_refused"))
        return unable(reply.raw)

    async def _post(self, path: str, method: str, params: object, of: int | None) -> _Reply:
        self._number += 1
        question: dict[str, object] = {"method": method, "params": params, "id": self._number}
        if self._session is not None:
            question["session"] = self._session
        if of is not None:
            question["object"] = of
        body = json.dumps(question).encode()
        headers = {"Cookie": f"WebClientHttpSessionID={self._session}"} if self._session else {}
        answer = await self.http.ask("POST", path, body=body, content_type=_JSON, headers=headers)
        if answer.status != httpx.codes.OK:
            raise unable(answer.body)
        told = read_json(answer.body)
        if not told:
            raise garbled(answer.body)
        return _Reply.of(told, answer.body)


@dataclass(frozen=True, slots=True)
class _Reply:
    """`result` is false, true or a number; `code` is of an error."""

    result: object
    params: Mapping[str, object]
    code: int | None
    session: object
    raw: bytes = field(repr=False)

    @classmethod
    def of(cls, told: Mapping[str, object], raw: bytes) -> _Reply:
        params, error = told.get("params"), told.get("error")
        code = as_int(str(error.get("code"))) if isinstance(error, dict) else None
        return cls(
            told.get("result", False),
            params if isinstance(params, dict) else {},
            code,
            told.get("session"),
            raw,
        )

    def fault(self) -> Busy | Unsupported:
        """What an answer means that is none."""
        if self.code in _UNKNOWN_CODES:
            return unable(self.raw)
        return Busy(Reason("device_busy", {"status": str(self.code)}, shown(self.raw)))


@dataclass(slots=True)
class Rpc2Finder:
    """Searches by RPC2; satisfies `sereno.drivers.dahua.finder.Finder`."""

    rpc2: Rpc2

    async def create(self) -> str:
        reply = await self.rpc2.call("mediaFileFind.factory.create")
        if not isinstance(reply.result, int) or not reply.result:
            raise reply.fault()
        return str(reply.result)

    async def begin(self, handle: str, channel: int, start: datetime, end: datetime) -> bool:
        condition = {
            "Channel": channel - 1,
            "StartTime": wall_text(start),
            "EndTime": wall_text(end),
            "Types": ["dav"],
        }
        reply = await self.rpc2.call(
            "mediaFileFind.findFile", {"condition": condition}, int(handle)
        )
        return bool(reply.result)

    async def next_rows(self, handle: str, now: datetime) -> list[Row]:
        reply = await self.rpc2.call(
            "mediaFileFind.findNextFile", {"count": PAGE_ROWS}, int(handle)
        )
        if not reply.result:
            raise reply.fault()
        infos = reply.params.get("infos") or []
        return read_rows(_as_table(infos if isinstance(infos, list) else []), now)

    async def close(self, handle: str) -> None:
        for method in ("mediaFileFind.close", "mediaFileFind.destroy"):
            await self.rpc2.call(method, None, int(handle))


def _as_table(infos: Sequence[object]) -> dict[str, str]:
    """Rows as CGI tells them."""
    table = dict[str, str]()
    for place, info in enumerate(infos):
        for key, value in (info if isinstance(info, dict) else {}).items():
            if isinstance(value, list):
                for index, part in enumerate(value):
                    table[f"items[{place}].{key}[{index}]"] = str(part)
            else:
                table[f"items[{place}].{key}"] = str(value)
    return table
