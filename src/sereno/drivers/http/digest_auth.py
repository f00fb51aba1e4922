"""Credentials for a device's HTTP: which challenge is answered, and with what.

How challenges are read and answered is `sereno.media.rtsp.digest`; RTSP and HTTP share it.
"""

from __future__ import annotations

import httpx

from sereno.drivers.contract import Login
from sereno.drivers.errors import Refused
from sereno.drivers.http.faults import reason_at
from sereno.media.rtsp.clear_text import may_see_password, wants_password
from sereno.media.rtsp.digest import Authorizer, Basic, Challenge, choose_challenge, schemes_of


class Signer:
    """Signs requests in answer to one challenge, one request after the other.

    `use_count`: how often its nonce was used. Raises Refused where the device leaves no way that
    keeps the password secret.
    """

    def __init__(self, login: Login, headers: httpx.Headers) -> None:
        self.use_count = 0
        self._credentials = _credentials(login, headers.get_list("www-authenticate"))

    @property
    def nonce(self) -> str:
        """The challenge's own; empty for Basic."""
        return self._credentials.nonce

    def sign(self, method: str, target: str) -> str:
        """The value of `Authorization`; `target` is as it stands in the request line."""
        self.use_count += 1
        return self._credentials.header(method, target)


def challenge_of(headers: httpx.Headers) -> Challenge | None:
    """The strongest digest challenge of an answer."""
    return choose_challenge(headers.get_list("www-authenticate"))


def _credentials(login: Login, challenges: list[str]) -> Authorizer | Basic:
    if not login.username:
        raise Refused(reason_at(login, "login_needed"))
    if (challenge := choose_challenge(challenges)) is not None:
        return Authorizer(challenge, login.username, login.password)
    if not wants_password(challenges):
        schemes = ", ".join(schemes_of(challenges)) or "–"
        raise Refused(reason_at(login, "login_unknown", schemes=schemes))
    if not (login.is_tls or may_see_password(login.host)):
        raise Refused(reason_at(login, "login_unsafe"))
    return Basic(login.username, login.password)
