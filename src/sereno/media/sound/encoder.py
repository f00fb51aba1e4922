"""One channel of sound on its way from G.711 to AAC. Lives in the helper process only: PyAV is
large."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator

import av
from av.audio.codeccontext import AudioCodecContext

from sereno.media.sound.g711 import decode

FRAME_SAMPLES = 1024
_TIME_MASK = 0xFFFFFFFF
_HALF = 0x80000000
_FILLED_PARTS = 4  # of a second: a shorter hole is filled with silence
_BITS_PER_SAMPLE = 4


class Encoder:
    """Takes samples with their time, gives AAC access units with theirs.

    The encoder is one access unit late: what it gives first for a frame decodes to the sound before
    it. The times told take that back, so that a unit's time is that of the sound it decodes to.
    """

    def __init__(self, codec: str, rate: int) -> None:
        context = av.CodecContext.create("aac", "w")
        if not isinstance(context, AudioCodecContext):
            raise TypeError("the AAC encoder is none for sound")
        context.sample_rate = rate
        context.layout = "mono"
        context.format = "fltp"
        context.bit_rate = rate * _BITS_PER_SAMPLE
        self._context = context
        self._codec = codec
        self._rate = rate
        self._samples = array("f")
        self._start: int | None = None  # the time of the first of `_samples`
        self._count = 0
        self._times: deque[int] = deque()  # of the frames whose sound has not come out yet

    def encode(self, data: bytes, time: int) -> Iterator[tuple[int, bytes]]:
        """Take samples; the units that are ready, each with its time."""
        yield from self._meet_time(time)
        self._samples += decode(self._codec, data)
        while len(self._samples) >= FRAME_SAMPLES:
            yield from self._encode_frame()

    def _meet_time(self, time: int) -> Iterator[tuple[int, bytes]]:
        """Fill a short hole with silence; after a jump, begin a frame anew."""
        if self._start is None:
            self._begin(time)
            return
        hole = (time - self._start - len(self._samples) + _HALF & _TIME_MASK) - _HALF
        if 0 < hole <= self._rate // _FILLED_PARTS:
            self._samples += array("f", bytes(4 * hole))
            while len(self._samples) >= FRAME_SAMPLES:
                yield from self._encode_frame()
        elif hole:
            if self._samples:
                missing = FRAME_SAMPLES - len(self._samples)
                self._samples += array("f", bytes(4 * missing))
                yield from self._encode_frame()
            self._start = time

    def _begin(self, time: int) -> None:
        self._start = time
        self._times.append(time - FRAME_SAMPLES & _TIME_MASK)

    def _encode_frame(self) -> Iterator[tuple[int, bytes]]:
        start = self._start or 0
        frame = av.AudioFrame(format="fltp", layout="mono", samples=FRAME_SAMPLES)
        frame.sample_rate = self._rate
        frame.pts = self._count
        plane = frame.planes[0]  # may be larger, for alignment
        plane.update(self._samples[:FRAME_SAMPLES].tobytes().ljust(plane.buffer_size, b"\0"))
        del self._samples[:FRAME_SAMPLES]
        self._start = start + FRAME_SAMPLES & _TIME_MASK
        self._count += FRAME_SAMPLES
        self._times.append(start)
        for packet in self._context.encode(frame):
            yield self._times.popleft(), bytes(packet)
