"""RPC2: a login in two steps, then methods by name, all in JSON."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sereno.base.spans import span_or_none
from sereno.sim.dahua.answers import LOCKED_CODE, Refusal, as_json, bad_request
from sereno.sim.dahua.device import Device
from sereno.sim.dahua.facts import Facts
from sereno.sim.dahua.finding import Finding, Wanted
from sereno.sim.dahua.tables import Tables
from sereno.sim.recorders.doorkeeper import HttpDoorkeeper
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

LOGIN_PATH, PATH = "/RPC2_Login", "/RPC2"
KEEP_ALIVE_SECONDS = 60
_CHALLENGE, _NO_USER, _WRONG_PASSWORD = 268632079, 268632070, 268632085
_BAD_REQUEST, _NO_METHOD, _NO_SESSION = 268894209, 268894210, 287637505
Json = dict[str, Any]


class RpcError(Exception):
    """A call that fails with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Rpc:
    """All sessions of a recorder. ``clock`` gives seconds."""

    def __init__(
        self,
        device: Device,
        keeper: HttpDoorkeeper,
        facts: Facts,
        tables: Tables,
        finding: Finding,
        clock: Callable[[], float],
    ) -> None:
        self._device = device
        self._keeper = keeper
        self._finding = finding
        self._tables = tables
        self._clock = clock
        self._randoms: dict[str, str] = {}
        self._sessions: dict[str, float] = {}
        self._methods: dict[str, Callable[[Json], Json]] = {
            "configManager.getConfig": self._config,
            "global.getCurrentTime": lambda _: _params(time=device.times.now()),
            "global.keepAlive": lambda _: _params(timeout=KEEP_ALIVE_SECONDS),
            "global.logout": self._log_out,
            "magicBox.getDeviceType": lambda _: _params(type=device.model),
            "magicBox.getSerialNo": lambda _: _params(sn=device.serial.tell()),
            "magicBox.getSoftwareVersion": lambda _: _params(version=_version(device.firmware)),
            "magicBox.getSystemInfo": lambda _: _params(**facts.system_facts()),
            "mediaFileFind.factory.create": lambda _: {"result": finding.make()},
            "mediaFileFind.findFile": self._find,
            "mediaFileFind.findNextFile": self._next,
            "mediaFileFind.close": lambda call: self._end(call, is_destroyed=False),
            "mediaFileFind.destroy": lambda call: self._end(call, is_destroyed=True),
            "system.multicall": self._multicall,
        }

    def forget(self) -> None:
        """Ends all sessions, as a restart does."""
        self._sessions.clear()
        self._randoms.clear()

    def login(self, request: HttpRequest) -> HttpAnswer:
        """Both steps of the login."""
        call = _call(request)
        params = call.get("params") or {}
        if self._keeper.locked_seconds(request.client):
            return _answer(call, _error(LOCKED_CODE))
        random = self._randoms.pop(str(call.get("session", "")), None)
        if random is None or not params.get("password"):
            return _answer(call, self._challenge())
        user = self._device.config.user
        if params.get("userName") != user:
            self._keeper.fail(request.client)
            return _answer(call, _error(_NO_USER))
        right = password_answer(user, self._device.config.password, self._realm, random)
        if not hmac.compare_digest(right.encode(), str(params["password"]).encode()):
            self._keeper.fail(request.client)
            return _answer(call, _error(_WRONG_PASSWORD))
        request.was_authorised = True
        session = self._new_session()
        self._sessions[session] = self._clock()
        return _answer(call, {**_params(keepAliveInterval=KEEP_ALIVE_SECONDS), "session": session})

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """A method's result."""
        call = _call(request)
        session = str(call.get("session", ""))
        seen = self._sessions.get(session)
        if seen is None or self._clock() - seen > KEEP_ALIVE_SECONDS:
            self._sessions.pop(session, None)
            return _answer(call, _error(_NO_SESSION))
        self._sessions[session] = self._clock()
        request.was_authorised = True
        method = self._methods.get(str(call.get("method")))
        if method is None:
            return _answer(call, _error(_NO_METHOD))
        try:
            return _answer(call, {**method(call), "session": session})
        except RpcError as error:
            return _answer(call, _error(error.code))
        except (Refusal, KeyError, TypeError):
            return _answer(call, _error(_BAD_REQUEST))

    @property
    def _realm(self) -> str:
        return f"Login to {self._device.config.serial}"

    def _challenge(self) -> Json:
        session, random = self._new_session(), str(secrets.randbelow(10**9))
        self._randoms[session] = random
        params = {"encryption": "Default", "random": random, "realm": self._realm}
        return {**_error(_CHALLENGE), "params": params, "session": session}

    def _new_session(self) -> str:
        return secrets.token_hex(16)

    def _log_out(self, call: Json) -> Json:
        del self._sessions[str(call["session"])]
        return {"result": True}

    def _config(self, call: Json) -> Json:
        return _params(table=_listed(self._tables.table(call["params"]["name"])))

    def _find(self, call: Json) -> Json:
        condition = call["params"]["condition"]
        times = self._device.times
        start = times.read(condition["StartTime"])
        end = times.read(condition["EndTime"], is_second=True)
        if span_or_none(start, end) is None:
            raise bad_request()
        wanted = Wanted(
            channel=self._device.channel(str(condition["Channel"]), base=0),
            span=self._finding.span(start, end),
            types=tuple(condition.get("Types") or ()),
            flags=tuple(condition.get("Flags") or ()),
            stream=condition.get("VideoStream", "Main"),
        )
        return {"result": self._finding.point(call["object"], wanted)}

    def _next(self, call: Json) -> Json:
        rows = self._finding.page(call["object"], int(call["params"]["count"]))
        return _params(found=len(rows), infos=rows)

    def _end(self, call: Json, *, is_destroyed: bool) -> Json:
        self._finding.end(call["object"], is_destroyed=is_destroyed)
        return {"result": True}

    def _multicall(self, call: Json) -> Json:
        """Calls inside it fail."""
        return {"result": True, "params": [_error(_NO_METHOD) for _ in call["params"]]}


def password_answer(user: str, password: str, realm: str, random: str) -> str:
    """What the second step of a login brings: MD5 of MD5, in upper-case digits both times."""

    def digest(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()

    return digest(f"{user}:{random}:{digest(f'{user}:{realm}:{password}')}")


def _call(request: HttpRequest) -> Json:
    try:
        call = json.loads(request.body)
    except ValueError:
        raise bad_request() from None
    if not isinstance(call, dict):
        raise bad_request()
    return call


def _answer(call: Json, facts: Json) -> HttpAnswer:
    return as_json({"id": call.get("id", 0), **facts})


def _params(**params: Any) -> Json:
    return {"result": True, "params": params}


def _error(code: int) -> Json:
    return {"result": False, "error": {"code": code, "message": "Component error"}}


def _version(firmware: str) -> Json:
    version, _, build = firmware.partition(",build:")
    return {"Version": version, "BuildDate": build}


def _listed(table: Any) -> Any:
    """Entries by number as a list, with nothing in the places between."""
    if isinstance(table, Mapping) and table and all(isinstance(key, int) for key in table):
        return [table.get(place) for place in range(max(table) + 1)]
    return table
