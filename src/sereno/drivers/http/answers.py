"""What a device answers by HTTP, and what it means by refusing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import httpx

from sereno.drivers.http.coding import coding_of


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `status` is any but those that were raised as a `DeviceError`."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def content_type(self) -> str:
        """In lower case, without its parameters; empty where the device does not say."""
        return media_type(self.headers)


@dataclass(frozen=True, slots=True)
class StreamAnswer:
    """An answer whose body still comes. What is not read holds the device back."""

    status: int
    headers: httpx.Headers
    chunks: Callable[[], AsyncGenerator[bytes, None]]
    """Call it once; raises `DeviceError`."""

    @property
    def content_type(self) -> str:
        """In lower case, without its parameters; empty where the device does not say."""
        return media_type(self.headers)

    @property
    def expected_bytes(self) -> int | None:
        """How many it says will come; some devices say nothing, and some say something wrong. Of
        what is packed on the way it says nothing that helps."""
        if coding_of(self.headers):
            return None
        said = self.headers.get("content-length", "")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else None


class Verdict(StrEnum):
    """What a device means by 401 or 403."""

    WRONG = "wrong"
    """The credentials."""
    LOCKED = "locked"
    """The account is locked, or our address: even the right password is refused."""
    RIGHT_MISSING = "right_missing"
    """The credentials are right; the account may not do this."""
    STALE = "stale"
    """The nonce, not the credentials."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A verdict and what the device said with it.

    `seconds`: how long it is locked, None where the device does not say. `attempts_left`: wrong
    passwords until it locks. `right`: what the account lacks, by the device's own name.
    """

    verdict: Verdict
    seconds: int | None = None
    attempts_left: int | None = None
    right: str = ""


class Judge(Protocol):
    """Knows what one vendor's devices mean; each driver gives one."""

    def refusal(self, status: int, headers: httpx.Headers, body: bytes) -> Refusal | None:
        """Of an answer with 401 or 403, also to a request without credentials, which a device may
        answer by telling of a lock. None: it tells nothing, as of a 403 for what a model lacks."""
        ...


def media_type(headers: httpx.Headers) -> str:
    """The content type in lower case, without its parameters."""
    said: str = headers.get("content-type", "")
    return said.partition(";")[0].strip().lower()
