"""Streams whose runner said what makes no sense: each starts anew after a growing pause."""

from __future__ import annotations

from dataclasses import dataclass, field

from sereno.base.backoff import Backoff
from sereno.node.rows import StreamKey

PAUSE_SECONDS = (1.0, 300.0)
FORGIVEN_SECONDS = 3600.0


@dataclass(slots=True)
class _Trouble:
    backoff: Backoff = field(default_factory=lambda: Backoff(*PAUSE_SECONDS))
    rests_until: float = 0.0


@dataclass(slots=True)
class Troubles:
    """Times are monotonic seconds."""

    _known: dict[StreamKey, _Trouble] = field(default_factory=dict)

    def meet(self, key: StreamKey, now: float) -> bool:
        """The stream is in trouble and rests a while. Whether that is new, or was long ago."""
        known = self._known.get(key)
        is_first = known is None or now - known.rests_until > FORGIVEN_SECONDS
        if known is None or is_first:
            known = self._known[key] = _Trouble()
        known.rests_until = now + known.backoff.next_seconds()
        return is_first

    def forget(self, key: StreamKey) -> None:
        """A person asked to try now."""
        self._known.pop(key, None)

    def rests(self, key: StreamKey, now: float) -> bool:
        """Whether it is too early to start the stream again."""
        known = self._known.get(key)
        return known is not None and now < known.rests_until
