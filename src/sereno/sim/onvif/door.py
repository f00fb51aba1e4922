"""Who may ask: UsernameToken with a digest, or HTTP digest; both count in one lockout.

Sources: WS-Security UsernameToken Profile 1.0 (the digest: 3.1), ONVIF Core Specification (5.9.4:
what may be asked before login). A token is good for some seconds around its time, and once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from sereno.sim.onvif.device import Device
from sereno.sim.onvif.soap import NAMESPACES, Call, Fault, elements, not_authorized
from sereno.sim.onvif.times import read_stamp
from sereno.sim.recorders.doorkeeper import Entry, HttpDoorkeeper, Verdict, rules_of
from sereno.sim.recorders.http import HttpRequest

_DIGEST = "#PasswordDigest"
_USUAL_SECONDS = 15.0
_TIMES = {("tds", "GetSystemDateAndTime")}
_SERVICES = {("tds", "GetServices"), ("tds", "GetCapabilities")}
_OPEN = {("tds", "GetHostname"), ("tds", "GetEndpointReference")}
_OPEN_EVERYWHERE = "GetServiceCapabilities"
_ADMINISTRATORS_ONLY = {("tds", "GetUsers"), ("tds", "GetStorageConfigurations")}
_FOOTAGE = {"trc", "tse", "trp"}
_REFUSED = "Sender not Authorized"
_WRONG_TIME = "Wsse authorized time check failed"
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}


class Door:
    """Lets calls in, or raises the fault that they get."""

    def __init__(self, device: Device, clock: Callable[[], float]) -> None:
        self._device = device
        self._quirks = quirks = device.quirks
        rules = rules_of(device.config, quirks, realm="ONVIF device")
        self.keeper = HttpDoorkeeper(rules, clock)
        self._open = _OPEN | (set() if "date-needs-login" in quirks else _TIMES)
        self._open |= set() if "services-need-login" in quirks else _SERVICES
        self._knows_tokens = "digest-only" not in quirks
        self._knows_digest = "username-token-only" not in quirks
        self._used_nonces: set[bytes] = set()

    def let_in(self, request: HttpRequest, call: Call) -> None:
        """Raises Fault for a call that may not pass."""
        name = (_PREFIXES.get(call.namespace, ""), call.operation)
        if name in self._open or call.operation == _OPEN_EVERYWHERE:
            return
        token = next(elements(call.message, "UsernameToken"), None)
        if token is not None and self._knows_tokens:
            self._check_token(token, request.client)
        elif self._knows_digest:
            self.check_digest(request)
        else:
            raise not_authorized(_REFUSED)
        request.was_authorised = True
        is_footage = "lacks-right" in self._quirks and name[0] in _FOOTAGE
        if is_footage or name in _ADMINISTRATORS_ONLY:
            raise not_authorized("The account lacks the right to do this")

    def check_digest(self, request: HttpRequest) -> None:
        """HTTP digest. Raises Fault, with a challenge."""
        keeper = self.keeper
        authorization = request.headers.get("authorization", "")
        verdict = keeper.judge(request.method, request.target, authorization, request.client)
        if verdict.entry is Entry.PASS:
            return
        challenge = keeper.challenge(is_stale=verdict.entry is Entry.STALE)
        raise self._refused(verdict, ("WWW-Authenticate", challenge), status=401)

    def _check_token(self, token: Element, client: str) -> None:
        keeper = self.keeper
        if not keeper.locked_seconds(client):
            words = self._fault_of(token)
            if words is None:
                keeper.forgive(client)
                return
            keeper.fail(client)
            if not keeper.locked_seconds(client):
                raise not_authorized(words)
        raise self._refused(Verdict(Entry.LOCKED, 0, keeper.locked_seconds(client)))

    def _refused(
        self, verdict: Verdict, *headers: tuple[str, str], status: int | None = None
    ) -> Fault:
        if verdict.entry is not Entry.LOCKED:
            return not_authorized(_REFUSED, *headers, status=status)
        waiting = ("Retry-After", str(verdict.locked_seconds))
        return not_authorized("The account is locked", waiting, *headers, status=status)

    def _fault_of(self, token: Element) -> str | None:
        """The words for what is wrong with a token, or None."""
        said = {
            name: next(((each.text or "").strip() for each in elements(token, name)), "")
            for name in ("Username", "Password", "Nonce", "Created")
        }
        if not self._is_in_time(said["Created"]):
            return _REFUSED if "plain-refusals" in self._quirks else _WRONG_TIME
        kinds = [each.get("Type", "") for each in elements(token, "Password")]
        try:
            nonce = base64.b64decode(said["Nonce"], validate=True)
        except (binascii.Error, ValueError):
            return _REFUSED
        rules = self.keeper.rules
        right = token_digest(nonce, said["Created"], rules.password)
        is_right = hmac.compare_digest(right.encode(), said["Password"].encode())
        is_new = bool(nonce) and nonce not in self._used_nonces
        if not (is_right and is_new and said["Username"] == rules.user):
            return _REFUSED
        if not all(kind.endswith(_DIGEST) for kind in kinds):
            return _REFUSED
        self._used_nonces.add(nonce)
        return None

    def _is_in_time(self, created: str) -> bool:
        try:
            made: datetime = read_stamp(created)
        except Fault:
            return False
        seconds = self._quirks.get("tight-clock", _USUAL_SECONDS)
        hours = 1 if "check-off-an-hour" in self._quirks else 0
        age = self._device.now + timedelta(hours=hours) - made
        return abs(age.total_seconds()) <= seconds


def token_digest(nonce: bytes, created: str, password: str) -> str:
    """What a UsernameToken carries instead of the password."""
    made = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False)
    return base64.b64encode(made.digest()).decode()
