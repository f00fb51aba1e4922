"""Who may ask, as Dahua's firmware words it."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace

from sereno.sim.dahua.answers import LOCKED_CODE, as_json, plain
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.config import RecorderConfig
from sereno.sim.recorders.doorkeeper import Entry, HttpDoorkeeper, rules_of
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_COMMA_REALM = "Login to recorder, channel 1"


class Door:
    """Lets requests in, or answers them."""

    def __init__(self, config: RecorderConfig, quirks: Quirks, clock: Callable[[], float]) -> None:
        rules = rules_of(
            config,
            quirks,
            realm=_COMMA_REALM if "comma-realm" in quirks else f"Login to {config.serial}",
            qop="auth,auth-int" if "qop-list" in quirks else "auth",
            extra='opaque="5f1d2c"',
        )
        self._is_basic = "basic-only" in quirks
        # MD5 goes without saying.
        self.keeper = HttpDoorkeeper(
            replace(rules, names_algorithm=rules.algorithm != "MD5"), clock
        )

    def refusal(self, request: HttpRequest) -> HttpAnswer | None:
        """The answer to a request that may not pass, or None."""
        authorization = request.headers.get("authorization", "")
        if self._is_basic:
            return self._refusal_of_basic(request, authorization)
        verdict = self.keeper.judge(request.method, request.target, authorization, request.client)
        if verdict.entry is Entry.PASS:
            request.was_authorised = True
            return None
        if verdict.entry is Entry.LOCKED:
            return locked(verdict.locked_seconds)
        return _refused(self.keeper.challenge())

    def _refusal_of_basic(self, request: HttpRequest, authorization: str) -> HttpAnswer | None:
        rules = self.keeper.rules
        if seconds := self.keeper.locked_seconds(request.client):
            return locked(seconds)
        right = base64.b64encode(f"{rules.user}:{rules.password}".encode()).decode()
        if hmac.compare_digest(authorization.encode(), f"Basic {right}".encode()):
            request.was_authorised = True
            return None
        if authorization:
            self.keeper.fail(request.client)
        return _refused(f'Basic realm="{rules.realm}"')


def _refused(challenge: str) -> HttpAnswer:
    answer = plain("Invalid Authority!\r\n", 401)
    answer.headers.append(("WWW-Authenticate", challenge))
    return answer


def locked(seconds: int) -> HttpAnswer:
    """An address that is locked out."""
    return as_json({"ErrorCode": LOCKED_CODE, "Error": "Locked", "RmLock": seconds}, 403)
