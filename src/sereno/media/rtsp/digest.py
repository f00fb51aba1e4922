"""Digest authentication as cameras ask for it: MD5 and SHA-256, with and without qop.

Source: RFC 2617 and RFC 7616. Basic is never answered: it would send the password in clear text.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_HASHES = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


@dataclass(frozen=True, slots=True)
class Challenge:
    """One `WWW-Authenticate: Digest …` that we can answer."""

    realm: str
    nonce: str
    algorithm: str
    is_session: bool
    has_qop: bool
    opaque: str | None
    is_stale: bool


def choose_challenge(headers: Iterable[str]) -> Challenge | None:
    """The strongest digest challenge among `WWW-Authenticate` headers, or None."""
    found = [challenge for header in headers if (challenge := _parse(header)) is not None]
    return max(found, key=lambda challenge: challenge.algorithm == "SHA-256", default=None)


def _parse(header: str) -> Challenge | None:
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    fields = {
        match[1].lower(): re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        for match in _PARAMETER.finditer(rest)
    }
    name, _, suffix = fields.get("algorithm", "MD5").upper().partition("-SESS")
    name = name.replace("SHA256", "SHA-256")
    qops = {option.strip().lower() for option in fields.get("qop", "").split(",")} - {""}
    is_answerable = name in _HASHES and (not qops or "auth" in qops) and "nonce" in fields
    if not is_answerable:
        return None
    return Challenge(
        realm=fields.get("realm", ""),
        nonce=fields["nonce"],
        algorithm=name,
        is_session="-SESS" in fields.get("algorithm", "").upper() and not suffix,
        has_qop=bool(qops),
        opaque=fields.get("opaque"),
        is_stale=fields.get("stale", "").lower() == "true",
    )


@dataclass(slots=True)
class Authorizer:
    """Answers one challenge for as many requests as the server accepts it."""

    challenge: Challenge
    username: str
    password: str = field(repr=False)
    draw_nonce: Callable[[], str] = lambda: secrets.token_hex(8)
    _count: int = 0

    def header(self, method: str, url: str) -> str:
        """The value of `Authorization` for one request."""
        challenge = self.challenge
        self._count += 1
        count, client_nonce = f"{self._count:08x}", self.draw_nonce()
        user_hash = self._hash(f"{self.username}:{challenge.realm}:{self.password}")
        if challenge.is_session:
            user_hash = self._hash(f"{user_hash}:{challenge.nonce}:{client_nonce}")
        request_hash = self._hash(f"{method}:{url}")
        middle = f"{count}:{client_nonce}:auth:" if challenge.has_qop else ""
        response = self._hash(f"{user_hash}:{challenge.nonce}:{middle}{request_hash}")
        parts = [
            f"username={_quote(self.username)}",
            f"realm={_quote(challenge.realm)}",
            f"nonce={_quote(challenge.nonce)}",
            f"uri={_quote(url)}",
            f'response="{response}"',
        ]
        if challenge.algorithm != "MD5" or challenge.is_session:
            parts.append(f"algorithm={challenge.algorithm}{'-sess' * challenge.is_session}")
        if challenge.has_qop or challenge.is_session:
            parts.append(f'cnonce="{client_nonce}"')
        if challenge.has_qop:
            parts.append(f"qop=auth, nc={count}")
        if challenge.opaque is not None:
            parts.append(f"opaque={_quote(challenge.opaque)}")
        return "Digest " + ", ".join(parts)

    def _hash(self, text: str) -> str:
        return _HASHES[self.challenge.algorithm](text.encode()).hexdigest()


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
