"""Found footage becomes a file that is whole, or none at all."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.rooms.media.foreign_footage import IMKH_64, PREAMBLE, dhav, program_stream

from sereno.base.errors import Unavailable
from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Capabilities,
    Container,
    Fetched,
    Found,
    Progress,
    Sink,
)
from sereno.drivers.errors import DeviceError, Garbled, Missing, Unreachable
from sereno.drivers.fetching import Fetching, FootageFetch, Stage
from sereno.drivers.file_sink import FileSink
from sereno.media.foreign.sniff import Form
from sereno.policy.reasons import Reason

START = datetime(2026, 5, 1, 10, 0, 0, tzinfo=UTC)
CHUNK_BYTES = 10_000


@dataclass
class Recorder:
    """Answers `fetch` with one of `answers` after the other, the last for ever. An answer that is
    an exception follows half of the footage before it."""

    answers: Sequence[bytes | DeviceError]
    says_size: bool = True
    asked: list[Found] = field(default_factory=list)

    async def capabilities(self) -> Capabilities:
        return dict.fromkeys(Ability, False)

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(found)
        if isinstance(answer, DeviceError):
            await sink.write(b"half")
            progress(Fetched(4, 8))
            raise answer
        expected = len(answer) if self.says_size else None
        for at in range(0, len(answer), CHUNK_BYTES):
            await sink.write(answer[at : at + CHUNK_BYTES])
            progress(Fetched(min(at + CHUNK_BYTES, len(answer)), expected))
        return Container.MPEG_PS


def found(seconds: float = 2, size_bytes: int | None = None, *, is_open: bool = False) -> Found:
    span = Span(START, START + timedelta(seconds=seconds))
    return Found("1", span, size_bytes, "handle", is_open=is_open)


def fetch(recorder: Recorder, target: Path, wanted: Found, **others: object) -> FootageFetch:
    return FootageFetch(recorder, wanted, target, again_after_seconds=0, **others)  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "fetched").mkdir()
    return tmp_path / "fetched" / "footage.mp4"


@pytest.mark.parametrize(("head", "stream"), [(IMKH_64, program_stream), (PREAMBLE, dhav)])
async def test_footage_becomes_a_movie_and_nothing_else(
    head: bytes, stream: Callable[[], bytes], target: Path
) -> None:
    data = head + stream()
    recorder = Recorder([data])
    footage = await fetch(recorder, target, found(size_bytes=len(data))).run()
    assert footage.received_bytes == len(data)
    assert footage.movie.seconds == pytest.approx(2, abs=0.2)
    assert names(target.parent) == ["footage.mp4"]
    assert len(recorder.asked) == 1


async def test_the_original_is_kept_where_asked_for(target: Path) -> None:
    data = PREAMBLE + dhav()
    footage = await fetch(Recorder([data]), target, found(), keeps_original=True).run()
    assert footage.original == target.with_suffix(".dav")
    assert (footage.form, footage.original.read_bytes()) == (Form.DHAV, data)
    assert names(target.parent) == ["footage.dav", "footage.mp4"]


async def test_it_says_how_far_it_is_in_bytes_and_seconds(target: Path) -> None:
    data, told = dhav(), list[Fetching]()
    await fetch(Recorder([data]), target, found(), on_progress=told.append).run()
    fetching = [each for each in told if each.stage is Stage.FETCHING]
    assert fetching[-1].size_bytes == fetching[-1].expected_bytes == len(data)
    assert fetching[-1].expected_seconds == 2
    assert told[-1].stage is Stage.CONVERTING
    assert told[-1].seconds == pytest.approx(2, abs=0.2)


@pytest.mark.provokes("footage_cut_short")
async def test_cut_short_twice_it_is_told_and_nothing_is_left(target: Path) -> None:
    data = program_stream()
    recorder = Recorder([data[:-3000]], says_size=False)
    with pytest.raises(Garbled) as told:
        await fetch(recorder, target, found(size_bytes=len(data))).run()
    assert told.value.reason.key == "footage_cut_short"
    assert told.value.reason.params == {"got": str(len(data) - 3000), "expected": str(len(data))}
    assert (len(recorder.asked), names(target.parent)) == (2, [])


async def test_cut_short_once_it_is_asked_again(target: Path) -> None:
    data = program_stream()
    recorder = Recorder([data[:-3000], data], says_size=False)
    footage = await fetch(recorder, target, found(size_bytes=len(data))).run()
    assert (footage.received_bytes, len(recorder.asked)) == (len(data), 2)


async def test_a_connection_that_breaks_is_made_again_once(target: Path) -> None:
    broken = Unreachable(Reason("camera_closed"))
    recorder = Recorder([broken, dhav()])
    assert (await fetch(recorder, target, found()).run()).movie.codec == "h264"
    with pytest.raises(Unreachable):
        await fetch(Recorder([broken]), target, found()).run()
    assert names(target.parent) == ["footage.mp4"]


@pytest.mark.provokes("footage_too_short")
async def test_row_21_less_time_than_the_device_holds_is_told(target: Path) -> None:
    recorder = Recorder([dhav()])
    with pytest.raises(Garbled) as told:
        await fetch(recorder, target, found(seconds=60)).run()
    assert told.value.reason.key == "footage_too_short"
    assert (len(recorder.asked), names(target.parent)) == (2, [])


@pytest.mark.parametrize("others", [{"checks_duration": False}, {}])
async def test_what_is_still_written_or_not_known_may_be_short(
    others: dict[str, bool], target: Path
) -> None:
    wanted = found(seconds=60, is_open=not others)
    assert (await fetch(Recorder([dhav()]), target, wanted, **others).run()).movie.seconds < 3


@pytest.mark.parametrize(
    ("answer", "kind", "key"),
    [
        pytest.param(b"", Missing, "footage_empty", id="empty"),
        pytest.param(b"<ResponseStatus/>", Garbled, "footage_is_text", id="xml"),
        pytest.param(b'{"ErrorCode": 1}', Garbled, "footage_is_text", id="json"),
        pytest.param(bytes(9000), Garbled, "footage_unreadable", id="noise"),
        pytest.param(
            IMKH_64 + b"\x00\x00\x01\xba" + bytes(9000), Garbled, "footage_unreadable", id="husk"
        ),
    ],
)
@pytest.mark.provokes("footage_empty", "footage_is_text", "footage_unreadable")
async def test_row_18_what_is_no_footage_is_told_as_what_it_is(
    answer: bytes, kind: type[DeviceError], key: str, target: Path
) -> None:
    with pytest.raises(kind) as told:
        await fetch(Recorder([answer]), target, found()).run()
    assert told.value.reason.key == key
    assert names(target.parent) == []


async def test_an_original_that_cannot_be_read_is_kept_all_the_same(target: Path) -> None:
    data = IMKH_64 + b"\x00\x00\x01\xba" + bytes(9000)
    with pytest.raises(Garbled):
        await fetch(Recorder([data]), target, found(), keeps_original=True).run()
    assert names(target.parent) == ["footage.mpg"]
    assert target.with_suffix(".mpg").read_bytes() == data


async def test_what_stood_there_before_stays_until_the_new_is_whole(target: Path) -> None:
    await asyncio.to_thread(target.write_bytes, b"older")
    with pytest.raises(Garbled):
        await fetch(Recorder([dhav()]), target, found(seconds=60)).run()
    assert await asyncio.to_thread(target.read_bytes) == b"older"


async def test_a_full_disk_is_told_and_nothing_half_is_left(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: FileSink, pieces: list[bytes]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSink, "_write", full)
    with pytest.raises(Unavailable) as told:
        await fetch(Recorder([dhav()]), target, found()).run()
    assert told.value.key == "no_room"
    assert str(target.parent) in told.value.words.es
    assert names(target.parent) == []


async def test_cancelled_it_leaves_nothing(target: Path) -> None:
    begun = asyncio.Event()

    class Slow(Recorder):
        async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
            await sink.write(bytes(2 << 20))
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError

    task = asyncio.create_task(fetch(Slow([b""]), target, found()).run())
    await begun.wait()
    assert names(target.parent) == ["footage.mp4.fetched.part"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(target.parent) == []


async def test_a_sink_forgets_what_came_before_a_restart(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "footage.part")
    for data in (b"x" * (3 << 20), b"held"):
        await sink.write(data)
    await sink.restart()
    await sink.write(b"whole")
    await sink.flush()
    sink.close()
    assert ((tmp_path / "footage.part").read_bytes(), sink.size_bytes) == (b"whole", 5)
