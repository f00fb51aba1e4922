"""A planned clip, written to a file."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from typing import BinaryIO

from sereno.media.clip_bytes import read_clip
from sereno.media.clips import ClipPlan


def write_clip(plan: ClipPlan, file: BinaryIO, on_bytes: Callable[[int], None]) -> str:
    """Write the clip to `file`; its SHA-256, hexadecimal.

    The digest takes more than half of the time, so it is made beside the reading and writing.
    `on_bytes` is told how many bytes are written, after each piece of about 1 MiB; whatever it
    raises ends the writing. Nothing is made durable here. Raises OSError.
    """
    digest, done_bytes = sha256(), 0
    digested: Future[None] = Future()
    digested.set_result(None)
    with ThreadPoolExecutor(1, "digest") as digesting:
        for piece in read_clip(plan):
            digested.result()  # of the piece before: the next one takes its place
            digested = digesting.submit(digest.update, piece)
            file.write(piece)
            done_bytes += len(piece)
            on_bytes(done_bytes)
    return digest.hexdigest()
