"""Passes: leave to go on playing what a ticket opened in time.

A ticket lives for a minute, a player of playlists that sets no header reads for hours. So the
playlist's addresses carry a pass of the node's own beside the ticket: it binds that ticket, and so
its camera and span, to a later end. That of footage ends when its span could have been played; that
of a live view some minutes after it was last used. An address of the playlist itself, if it leaks,
stays worthless after the ticket's minute. Passes do not outlive the node's process: the viewer then
opens anew.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LEEWAY = timedelta(minutes=10)  # to pause, beyond the time that playing takes
_SLIDING = "live"


@dataclass(frozen=True, slots=True)
class Passes:
    """Issues passes and knows them again."""

    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _ends: dict[str, float] = field(default_factory=dict, repr=False)  # of live views

    def issue(self, ticket: str, span: timedelta, now: datetime) -> str:
        """A pass for as long as the ticket's span takes to play."""
        until = str(int((now + span + LEEWAY).timestamp()))
        return f"{until}.{self._seal(ticket, until)}"

    def issue_sliding(self, ticket: str, now: datetime) -> str:
        """A pass for as long as it is used. One ticket has one, however often it is issued."""
        for ended in [each for each, end in self._ends.items() if end <= now.timestamp()]:
            del self._ends[ended]
        seal = self._seal(ticket, _SLIDING)
        self._ends[seal] = (now + LEEWAY).timestamp()
        return f"{_SLIDING}.{seal}"

    def holds(self, ticket: str, given: str, now: datetime) -> bool:
        """Whether `given` was issued for this ticket and has not ended; using it counts."""
        until, _, seal = given.partition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(ticket, until).encode()):
            return False
        if until != _SLIDING:
            return now.timestamp() < int(until)
        is_in_use = now.timestamp() < self._ends.get(seal, 0.0)
        if is_in_use:
            self._ends[seal] = (now + LEEWAY).timestamp()
        return is_in_use

    def _seal(self, ticket: str, until: str) -> str:
        return hmac.new(self._key, f"{until}.{ticket}".encode(), hashlib.sha256).hexdigest()
