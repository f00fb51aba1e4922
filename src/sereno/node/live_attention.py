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

PROMPT_FRAGMENT_MS = 60
"""Of a watched stream: two pictures up to 33 a second. One each would halve neither the delay nor
what a viewer sees of it, and double what it costs.
"""

INSTANT_FRAGMENT_MS = 30
"""For who talks to the person in the picture: a fragment a picture, up to 33 a second."""

LINGER_SECONDS = 5.0


class Attention:
    """Counts who watches, and how short fragments they wish for: the shortest counts.

    `on_begin` is called when a stream's fragments are to be shorter than before. That they may be
    longer again is for others to ask now and then.
    """

    def __init__(self, clock: Clock, on_begin: Callable[[], None] = lambda: None) -> None:
        self._clock = clock
        self._on_begin = on_begin
        self._wishes: dict[StreamKey, Counter[int]] = {}
        self._lingering: dict[StreamKey, tuple[float, int]] = {}

    def begin(self, key: StreamKey, fragment_ms: int) -> None:
        """One more watches."""
        before = self.fragment_ms(key)
        self._wishes.setdefault(key, Counter())[fragment_ms] += 1
        if before is None or fragment_ms < before:
            self._on_begin()

    def end(self, key: StreamKey, fragment_ms: int) -> None:
        """One of them has left."""
        wishes = self._wishes[key]
        wishes[fragment_ms] -= 1
        if not wishes[fragment_ms]:
            del wishes[fragment_ms]
        if not wishes:
            del self._wishes[key]
            self._lingering[key] = (self._clock.monotonic() + LINGER_SECONDS, fragment_ms)

    def fragment_ms(self, key: StreamKey) -> int | None:
        """How long the stream's fragments may be now; None: as its order says."""
        if wishes := self._wishes.get(key):
            return min(wishes)
        until, fragment_ms = self._lingering.get(key, (0.0, None))
        if fragment_ms is not None and self._clock.monotonic() >= until:
            del self._lingering[key]
            return None
        return fragment_ms
