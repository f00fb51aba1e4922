"""Streams that are begun anew while they record: a few of one host at a time.

Who gives up a recording dials again at once, and few may dial one host (`media.doors`). Were all
its streams ended together, the last would miss as long as all the others take. So each goes on as
it is until its turn comes, and misses the time of one new start.
"""

from __future__ import annotations

from sereno.media.door_files import MOST_AT_ONCE
from sereno.node.rows import StreamKey

MOST_OF_A_HOST = 10 * MOST_AT_ONCE
"""While some dial, the others end, or wait for their key frame: two seconds or so each, so that a
hundred are through in ten."""

LONGEST_SECONDS = 30.0
"""A stream that does not play by then is in trouble, and holds up the others no longer."""


class Turns:
    """Who is being begun anew now. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._taken: dict[StreamKey, tuple[str, float]] = {}

    def begin(self, key: StreamKey, host: str, now: float) -> bool:
        """Whether the stream may be ended and begun anew now; if so, this is its turn."""
        self._taken = {
            other: (place, since)
            for other, (place, since) in self._taken.items()
            if now - since < LONGEST_SECONDS
        }
        if key in self._taken:
            return True
        has_room = [place for place, _ in self._taken.values()].count(host) < MOST_OF_A_HOST
        if has_room:
            self._taken[key] = (host, now)
        return has_room

    def end(self, key: StreamKey) -> bool:
        """The stream plays, has failed or is gone. Whether that gives its turn to another."""
        return self._taken.pop(key, None) is not None
