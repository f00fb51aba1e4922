"""Who may watch: Basic and digest authentication as cameras ask for it.

Sources: RFC 2069 (digest without qop, which most cameras use), RFC 2617 (qop, MD5-sess),
RFC 7616 (SHA-256), RFC 7617 (Basic).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

REALM = "Sereno simulated camera"
_FIELD = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


@dataclass(frozen=True, slots=True)
class _Scheme:
    hash_name: str
    algorithm: str = ""
    has_qop: bool = False


SCHEMES: dict[str, _Scheme] = {
    "basic": _Scheme(""),
    "digest": _Scheme("md5"),
    "digest-qop": _Scheme("md5", "MD5", has_qop=True),
    "digest-sess": _Scheme("md5", "MD5-sess", has_qop=True),
    "sha256": _Scheme("sha256", "SHA-256", has_qop=True),
}
"""What ``SimConfig.auth`` may name."""


@dataclass(slots=True)
class Logins:
    """What all connections of a server count together: credentials that were wrong.

    ``on_refused`` is told the client's address at each, ``locked_seconds`` for how long an address
    is locked out besides (0: it is not); a device counts so over all its doors.
    """

    refused: int = 0
    on_refused: Callable[[str], None] | None = None
    locked_seconds: Callable[[str], int] | None = None

    def refuse(self, client: str) -> None:
        """Counts wrong credentials."""
        self.refused += 1
        if self.on_refused is not None:
            self.on_refused(client)

    def locked_out_seconds(self, client: str) -> int | None:
        """For how long an address is locked out; None where it is not."""
        return (self.locked_seconds and self.locked_seconds(client)) or None


class Doorkeeper:
    """Asks one connection for credentials and judges what it brings.

    ``user`` None lets everybody in. After ``nonce_requests`` requests the nonce is stale.
    Wrong credentials are counted in ``logins``; to bring none is no wrong login.
    """

    def __init__(
        self,
        user: str | None,
        password: str,
        schemes: tuple[str, ...],
        nonce_requests: int | None,
        logins: Logins,
    ) -> None:
        self.client = ""
        """The address of who is at the door."""
        self._logins = logins
        self._user = user
        self._password = password
        self._schemes = schemes
        self._nonce_requests = nonce_requests
        self._uses = 0
        self._nonce = secrets.token_hex(16)
        self._stale_nonces: set[str] = set()

    def challenges(self, method: str, authorization: str) -> list[str] | None:
        """The challenges to answer a request with, or None for one that may pass.

        ``authorization`` is the request's header, empty where it has none.
        """
        if self._user is None:
            return None
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() == "basic" and "basic" in self._schemes:
            return None if self._is_right_basic(rest) else self._refuse()
        fields = {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
        if scheme.lower() != "digest":
            return self._ask(is_stale=False)
        if fields.get("username") != self._user or not self._is_right_digest(method, fields):
            return self._refuse()
        if fields["nonce"] in self._stale_nonces:
            return self._ask(is_stale=True)
        self._uses += 1
        if self._uses == self._nonce_requests:
            self._stale_nonces.add(self._nonce)
            self._nonce, self._uses = secrets.token_hex(16), 0
        return None

    def _refuse(self) -> list[str]:
        self._logins.refuse(self.client)
        return self._ask(is_stale=False)

    def _ask(self, *, is_stale: bool) -> list[str]:
        return [self._challenge(name, is_stale) for name in self._schemes]

    def _challenge(self, name: str, is_stale: bool) -> str:
        scheme = SCHEMES[name]
        if name == "basic":
            return f'Basic realm="{REALM}"'
        text = f'Digest realm="{REALM}", nonce="{self._nonce}"'
        if scheme.has_qop:
            text += f', qop="auth", algorithm={scheme.algorithm}, opaque=""'
        return f"{text}, stale=TRUE" if is_stale else text

    def _is_right_basic(self, token: str) -> bool:
        right = base64.b64encode(f"{self._user}:{self._password}".encode())
        return hmac.compare_digest(right, token.strip().encode())

    def _is_right_digest(self, method: str, fields: dict[str, str]) -> bool:
        nonce = fields.get("nonce", "")
        scheme = self._scheme_of(fields)
        if scheme is None or nonce not in {self._nonce, *self._stale_nonces}:
            return False
        right = digest_answer(scheme, self._user or "", self._password, method, fields)
        return hmac.compare_digest(right.encode(), fields.get("response", "").lower().encode())

    def _scheme_of(self, fields: dict[str, str]) -> _Scheme | None:
        """The offered scheme that an answer follows."""
        algorithm = fields.get("algorithm", "MD5").upper()
        for name in self._schemes:
            scheme = SCHEMES[name]
            is_it = (scheme.algorithm or "MD5").upper() == algorithm
            if scheme.hash_name and is_it and scheme.has_qop == ("qop" in fields):
                return scheme
        return None


def digest_answer(
    scheme: _Scheme, user: str, password: str, method: str, fields: dict[str, str]
) -> str:
    """The right ``response`` to the fields of an Authorization header."""

    def digest(text: str) -> str:
        return hashlib.new(scheme.hash_name, text.encode(), usedforsecurity=False).hexdigest()

    nonce, cnonce = fields.get("nonce", ""), fields.get("cnonce", "")
    secret = digest(f"{user}:{fields.get('realm', '')}:{password}")
    if scheme.algorithm.endswith("-sess"):
        secret = digest(f"{secret}:{nonce}:{cnonce}")
    act = digest(f"{method}:{fields.get('uri', '')}")
    if not scheme.has_qop:
        return digest(f"{secret}:{nonce}:{act}")
    count, qop = fields.get("nc", ""), fields.get("qop", "")
    return digest(f"{secret}:{nonce}:{count}:{cnonce}:{qop}:{act}")


def digest_response(user: str, password: str, realm: str, nonce: str, method: str, uri: str) -> str:
    """The answer of RFC 2069: MD5, no qop."""
    fields = {"realm": realm, "nonce": nonce, "uri": uri}
    return digest_answer(SCHEMES["digest"], user, password, method, fields)
