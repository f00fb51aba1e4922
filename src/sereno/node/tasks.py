"""What a runner is told of a stream."""

from __future__ import annotations

from pathlib import Path

from sereno.media.contract import StreamTask
from sereno.node.stream_book import StreamBook
from sereno.node.wishes import Place, Wish


def task_of(
    book: StreamBook,
    wish: Wish,
    place: Place,
    write_until: float | None,
    doors: Path | None = None,
) -> StreamTask:
    """How to record the stream there, behind what was recorded of it before.

    `write_until` as in `StreamTask`; `doors` is the folder of the doors, None: all stand open.
    """
    manner = wish.manner
    return StreamTask(
        camera_id=book.key.camera_id,
        stream=book.key.stream,
        address=wish.address,
        username=wish.username,
        password=wish.password,
        engine=manner.engine,
        transport=manner.rtsp_transport,
        records_sound=manner.records_sound,
        memory=book.memory,
        footage_dir=str(place.folder),
        volume_id=place.volume_id,
        fragment_ms=manner.fragment_ms,
        segment_seconds=manner.segment_seconds,
        extra_cli=manner.extra_cli,
        write_until=write_until,
        next_sequence=book.last_sequence + 1,
        previous_sha256=book.last_sha256,
        doors_dir=str(doors or ""),
    )
