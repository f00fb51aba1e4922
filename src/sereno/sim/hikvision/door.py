"""401 as Hikvision says it."""

from __future__ import annotations

from collections.abc import Callable

from sereno.sim.hikvision.xml import HIKVISION, tag, told, xml_answer
from sereno.sim.quirks import Quirks
from sereno.sim.recorders.config import RecorderConfig
from sereno.sim.recorders.doorkeeper import Entry, HttpDoorkeeper, Verdict, rules_of
from sereno.sim.recorders.http import HttpAnswer, HttpRequest

_ODD_CHALLENGE = 'domain="::", opaque="", stale="FALSE"'
_PAGE = b"<!DOCTYPE html>\n<html><head><title>Document Error: Unauthorized</title></head></html>\n"


class Door:
    """Lets requests in, or answers them."""

    def __init__(self, config: RecorderConfig, quirks: Quirks, clock: Callable[[], float]) -> None:
        extra = _ODD_CHALLENGE if "odd-challenge" in quirks else ""
        realm = f"DS-{config.serial[-8:]}"
        self.keeper = HttpDoorkeeper(rules_of(config, quirks, realm=realm, extra=extra), clock)
        self._quirks = quirks

    def refusal(self, request: HttpRequest) -> HttpAnswer | None:
        """The 401 for a request, or None for one that may pass."""
        authorization = request.headers.get("authorization", "")
        verdict = self.keeper.judge(request.method, request.target, authorization, request.client)
        if verdict.entry is Entry.PASS:
            request.was_authorised = True
            return None
        answer = self._answer(request, verdict)
        if not verdict.is_worn_out:
            challenge = self.keeper.challenge(is_stale=verdict.entry is Entry.STALE)
            answer.headers.append(("WWW-Authenticate", challenge))
        return answer

    def _answer(self, request: HttpRequest, verdict: Verdict) -> HttpAnswer:
        if verdict.entry is Entry.ASK:
            return HttpAnswer(401, [("Content-Type", "text/html")], _PAGE)
        if verdict.entry is Entry.STALE and not verdict.is_worn_out:
            return told(request.target, 401, 4, "invalidOperation")
        facts = [tag("statusValue", 401), tag("statusString", "Unauthorized")]
        if "old-user-check" not in self._quirks:
            is_locked = verdict.entry is Entry.LOCKED
            facts += [
                tag("lockStatus", "lock" if is_locked else "unlock"),
                tag("unlockTime", verdict.locked_seconds),
                tag("retryLoginTime", 0 if is_locked else verdict.attempts_left),
            ]
        return xml_answer(tag("userCheck", *facts, version="2.0", xmlns=HIKVISION), 401)
