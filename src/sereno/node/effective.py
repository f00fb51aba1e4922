"""The command that does by hand what a runner does for a stream."""

from __future__ import annotations

import shlex
from typing import get_args

from sereno.node.stream_book import StreamBook
from sereno.node.wishes import Wish
from sereno.wire.orders import TransportName


def effective_args(book: StreamBook, wish: Wish | None) -> str:
    """Pasted into a shell on this machine it records the same way; no secret is in it.

    It fetches address and credentials by the camera's id. Engine and transport are those in use;
    before the first picture, those ordered.
    """
    key = book.key
    args = [*_priority(wish), "sereno", "stream", "record"]
    args += ["--camera", str(key.camera_id), "--stream", key.stream]
    started = book.started
    engine = started.engine if started else wish.engine if wish else "auto"
    transport = started.transport if started else wish.transport if wish else "auto"
    if engine != "auto":
        args += ["--engine", engine]
    if transport in get_args(TransportName) and transport != "auto":
        args += ["--transport", transport]
    if wish is not None and not wish.records_sound:
        args += ["--no-sound"]
    return shlex.join(args)


def _priority(wish: Wish | None) -> list[str]:
    args: list[str] = []
    if wish is not None and wish.nice:
        args += ["nice", "-n", str(wish.nice)]
    if wish is not None and wish.cpu_affinity:
        args += ["taskset", "-c", ",".join(map(str, wish.cpu_affinity))]
    return args
