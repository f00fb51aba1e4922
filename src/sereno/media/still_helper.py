"""The helper process that turns key frames into JPEG, for all cameras of a node: PyAV and Pillow
are large, and what cameras send may bring down whoever decodes it.

Each question on standard input is a size and a width (4 bytes each, big-endian) and an MP4 that
begins with a key frame; each answer on standard output a size and a JPEG, of size 0 where there is
no picture in it. A width of 0 means as it is; none is made wider than it is. The helper ends when
its input does.
"""

from __future__ import annotations

import io
import logging
import signal
import sys
from struct import Struct

import av
from av.video.stream import VideoStream

SIZE = Struct(">I")
QUESTION = Struct(">II")
_QUALITY = 80


def still(movie: bytes, width: int = 0) -> bytes:
    """The first picture of an MP4 as JPEG. Raises `av.FFmpegError` or OSError where none is."""
    with av.open(io.BytesIO(movie), "r", format="mp4") as container:
        stream = container.streams.video[0]
        if isinstance(stream, VideoStream):
            stream.thread_count = 1  # of several threads each would keep pictures of its own
        frame = next(container.decode(stream))
        target = io.BytesIO()
        size = _size_of(frame.width, frame.height, width)
        frame.to_image(width=size[0], height=size[1]).save(target, "JPEG", quality=_QUALITY)  # type: ignore[no-untyped-call]
    return target.getvalue()


def _size_of(width: int, height: int, wanted: int) -> tuple[int, int]:
    """Of the JPEG, in pixels: as wide as wanted, as high as follows."""
    if not 0 < wanted < width:
        return width, height
    return wanted, max(1, round(height * wanted / width))


def main() -> None:
    """Serve until the input ends. Signals meant for the whole group are the node's to obey."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(QUESTION.size)) == QUESTION.size:
        size, width = QUESTION.unpack(head)
        try:
            picture = still(source.read(size), width)
        except (av.FFmpegError, OSError, ValueError, IndexError, StopIteration):
            picture = b""
        target.write(SIZE.pack(len(picture)) + picture)
        target.flush()


if __name__ == "__main__":
    main()
