"""The helper process that turns key frames into JPEG, for all cameras of a node: PyAV and Pillow
are large, and what cameras send may bring down whoever decodes it.

Each question on standard input is a size (4 bytes, big-endian) and an MP4 that begins with a key
frame; each answer on standard output a size and a JPEG, of size 0 where there is no picture in it.
It ends when its input does.
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
_QUALITY = 80


def still(movie: bytes) -> bytes:
    """The first picture of an MP4 as JPEG. Raises `av.FFmpegError` or OSError where none is."""
    with av.open(io.BytesIO(movie), "r", format="mp4") as container:
        stream = container.streams.video[0]
        if isinstance(stream, VideoStream):
            stream.thread_count = 1  # of several threads each would keep pictures of its own
        frame = next(container.decode(stream))
        target = io.BytesIO()
        frame.to_image().save(target, "JPEG", quality=_QUALITY)  # type: ignore[no-untyped-call]
    return target.getvalue()


def main() -> None:
    """Serve until the input ends. Signals meant for the whole group are the node's to obey."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("libav").setLevel(logging.CRITICAL)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while len(head := source.read(SIZE.size)) == SIZE.size:
        try:
            picture = still(source.read(*SIZE.unpack(head)))
        except (av.FFmpegError, OSError, ValueError, IndexError, StopIteration):
            picture = b""
        target.write(SIZE.pack(len(picture)) + picture)
        target.flush()


if __name__ == "__main__":
    main()
