"""The command that does by hand what a runner does for a stream."""

from __future__ import annotations

import shlex
from typing import get_args

from sereno.node.stream_book import StreamBook
from sereno.node.wishes import Wish
from sereno.policy.choices import TransportName
from sereno.policy.knobs import Manner

USUAL = Manner()


def effective_args(book: StreamBook, wish: Wish | None) -> str:
    """Pasted into a shell on this machine it records the same way; no secret is in it.

    It fetches address and credentials by the camera's id; whatever it does not say is as `Manner`
    has it. Engine and transport are those in use; before the first picture, those ordered. Empty
    where nothing is to be recorded.
    """
    if wish is None:
        return ""
    key, started, manner = book.key, book.started, wish.manner
    args = [*_priority(manner), "sereno", "stream", "record"]
    args += ["--camera", str(key.camera_id), "--stream", key.stream]
    engine = started.engine if started else manner.engine
    transport = started.transport if started else manner.rtsp_transport
    if engine != "auto":
        args += ["--engine", engine]
    if transport in get_args(TransportName) and transport != "auto":
        args += ["--transport", transport]
    if not manner.records_sound:
        args += ["--no-sound"]
    if manner.segment_seconds != USUAL.segment_seconds:
        args += ["--segment-seconds", str(manner.segment_seconds)]
    if manner.fragment_ms != USUAL.fragment_ms:
        args += ["--fragment-ms", str(manner.fragment_ms)]
    if manner.extra_cli:
        args += [f"--extra-cli={manner.extra_cli}"]
    return shlex.join(args)


def _priority(manner: Manner) -> list[str]:
    args: list[str] = []
    if manner.nice:
        args += ["nice", "-n", str(manner.nice)]
    if manner.cpu_affinity:
        args += ["taskset", "-c", ",".join(map(str, manner.cpu_affinity))]
    return args
