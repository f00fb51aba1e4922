"""One answer of footage as it comes: where its frames begin, what time they show, what to keep.

Recorders put kilobytes of something else before the first frame, begin minutes early or late, and
break off. The time is in the frames. Only the frames at the beginning are looked at one by one, and
those at the end; all between is passed on as it is.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime

from sereno.media.foreign.dhav import MAGIC, DhavReader, Frame, Kind, starts_frame

TAIL_BYTES = 2 << 20
_LARGEST_PREAMBLE = 256 << 10
_HEADER_BYTES = 24  # libavformat/dhav.c; the last but one tells the length of the extension
_LARGEST_HELD = 16 << 20


class NoFootage(Exception):
    """What came is no footage; `head` is its beginning."""

    def __init__(self, head: bytes) -> None:
        super().__init__("no footage")
        self.head = head


class Stretch:
    """Takes an answer's bytes and gives those to keep.

    `starts_at` is the wall time of its first picture, `kept_at` that of the first one kept,
    `last_at` and `last_number` are those of the last one kept; None before.

    Kept is from the first key frame at or after `keep_from`; or, to go on `after` a picture of that
    time and number, from the one that follows it. Nothing is kept that begins after `keep_until`.
    """

    def __init__(
        self,
        keep_from: datetime,
        after: tuple[datetime, int] | None = None,
        keep_until: datetime | None = None,
    ) -> None:
        self.starts_at: datetime | None = None
        self.kept_at: datetime | None = None
        self.last_at: datetime | None = None
        self.last_number = 0
        self.kept_bytes = 0
        self._keep_from = keep_from
        self._after = after
        self._keep_until = keep_until
        self._is_over = False
        self._held = b""
        self._is_passing = False
        self._tail = deque[bytes]()
        self._tail_bytes = 0

    def feed(self, data: bytes) -> bytes:
        """What to keep of these bytes. Raises NoFootage."""
        if self._is_over:
            return b""
        if self._is_passing:
            return self._pass(data)
        self._held += data
        at = self._first_kept()
        if at is None:
            return b""
        kept, self._held, self._is_passing = self._held[at:], b"", True
        return self._pass(kept)

    def finish(self) -> None:
        """No more will come. Raises NoFootage if no frame did."""
        if self.starts_at is None:
            raise NoFootage(self._held)
        for frame in DhavReader().feed(b"".join(self._tail)):
            if frame.is_picture and frame.at is not None:
                self._saw(frame.at, frame.number)

    def _pass(self, data: bytes) -> bytes:
        data = self._look_at_time(data)
        self.kept_bytes += len(data)
        self._tail.append(data)
        self._tail_bytes += len(data)
        while self._tail_bytes - len(self._tail[0]) > TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft())
        return data

    def _look_at_time(self, data: bytes) -> bytes:
        """Some frame's time in these bytes, the last whose header is whole; what is to be kept."""
        at = data.rfind(MAGIC)
        while at >= 0 and (end := _header_end(data, at)) > len(data):
            at = data.rfind(MAGIC, 0, at)
        frame = _frame_at(data, at, end) if at >= 0 else None
        if frame is None or not frame.is_picture or frame.at is None:
            return data
        if self._keep_until is not None and frame.at > self._keep_until:
            self._is_over = True
            return data[:at]
        self._saw(frame.at, frame.number)
        return data

    def _saw(self, at: datetime, number: int) -> None:
        """A picture's time; one that is earlier than before comes after the clock was turned back,
        and does not count."""
        if self.last_at is None or at >= self.last_at:
            self.last_at, self.last_number = at, number

    def _first_kept(self) -> int | None:
        """Where the frames to keep begin in what is held; None while that is not there yet."""
        held, at, passed = self._held, self._held.find(MAGIC), 0
        while at >= 0 and (end := _header_end(held, at)) <= len(held):
            frame = _frame_at(held, at, end)
            if frame is None:
                at = held.find(MAGIC, at + 1)
                continue
            if frame.is_picture and frame.at is not None:
                self.starts_at = self.starts_at or frame.at
                if self._is_kept(frame):
                    self.kept_at = frame.at
                    return at
            passed = at
            if at + frame.size_bytes > len(held):
                break
            at = held.find(MAGIC, at + frame.size_bytes)
        self._drop(passed)
        return None

    def _is_kept(self, frame: Frame) -> bool:
        at = frame.at
        if at is None:
            return False
        if self._after is None:
            # Pictures before the first key frame cannot be shown.
            return frame.kind == Kind.KEY and at >= self._keep_from
        last, number = self._after
        return at > last or (at == last and (frame.kind == Kind.KEY or frame.number > number))

    def _drop(self, at: int) -> None:
        """Forget what is before `at`. Raises NoFootage where no frame comes."""
        limit = _LARGEST_PREAMBLE if self.starts_at is None else _LARGEST_HELD
        if len(self._held) - at > limit:
            raise NoFootage(self._held)
        self._held = self._held[at:]


def _header_end(data: bytes, at: int) -> int:
    fixed = at + _HEADER_BYTES
    return fixed if len(data) < fixed else fixed + data[fixed - 2]


def _frame_at(data: bytes, at: int, end: int) -> Frame | None:
    if not starts_frame(data, at):
        return None
    return next(DhavReader().feed(data[at:end]), None)
