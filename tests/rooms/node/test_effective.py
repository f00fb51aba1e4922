from __future__ import annotations

import shlex
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from sereno.base.clock import ManualClock
from sereno.media.contract import RunStarted
from sereno.node.effective import effective_args
from sereno.node.rows import StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.unsaved import Unsaved
from sereno.node.wishes import Wish
from sereno.policy.knobs import Manner

CAMERA = UUID(int=7)
RECORD = f"sereno stream record --camera {CAMERA} --stream main"


def book() -> StreamBook:
    return StreamBook(StreamKey(CAMERA, "main"), Unsaved(), ManualClock())


def wish(**knobs: Any) -> Wish:
    return Wish("rtsp://camera/1", "viewer", SecretStr("s3cret word"), Manner(**knobs))


def test_what_was_ordered_is_said_before_the_first_picture() -> None:
    assert effective_args(book(), wish()) == RECORD
    chosen = effective_args(
        book(), wish(engine="ffmpeg", rtsp_transport="udp", records_sound=False)
    )
    assert chosen == f"{RECORD} --engine ffmpeg --transport udp --no-sound"


def test_what_is_in_use_is_said_afterwards_with_the_priority() -> None:
    known = book()
    known.started = RunStarted(
        camera_id=CAMERA, stream="main", at_us=0, run_id=UUID(int=1), codec="avc1.42001e",
        width=160, height=90, transport="tcp", engine="native",
    )  # fmt: skip
    said = effective_args(known, wish(nice=5, cpu_affinity=(0, 2)))
    assert said == f"nice -n 5 taskset -c 0,2 {RECORD} --engine native --transport tcp"
    assert "s3cret" not in said


def test_what_is_not_usual_is_said_and_nothing_else() -> None:
    knobs = {"segment_seconds": 30, "fragment_ms": 500, "extra_cli": "-fflags +genpts -v 'a b'"}
    assert effective_args(book(), wish(**knobs)) == (
        f"{RECORD} --segment-seconds 30 --fragment-ms 500 "
        + shlex.quote("--extra-cli=-fflags +genpts -v 'a b'")
    )
    assert effective_args(book(), wish(hb_interval=2, fps=10, snapshot_every=5)) == RECORD
    assert effective_args(book(), None) == ""
