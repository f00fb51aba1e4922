"""Who may ask a simulated recorder over HTTP: digest as devices do it, and the lockout.

Sources: RFC 2617 and RFC 7616 (digest with qop), RFC 2069 (without). To bring no credentials is no
login; wrong ones, and Basic, which devices do not take, count as one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sereno.sim.quirks import Quirks
from sereno.sim.recorders.config import RecorderConfig

_FIELD = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


class Entry(StrEnum):
    """What becomes of a request at the door."""

    PASS = "pass"  # noqa: S105
    ASK = "ask"
    """It brought no credentials."""
    STALE = "stale"
    """The credentials are right, the nonce is unknown, used up, or its count was used before."""
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``attempts_left`` before the lock, ``locked_seconds`` until it opens.

    ``is_worn_out`` tells a nonce that this server gave and that was used too often.
    """

    entry: Entry
    attempts_left: int = 0
    locked_seconds: int = 0
    is_worn_out: bool = False


@dataclass(frozen=True, slots=True)
class DoorRules:
    """How a device asks. ``qop`` is quoted in the challenge as it is, empty for none.

    ``names_algorithm`` False leaves the algorithm unsaid, which means MD5. A nonce is good for
    ``nonce_uses`` requests (None: any number). After ``lock_after`` wrong logins an address is
    locked out for ``lock_seconds``; ``is_locked`` locks it from the start.
    """

    user: str
    password: str = field(repr=False)
    realm: str = "Sereno simulated recorder"
    algorithm: str = "MD5"
    names_algorithm: bool = True
    qop: str = "auth"
    nonce_uses: int | None = None
    lock_after: int = 5
    lock_seconds: int = 1800
    is_locked: bool = False
    extra: str = ""
    """Further fields of the challenge, as they are."""


class HttpDoorkeeper:
    """``clock`` gives seconds; failures are counted by the client's address."""

    def __init__(self, rules: DoorRules, clock: Callable[[], float]) -> None:
        self.rules = rules
        self.wrong_logins = 0
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._locked_until: dict[str, float] = {}
        self._uses: dict[str, set[str]] = {}

    def judge(self, method: str, target: str, authorization: str, client: str) -> Verdict:
        """Lets a request pass or says why not. ``authorization`` is its header or empty.

        While locked, every login is refused, with the right password too.
        """
        scheme, _, rest = authorization.partition(" ")
        if not scheme:
            return self._verdict(Entry.ASK, client)
        if self.locked_seconds(client):
            return self._verdict(Entry.LOCKED, client)
        fields = {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(rest)}
        if scheme.lower() != "digest" or not self._is_right(method, target, fields):
            return self._fail(client)
        return self._use(fields, client)

    def challenge(self, *, is_stale: bool = False) -> str:
        """A new WWW-Authenticate; ``is_stale`` tells that only the nonce was wrong."""
        rules, nonce = self.rules, secrets.token_hex(16)
        self._uses[nonce] = set()
        parts = [f'realm="{rules.realm}"', f'nonce="{nonce}"']
        parts += [f'qop="{rules.qop}"'] if rules.qop else []
        parts += [f"algorithm={rules.algorithm}"] if rules.names_algorithm else []
        parts += [rules.extra] if rules.extra else []
        parts += ["stale=TRUE"] if is_stale else []
        return "Digest " + ", ".join(parts)

    def locked_seconds(self, client: str) -> int:
        """For how long an address stays locked out; 0 where it is not."""
        if self.rules.is_locked:
            return self.rules.lock_seconds
        return max(0, round(self._locked_until.get(client, 0) - self._clock()))

    def attempts_left(self, client: str) -> int:
        """How many wrong logins an address has left."""
        return max(0, self.rules.lock_after - self._failures.get(client, 0))

    def fail(self, client: str) -> None:
        """Counts a wrong login, also one that came another way, such as RTSP."""
        self.wrong_logins += 1
        self._failures[client] = self._failures.get(client, 0) + 1
        if self._failures[client] >= self.rules.lock_after:
            self._locked_until[client] = self._clock() + self.rules.lock_seconds
            self._failures[client] = 0

    def forgive(self, client: str) -> None:
        """An address has logged in: what it got wrong before counts no more."""
        self._failures.pop(client, None)

    def _fail(self, client: str) -> Verdict:
        self.fail(client)
        locked = self.locked_seconds(client)
        return self._verdict(Entry.LOCKED if locked else Entry.WRONG, client)

    def _use(self, fields: dict[str, str], client: str) -> Verdict:
        counts = self._uses.get(fields.get("nonce", ""))
        if counts is None:
            return self._verdict(Entry.STALE, client)
        most = self.rules.nonce_uses
        is_worn_out = most is not None and len(counts) >= most
        count = fields.get("nc", "")
        if is_worn_out or (count and count in counts):
            return Verdict(Entry.STALE, self.attempts_left(client), is_worn_out=is_worn_out)
        counts.add(count or str(len(counts)))
        self.forgive(client)
        return self._verdict(Entry.PASS, client)

    def _verdict(self, entry: Entry, client: str) -> Verdict:
        return Verdict(entry, self.attempts_left(client), self.locked_seconds(client))

    def _is_right(self, method: str, target: str, fields: dict[str, str]) -> bool:
        rules = self.rules
        says = fields.get("algorithm", "MD5").upper()
        if fields.get("username") != rules.user or fields.get("uri") != target:
            return False
        if says != rules.algorithm or bool(rules.qop) != ("qop" in fields):
            return False
        right = answer_of(rules.algorithm, rules.user, rules.password, method, fields)
        return hmac.compare_digest(right.encode(), fields.get("response", "").lower().encode())


def rules_of(config: RecorderConfig, quirks: Quirks, **changes: Any) -> DoorRules:
    """The rules that a recorder's configuration and the shared switches make.

    ``changes`` are the maker's own: realm, qop, names_algorithm, extra.
    """
    uses = quirks.get("nonce-uses")
    rules = DoorRules(
        user=config.user,
        password=config.password,
        algorithm="SHA-256" if "sha256-only" in quirks else "MD5",
        nonce_uses=None if uses is None else int(uses),
        lock_after=config.lock_after,
        lock_seconds=config.lock_seconds,
        is_locked="account-locked" in quirks,
    )
    return replace(rules, **changes)


def answer_of(algorithm: str, user: str, password: str, method: str, fields: dict[str, str]) -> str:
    """The right ``response`` for the fields of an Authorization header (body not protected)."""

    def digest(text: str) -> str:
        made = hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False)
        return made.hexdigest()

    secret = digest(f"{user}:{fields.get('realm', '')}:{password}")
    act = digest(f"{method}:{fields.get('uri', '')}")
    middle = [fields.get("nonce", "")]
    if "qop" in fields:
        middle += [fields.get("nc", ""), fields.get("cnonce", ""), fields["qop"]]
    return digest(":".join([secret, *middle, act]))
