"""Which streams are being watched: theirs is handed on at once, in short fragments.

To hand each picture on by itself costs wake-ups on the whole way, so that a stream which nobody
looks at is gathered up. Who leaves often comes back, and walls turn pages: a stream counts as
watched for a while longer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from sereno.base.clock import Clock
from sereno.node.rows import StreamKey

PROMPT_FRAGMENT_MS = 30
"""Of a watched stream: a fragment a picture up to 30 pictures a second, two of them beyond."""

LINGER_SECONDS = 5.0


class Attention:
    """Counts who watches. `on_begin` is called when a stream has its first viewer.

    That it has none any more is for others to ask now and then.
    """

    def __init__(self, clock: Clock, on_begin: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._on_begin = on_begin
        self._watching: Counter[StreamKey] = Counter()
        self._lingers_until: dict[StreamKey, float] = {}

    def begin(self, key: StreamKey) -> None:
        """One more watches."""
        was_watched = self.fragment_ms(key) is not None
        self._watching[key] += 1
        if not was_watched:
            self._on_begin()

    def end(self, key: StreamKey) -> None:
        """One of them has left."""
        self._watching[key] -= 1
        if self._watching[key] <= 0:
            del self._watching[key]
            self._lingers_until[key] = self._clock.monotonic() + LINGER_SECONDS

    def fragment_ms(self, key: StreamKey) -> int | None:
        """How long the stream's fragments may be now; None: as its order says."""
        if key in self._watching:
            return PROMPT_FRAGMENT_MS
        until = self._lingers_until.get(key)
        if until is None:
            return None
        if self._clock.monotonic() < until:
            return PROMPT_FRAGMENT_MS
        del self._lingers_until[key]
        return None
