"""In which state a stream is, since when and why, and what went wrong last."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sereno.node.rows import StreamKey
from sereno.node.states import HAS_NEXT_TRY, Happening, Says, move_from
from sereno.policy.reason_entry import Retry
from sereno.policy.reasons import entry
from sereno.wire.reports import ReasonReport, StreamState

STABLE_US = 10_000_000
"""A stream that went well for so long has left its last failure behind."""

# Why a run ended by plan, or what it waited for: no reason any more for a stream that connects.
_PASSING_KEYS = frozenset({"paused", "not_scheduled", "holiday", "waits_its_turn"})

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Condition:
    """Changed by `meet` alone. Times are microseconds since 1970."""

    key: StreamKey
    state: StreamState = StreamState.CONNECTING
    since_us: int = 0
    reason: ReasonReport | None = None
    next_try_us: int | None = None
    last_error: ReasonReport | None = None
    _lost_us: int | None = None  # since when it is lost, if people were told so

    def meet(
        self,
        happening: Happening,
        at_us: int,
        reason: ReasonReport | None = None,
        next_try_us: int | None = None,
    ) -> None:
        """This happened, for this reason."""
        move = move_from(self.state, happening)
        if move is None:
            return
        if move.says is not Says.KEPT:
            self.reason = reason if move.says is Says.NEW else None
        elif self.reason is None or self.reason.key in _PASSING_KEYS:
            self.reason = reason
        if move.to is not self.state or not self.since_us:
            self.since_us = at_us
        self.state = move.to
        self.next_try_us = next_try_us if move.to in HAS_NEXT_TRY else None

    def fail(self, reason: ReasonReport, at_us: int) -> None:
        """Something went wrong; what is no failure is passed over. Said in the log once."""
        if entry(reason.key).retry is Retry.NONE:
            return
        self.last_error = reason
        if self._lost_us is None:
            self._lost_us = at_us
            _log.warning("Stream %s is lost: %s", self.key, reason.to_reason().words().en)

    def go_well(self, start_us: int, end_us: int) -> None:
        """It has been recorded without a break from `start_us` to `end_us`."""
        if end_us - start_us < STABLE_US:
            return
        self.last_error = None
        if self._lost_us is not None:
            seconds = max(start_us - self._lost_us, 0) // 1_000_000
            _log.info("Stream %s is back after %s.", self.key, _in_words(seconds))
        self._lost_us = None

    def rest(self) -> None:
        """It is not to be recorded: that it was lost is nobody's business any more."""
        self._lost_us = None


def _in_words(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
