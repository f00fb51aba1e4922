"""What is remembered of devices: who must not be asked, and what was learned.

A place is `host:port`. A halt names an account by a salted, slow hash of user name and password:
neither can be read from it, and a changed password is another account.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sereno.policy.reasons import Reason

ALONE_SECONDS = 30.0
"""So long another process keeps us waiting at most."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account that can be recognised and not read."""

    salt: str
    digest: str

    @classmethod
    def of(cls, username: str, password: str, salt: str = "") -> Account:
        """The account, under a salt of its own unless one is given (hexadecimal)."""
        salt = salt or secrets.token_hex(16)
        text = f"{username}\0{password}".encode()
        # 16 MiB and some 50 ms a guess (RFC 7914, 2): only paid where something was refused.
        digest = hashlib.scrypt(text, salt=salt.encode(), n=2**14, r=8, p=1)
        return cls(salt, digest.hex())

    def is_of(self, username: str, password: str) -> bool:
        """Whether these are its credentials."""
        theirs = Account.of(username, password, self.salt)
        return hmac.compare_digest(theirs.digest, self.digest)


@dataclass(frozen=True, slots=True)
class Halt:
    """Nobody asks: `until` then, or until credentials change (None). `account` None: whoever."""

    reason: Reason
    account: Account | None
    until: datetime | None


class Memory(Protocol):
    """Remembers. Nothing is raised: what cannot be kept is told to the log and holds until the
    process ends."""

    def halts(self, place: str) -> tuple[Halt, ...]:
        """All that stand there."""
        ...

    def keep_halts(self, place: str, halts: tuple[Halt, ...]) -> None:
        """These stand from now on, and no others."""
        ...

    def alone(self, place: str) -> AbstractAsyncContextManager[None]:
        """Wait until no other process shows credentials there, and be the one who does. After
        `ALONE_SECONDS` it goes on all the same."""
        ...

    def facts(self, device: str) -> Mapping[str, str]:
        """What was learned; `device` is a serial number or a place, as the driver chose."""
        ...

    def learn(self, device: str, fact: str, value: str) -> None:
        """Remember a fact in the place of what was known before."""
        ...


class ShortMemory:
    """Forgets everything when the process ends."""

    def __init__(self) -> None:
        self._halts: dict[str, tuple[Halt, ...]] = {}
        self._facts: dict[str, dict[str, str]] = {}

    def halts(self, place: str) -> tuple[Halt, ...]:
        return self._halts.get(place, ())

    def keep_halts(self, place: str, halts: tuple[Halt, ...]) -> None:
        self._halts[place] = halts

    def alone(self, place: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def facts(self, device: str) -> Mapping[str, str]:
        return dict(self._facts.get(device, {}))

    def learn(self, device: str, fact: str, value: str) -> None:
        self._facts.setdefault(device, {})[fact] = value
