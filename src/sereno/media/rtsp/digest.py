"""Digest authentication as cameras ask for it: MD5 and SHA-256, with and without qop; and Basic.

Source: RFC 2617, RFC 7616 and RFC 7617.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

# No byte is looked at again and again, whatever a server sends: names begin where words do, nothing
# is given back, and an open quote takes all the rest.
_WORDS = re.compile(
    r'(?<![\w-])(?P<name>[\w-]++)\s*+=\s*+(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<plain>[^\s,"]++))'
    r'|"(?:[^"\\]|\\.)*+"?|(?P<scheme>[A-Za-z][\w-]*+)'
)
_SCHEMES = {"basic", "digest", "bearer", "ntlm", "negotiate"}
_HASHES = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


@dataclass(frozen=True, slots=True)
class Challenge:
    """One `WWW-Authenticate: Digest …` that we can answer.

    `algorithm` is the name of the hash, `said_algorithm` what the server called it, or nothing.
    """

    realm: str
    nonce: str
    algorithm: str
    said_algorithm: str
    is_session: bool
    has_qop: bool
    opaque: str | None
    is_stale: bool


def choose_challenge(headers: Iterable[str]) -> Challenge | None:
    """The strongest digest challenge among `WWW-Authenticate` headers, or None."""
    found = [
        challenge
        for scheme, fields in _challenges(headers)
        if scheme == "digest" and (challenge := _digest(fields)) is not None
    ]
    return max(found, key=lambda challenge: challenge.algorithm == "SHA-256", default=None)


def schemes_of(headers: Iterable[str]) -> list[str]:
    """The names of all schemes that are offered, in lower case."""
    return [scheme for scheme, _ in _challenges(headers)]


def _challenges(headers: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Schemes and their parameters; one header may hold several of them."""
    for header in headers:
        scheme, fields = "", dict[str, str]()
        for word in _WORDS.finditer(header):
            if word["name"] is not None:
                quoted = word["quoted"]
                text = word["plain"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
                fields.setdefault(word["name"].lower(), text)
            elif word["scheme"] is not None and word["scheme"].lower() in _SCHEMES:
                if scheme:
                    yield scheme, fields
                scheme, fields = word["scheme"].lower(), {}
        if scheme:
            yield scheme, fields


def _digest(fields: dict[str, str]) -> Challenge | None:
    said = fields.get("algorithm", "")
    name, _, suffix = (said or "MD5").upper().partition("-SESS")
    name = name.replace("SHA256", "SHA-256")
    qops = {option.strip().lower() for option in fields.get("qop", "").split(",")} - {""}
    is_answerable = name in _HASHES and (not qops or "auth" in qops) and "nonce" in fields
    if not is_answerable:
        return None
    return Challenge(
        realm=fields.get("realm", ""),
        nonce=fields["nonce"],
        algorithm=name,
        said_algorithm=said,
        is_session="-SESS" in said.upper() and not suffix,
        has_qop=bool(qops),
        opaque=fields.get("opaque"),
        is_stale=fields.get("stale", "").lower() == "true",
    )


class Credentials(Protocol):
    """What answers one challenge for as many requests as the server accepts it."""

    @property
    def nonce(self) -> str:
        """The challenge's own, or nothing."""
        ...

    def header(self, method: str, url: str) -> str:
        """The value of `Authorization` for one request."""
        ...


@dataclass(slots=True)
class Authorizer:
    """Digest credentials."""

    challenge: Challenge
    username: str
    password: str = field(repr=False)
    draw_nonce: Callable[[], str] = lambda: secrets.token_hex(8)
    _count: int = 0

    @property
    def nonce(self) -> str:
        return self.challenge.nonce

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
        if challenge.said_algorithm:
            parts.append(f"algorithm={challenge.said_algorithm}")
        if challenge.has_qop or challenge.is_session:
            parts.append(f'cnonce="{client_nonce}"')
        if challenge.has_qop:
            parts.append(f"qop=auth, nc={count}")
        if challenge.opaque is not None:
            parts.append(f"opaque={_quote(challenge.opaque)}")
        return "Digest " + ", ".join(parts)

    def _hash(self, text: str) -> str:
        return _HASHES[self.challenge.algorithm](text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Basic:
    """The password itself, as good as in clear text: for encrypted connections only."""

    username: str
    password: str = field(repr=False)
    nonce: str = ""

    def header(self, method: str, url: str) -> str:
        """The value of `Authorization`, which is the same for every request."""
        pair = f"{self.username}:{self.password}".encode()
        return "Basic " + base64.b64encode(pair).decode()


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
