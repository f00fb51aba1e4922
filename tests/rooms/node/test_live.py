from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from sereno.base.clock import ManualClock, from_us
from sereno.media.contract import FragmentWritten
from sereno.media.fmp4.reader import read_segment
from sereno.node.live import LARGEST_LAG_US, LARGEST_QUEUE_US, Live, Viewer, state_text
from sereno.node.live_attention import (
    INSTANT_FRAGMENT_MS,
    LINGER_SECONDS,
    PROMPT_FRAGMENT_MS,
    Attention,
)
from sereno.node.live_file import LiveFile
from sereno.node.rows import StreamKey
from sereno.wire.reports import ReasonReport, StreamState

from .footage import FRAGMENT_TICKS, Writer

_FRAGMENT_US = FRAGMENT_TICKS * 100 // 9
LARGEST_LAG = LARGEST_LAG_US // _FRAGMENT_US
LARGEST_QUEUE = LARGEST_QUEUE_US // _FRAGMENT_US
STATE = state_text(StreamState.RECORDING, None)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    return Writer(tmp_path)


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(lambda _: tmp_path)


def show(live: Live, writer: Writer, seen: int) -> int:
    """Tell `live` what the writer did since."""
    for event in writer.events[seen:]:
        live.apply(event)
    return len(writer.events)


async def take(messages: AsyncIterator[str | bytes], count: int) -> list[str | bytes]:
    return [await asyncio.wait_for(anext(messages), 60) for _ in range(count)]


def type_of(message: str | bytes) -> str:
    return "binary" if isinstance(message, bytes) else str(json.loads(message)["type"])


async def test_a_viewer_who_takes_nothing_skips_and_delays_nobody(
    live: Live, writer: Writer
) -> None:
    writer.open()
    writer.fragments(5)
    seen = show(live, writer, 0)
    quick, slow = live.join(writer.key, STATE), live.join(writer.key, STATE)
    quick_messages, slow_messages = quick.messages(), slow.messages()
    await take(quick_messages, 3 + 5)
    await take(slow_messages, 3 + 1)  # and then nothing for a long time
    got: list[str | bytes] = []
    for _ in range(60):
        writer.fragments(5)
        seen = show(live, writer, seen)
        got += await take(quick_messages, 5)
        assert len(slow.queue) <= LARGEST_LAG + 5  # it began with so many
    assert [type_of(message) for message in got] == ["binary"] * 300
    skip, first = await take(slow_messages, 2)
    assert type_of(skip) == "skip"
    written = [event for event in writer.events if isinstance(event, FragmentWritten)]
    content = (writer.footage / writer.paths[0]).read_bytes()
    newest_gops = [
        content[event.offset_bytes : event.offset_bytes + event.size_bytes]
        for event in written[-LARGEST_LAG - 1 :]
        if event.is_key
    ]
    assert first in newest_gops


async def test_a_long_gop_is_not_held_in_memory(live: Live, writer: Writer) -> None:
    writer.open()
    viewer = live.join(writer.key, STATE)
    messages, seen = viewer.messages(), 0
    for _ in range(3 * LARGEST_QUEUE):
        writer.fragments(1, gop=1000)
        if seen:
            writer.events[-1] = writer.events[-1].model_copy(update={"is_key": False})
        is_first, seen = not seen, show(live, writer, seen)
        await take(messages, 4 if is_first else 1)
    gop = live._channel(writer.key).gop
    assert len(gop) == 3 * LARGEST_QUEUE
    assert sum(piece._reading is not None for piece in gop) <= LARGEST_QUEUE + 1


async def test_a_long_gop_is_given_whole_to_who_joins_late(live: Live, writer: Writer) -> None:
    writer.open()
    writer.fragments(2 * LARGEST_QUEUE, gop=1000)
    seen = show(live, writer, 0)
    viewer = live.join(writer.key, STATE)
    writer.fragments(1, gop=1000)
    writer.events[-1] = writer.events[-1].model_copy(update={"is_key": False})
    show(live, writer, seen)
    kinds = [type_of(m) for m in await take(viewer.messages(), 3 + 2 * LARGEST_QUEUE + 1)]
    assert kinds == ["state", "init", *["binary"] * (2 * LARGEST_QUEUE + 2)]


async def test_without_viewers_no_file_is_read_and_with_many_each_piece_once(
    live: Live, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []
    at_once, waiting = LiveFile.read_at_once, LiveFile.read

    def counted(file: LiveFile, offset: int, size: int) -> bytes | None:
        if (found := at_once(file, offset, size)) is not None:
            reads.append(offset)
        return found

    def counted_waiting(file: LiveFile, offset: int, size: int) -> bytes:
        reads.append(offset)
        return waiting(file, offset, size)

    monkeypatch.setattr(LiveFile, "read_at_once", counted)
    monkeypatch.setattr(LiveFile, "read", counted_waiting)
    writer.open()
    writer.fragments(5)
    show(live, writer, 0)
    assert reads == []
    viewers = [live.join(writer.key, STATE).messages() for _ in range(8)]
    got = await asyncio.gather(*(take(viewer, 3 + 5) for viewer in viewers))
    assert all(each == got[0] for each in got)
    assert len(reads) == len(set(reads)) == 1 + 5


async def test_a_new_run_has_a_beginning_of_its_own(
    live: Live, writer: Writer, tmp_path: Path
) -> None:
    writer.open()
    writer.fragments(2)
    show(live, writer, 0)
    viewer = live.join(writer.key, STATE)
    messages = viewer.messages()
    await take(messages, 5)
    writer.open()  # the next file of the same run needs none
    writer.fragments(1)
    show(live, writer, len(writer.events) - 3)
    assert [type_of(m) for m in await take(messages, 1)] == ["binary"]
    after = Writer(tmp_path, writer.key, start_us=writer.end_us + 5_000_000, next_sequence=3)
    after.open()
    after.fragments(1)
    show(live, after, 0)
    init, head, fragment = await take(messages, 3)
    assert isinstance(init, str)
    assert json.loads(init)["run_id"] == str(after.run_id)
    assert type_of(head) == type_of(fragment) == "binary"
    whole = (tmp_path / after.paths[0]).read_bytes()
    contents = read_segment(tmp_path / after.paths[0])
    assert fragment == whole[contents.head_size_bytes :]


async def test_who_joins_after_the_run_sees_no_old_picture(live: Live, writer: Writer) -> None:
    writer.open()
    writer.fragments(5)
    writer.end()
    show(live, writer, 0)
    assert not live.join(writer.key, STATE).queue


def test_a_state_carries_words_in_both_languages() -> None:
    said = json.loads(
        state_text(StreamState.WAITING, ReasonReport(key="refused", params={"host": "cam"}))
    )
    assert (said["type"], said["state"]) == ("state", "waiting")
    assert said["reason"]["en"].startswith("cam answers")
    assert said["reason"]["es"].startswith("cam responde")


async def test_only_the_newest_state_matters_to_a_viewer(live: Live, writer: Writer) -> None:
    viewer = live.join(writer.key, "first")
    live.show(writer.key, "second")
    messages = Viewer.messages(viewer)
    assert await take(messages, 1) == ["second"]
    live.leave(writer.key, viewer)
    live.show(writer.key, "third")
    assert viewer.state == "second"


async def test_of_a_long_gop_a_slow_viewer_keeps_what_it_can_still_catch_up_with(
    live: Live, writer: Writer
) -> None:
    writer.open()
    writer.fragments(1)
    seen = show(live, writer, 0)
    viewer = live.join(writer.key, STATE)
    messages = viewer.messages()
    await take(messages, 4)
    writer.fragments(LARGEST_QUEUE + 1, gop=1000)
    for at in range(seen, len(writer.events)):  # one GOP, however long
        writer.events[at] = writer.events[at].model_copy(update={"is_key": False})
    seen = show(live, writer, seen)
    assert len(viewer.queue) == LARGEST_QUEUE + 1
    writer.fragments(1)
    writer.events[-1] = writer.events[-1].model_copy(update={"is_key": False})
    seen = show(live, writer, seen)
    assert not viewer.queue  # nothing more to catch up with: it goes on at the next key frame
    writer.fragments(1)
    show(live, writer, seen)
    assert [type_of(m) for m in await take(messages, 2)] == ["skip", "binary"]


def test_a_stream_counts_as_watched_while_somebody_does_and_for_a_moment_longer() -> None:
    begun: list[StreamKey] = []
    clock = ManualClock(from_us(0))
    key, other = StreamKey(uuid4(), "main"), StreamKey(uuid4(), "sub")
    attention = Attention(clock, lambda: begun.append(key))
    live = Live(lambda _: Path(), attention)
    one, two = live.join(key, STATE), live.join(key, STATE)
    program = live.join(other, STATE, fragment_ms=None)
    assert (attention.fragment_ms(key), begun) == (PROMPT_FRAGMENT_MS, [key])
    assert attention.fragment_ms(other) is None
    live.leave(other, program)
    for viewer in (one, one, two, two):  # who leaves twice has left once
        clock.advance(LINGER_SECONDS * 2)
        live.leave(key, viewer)
        assert attention.fragment_ms(key) == PROMPT_FRAGMENT_MS
        assert attention.fragment_ms(other) is None
        if viewer is two:
            break
    clock.advance(LINGER_SECONDS)
    live.leave(key, two)
    assert attention.fragment_ms(key) is None
    live.join(key, STATE)
    assert begun == [key, key]


def test_the_shortest_fragments_that_anybody_wishes_for_count() -> None:
    begun: list[int | None] = []
    key = StreamKey(uuid4(), "main")
    attention = Attention(ManualClock(from_us(0)), lambda: begun.append(attention.fragment_ms(key)))
    live = Live(lambda _: Path(), attention)
    one = live.join(key, STATE)
    two = live.join(key, STATE, INSTANT_FRAGMENT_MS)
    three = live.join(key, STATE)
    assert begun == [PROMPT_FRAGMENT_MS, INSTANT_FRAGMENT_MS]
    live.leave(key, one)
    assert attention.fragment_ms(key) == INSTANT_FRAGMENT_MS
    live.leave(key, two)
    assert attention.fragment_ms(key) == PROMPT_FRAGMENT_MS
    live.leave(key, three)
    assert attention.fragment_ms(key) == PROMPT_FRAGMENT_MS, "for a moment longer"
