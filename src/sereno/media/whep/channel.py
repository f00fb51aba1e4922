"""One stream in the helper: its fragments come in, packets' payloads go out to every viewer.

Each picture is packed once, however many watch. Who joins gets the pictures since the newest key
frame at once, and then each as it comes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from sereno.media.faults import garbled
from sereno.media.fmp4.boxes import child, reader_of, walk
from sereno.media.fmp4.reader import parse_moof
from sereno.media.fmp4.track_reader import parse_movie
from sereno.media.whep.packing import nals_of, parameter_sets, payloads_of

LARGEST_GOP_BYTES = 32 * 1024 * 1024
"""Of a longer one nothing is kept: who joins then waits for the next key frame."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, packed. `ticks` is its time in 1/90000 s since 1970."""

    payloads: tuple[bytes, ...]
    ticks: int
    is_key: bool

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.payloads))


class Watcher(Protocol):
    """Whoever takes a channel's pictures, without ever making it wait."""

    def offer(self, picture: Picture) -> None: ...


@dataclass(slots=True)
class Channel:
    """A stream's watchers and the pictures since its newest key frame.

    `unfit` is the key of why WebRTC cannot carry what the stream sends now; empty: it can.
    """

    unfit: str = ""
    watchers: set[Watcher] = field(default_factory=set)
    gop: deque[Picture] = field(default_factory=deque)
    _gop_bytes: int = 0
    _epoch_ticks: int = 0
    _newest_ticks: int = 0
    _sets: tuple[bytes, ...] = ()

    def begin(self, head: bytes, epoch_us: int) -> None:
        """A run begins: `ftyp` and `moov`, and when its tick 0 was. Raises Garbled."""
        self._forget()
        self._epoch_ticks = epoch_us * 9 // 100
        self._newest_ticks = 0
        video = parse_movie(child(head, b"moov")).video
        self.unfit = "" if video.entry == b"avc1" else "whep_codec"
        if not self.unfit:
            self._sets = parameter_sets(video.configuration)

    def take(self, fragment: bytes) -> None:
        """A fragment. Raises Garbled."""
        if self.unfit:
            return
        for picture in self._pictures(fragment):
            if picture.ticks <= self._newest_ticks:
                # Shown before one that was decoded before it: browsers play WebRTC as it comes.
                self.unfit = "whep_b_frames"
                self._forget()
                return
            self._newest_ticks = picture.ticks
            self._keep(picture)
            for watcher in self.watchers:
                watcher.offer(picture)

    def _pictures(self, fragment: bytes) -> list[Picture]:
        boxes = {each.kind: each for each in walk(reader_of(fragment), 0, len(fragment))}
        if b"moof" not in boxes or b"mdat" not in boxes:
            raise garbled("fragment")
        movie, media = boxes[b"moof"], boxes[b"mdat"]
        table, _ = parse_moof(fragment[movie.body : movie.end])
        at, decode_ticks, is_key = media.body, self._epoch_ticks + table.decode_time, table.is_key
        pictures: list[Picture] = []
        offsets = table.offsets or (0,) * len(table.sizes)
        for size_bytes, duration, offset in zip(table.sizes, table.durations, offsets, strict=True):
            sample = fragment[at : at + size_bytes]
            nals = [*(self._sets if is_key else ()), *nals_of(sample)]
            pictures.append(Picture(payloads_of(nals), decode_ticks + offset, is_key))
            at, decode_ticks, is_key = at + size_bytes, decode_ticks + duration, False
        return pictures

    def _keep(self, picture: Picture) -> None:
        if picture.is_key:
            self._forget()
        elif not self.gop:
            return
        self.gop.append(picture)
        self._gop_bytes += picture.size_bytes
        if self._gop_bytes > LARGEST_GOP_BYTES:
            self._forget()

    def _forget(self) -> None:
        self.gop.clear()
        self._gop_bytes = 0
