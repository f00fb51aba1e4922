"""The first fragments of a stream, held back until it is known how it begins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from sereno.media.ffmpeg.movie import Part
from sereno.media.ffmpeg.pictures import Pictures
from sereno.media.reorder import FIRST_DEPTH

_MOST_WAITING = 5  # fragments, a second of them
_LEAST_OTHERS = 2


class Fragment(NamedTuple):
    """What `moof` says of each track, by its number, and the contents of `mdat`."""

    parts: dict[int, Part]
    data: bytes


class Beginning:
    """Lets fragments through as soon as there is sound among them, where there is a track of it (a
    run begins without sound where it hears none), and the first picture has its time.

    `is_first_timeless`: the source is RTSP and its pictures are copied. ffmpeg's parser looks up
    the time of the first picture by its position in a file, and RTP knows none (`av_parser_parse2`
    with `pos` -1; versions 5 to 9): what stands there is a guess. The others have the times that
    their packets had.
    """

    def __init__(
        self, video: int, sound: int | None, pictures: Pictures, *, is_first_timeless: bool
    ) -> None:
        self._video = video
        self._sound = sound
        self._pictures = pictures
        self._is_timed = not is_first_timeless
        self._is_over = False
        self._waiting: list[Fragment] = []

    def take(self, fragment: Fragment) -> list[Fragment]:
        """The fragments that may be passed on now."""
        if self._is_over:
            return [fragment]
        if self._video not in fragment.parts and not self._waiting:
            return []  # sound before the first picture is in no run
        self._waiting.append(fragment)
        is_late = len(self._waiting) >= _MOST_WAITING
        if not self._is_timed:
            self._time_first(0 if is_late else self._depth())
        is_heard = self._sound is None or any(self._sound in each.parts for each in self._waiting)
        self._is_over = is_late or (is_heard and self._is_timed)
        if not self._is_over:
            return []
        waiting, self._waiting = self._waiting, []
        return waiting

    def _depth(self) -> int:
        video = self._pictures.sets.video_format()
        depth = video.reorder_frames if video is not None else None
        return FIRST_DEPTH if depth is None else depth

    def _time_first(self, depth: int) -> None:
        parts, data = self._waiting[0]
        first, *_ = samples = parts[self._video].samples
        later = (each.parts[self._video] for each in self._waiting[1:] if self._video in each.parts)
        others = [each.shown_time for each in samples[1:]]
        others += [each.shown_time for part in later for each in part.samples]
        can_follow = not self._pictures.is_closed(data[first.start : first.end])
        time = first_shown(others, depth, can_follow=can_follow)
        if time is not None:
            samples[0] = first._replace(shown_time=time)
            self._is_timed = True


def first_shown(others: Sequence[int], depth: int, *, can_follow: bool) -> int | None:
    """When the first picture is shown, one step before the next; None until that can be told.

    `others` are the times of those that came after it. At most `depth` pictures may come before
    one that is shown earlier. `can_follow`: as the key frame of an open GOP, it may be shown after
    some of the others, and then leaves a hole among them.
    """
    if len(others) < _LEAST_OTHERS + depth:
        return None
    times = sorted(others)
    if can_follow and depth:
        least = min(later - earlier for earlier, later in pairwise(times))
        # Nothing comes any more that is shown before these.
        for earlier, later in pairwise(times[: len(times) - depth]):
            if later - earlier >= 3 * least // 2:
                return (earlier + later) // 2
    return 2 * times[0] - times[1]
