"""The newest failure travels with the heartbeat until the stream has gone well for a while."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from sereno.base.clock import ManualClock, from_us
from sereno.media.contract import Connecting, Failed
from sereno.node.status import View, facts_of, status_of
from sereno.node.stream_book import StreamBook
from sereno.node.unsaved import Unsaved
from sereno.node.wishes import Wish
from sereno.wire.reports import ReasonReport, StreamState, StreamStatus

from .footage import START_US, Writer

REFUSED = ReasonReport(
    key="refused", params={"host": "192.0.2.7", "port": "554"}, raw="[Errno 111]"
)
AIM = Wish("rtsp://192.0.2.7/1", "", SecretStr(""))


def told(book: StreamBook) -> StreamStatus:
    """As the hub reads it."""
    status = status_of(View(book, AIM, None))
    return StreamStatus.model_validate_json(status.model_dump_json())


def test_it_is_told_while_it_lasts_and_goes_with_the_first_stable_fragment(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    book = StreamBook(writer.key, Unsaved(), ManualClock(from_us(START_US)))
    origin = {"camera_id": writer.key.camera_id, "stream": "main", "at_us": START_US}
    book.want()
    well = facts_of(View(book, AIM, None))
    book.apply(Failed(**origin, reason=REFUSED, next_try_us=START_US + 2_000_000))
    assert (told(book).last_error, told(book).state) == (REFUSED, StreamState.WAITING)
    assert facts_of(View(book, AIM, None)) != well, "it is told at once"
    book.apply(Connecting(**origin))
    writer.open()
    writer.fragments(1)
    for event in writer.events:
        book.apply(event)
    assert told(book).last_error == REFUSED
    assert (told(book).state, told(book).reason) == (StreamState.RECORDING, None)
    seen = len(writer.events)
    writer.fragments(50)  # of 200 ms
    for event in writer.events[seen:]:
        book.apply(event)
    assert told(book).last_error is None
