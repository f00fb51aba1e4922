"""Row 21: of a download that was cut off, only what is missing is fetched again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.rooms.media.encoded import ffmpeg
from tests.rooms.media.test_join import ASKED_AT, SECONDS, recording

from sereno.base.clock import SystemClock
from sereno.base.spans import Span
from sereno.drivers.contract import (
    Ability,
    Capabilities,
    Container,
    Fetched,
    Found,
    Login,
    Progress,
    Sink,
)
from sereno.drivers.errors import DeviceError, Garbled, Refused, Unreachable
from sereno.drivers.fetching import FootageFetch
from sereno.drivers.memory import ShortMemory
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools
from sereno.policy.reasons import Reason
from sereno.sim import Picture
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

CAME = 0.75
START = datetime(2026, 5, 1, 10, tzinfo=UTC)


def since(at: float, seconds: int, folder: Path) -> bytes:
    """A recording of so many seconds from the key frame before."""
    whole = folder / "whole.ps"
    whole.write_bytes(recording(seconds))
    copy = ffmpeg("-ss", f"{at}", "-i", str(whole), "-c", "copy", "-f", "vob", "pipe:1")
    whole.unlink()
    return copy


@dataclass
class Recorder:
    """Cuts off the first download of all, and gives footage by time."""

    folder: Path
    fault: DeviceError | None = None
    always_cuts: bool = False
    breaks_off: bool = False
    seconds: int = SECONDS
    whole_count: int = 0
    spans: list[Span] = field(default_factory=list)

    @property
    def found(self) -> Found:
        return Found("1", Span(START, START + timedelta(seconds=self.seconds)), None, "handle")

    async def capabilities(self) -> Capabilities:
        return dict.fromkeys(Ability, True)

    async def fetch(self, found: Found, sink: Sink, progress: Progress) -> Container:
        self.whole_count += 1
        data = recording(self.seconds)
        if self.whole_count == 1 or self.always_cuts:
            data = data[: int(len(data) * CAME)]
        await sink.write(data)
        progress(Fetched(len(data), len(recording(self.seconds))))
        return Container.MPEG_PS

    async def fetch_span(
        self, channel: str, span: Span, sink: Sink, progress: Progress
    ) -> Container:
        self.spans.append(span)
        if self.fault is not None:
            raise self.fault
        data = since((span.start - START).total_seconds(), self.seconds, self.folder)
        if self.breaks_off and len(self.spans) == 1:
            await sink.write(data[: len(data) // 2])
            raise Unreachable(Reason("api_broke_off", {"host": "h", "port": "80"}))
        await sink.write(data)
        progress(Fetched(len(data)))
        return Container.MPEG_PS


def fetch(recorder: Recorder, **others: object) -> FootageFetch:
    target = recorder.folder / "footage.mp4"
    return FootageFetch(recorder, recorder.found, target, again_after_seconds=0, **others)  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def test_row_21_only_what_is_missing_is_fetched(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    footage = await fetch(recorder).run()
    assert footage.movie.seconds == pytest.approx(SECONDS, abs=0.3)
    assert (footage.movie.codec, footage.movie.sound) == ("h264", "mp4a")
    assert recorder.whole_count == 1
    (span,) = recorder.spans
    assert span.end == recorder.found.span.end
    assert ASKED_AT < (span.start - START).total_seconds() < SECONDS * CAME
    assert footage.received_bytes < 1.5 * len(recording())
    assert names(tmp_path) == ["footage.mp4"]


async def test_each_part_goes_on_where_the_one_before_broke_off(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, breaks_off=True, seconds=60)
    footage = await fetch(recorder).run()
    assert footage.movie.seconds == pytest.approx(60, abs=0.3)
    assert recorder.whole_count == 1
    assert [span.end for span in recorder.spans] == [recorder.found.span.end] * 2
    assert recorder.spans[0].start < recorder.spans[1].start
    assert names(tmp_path) == ["footage.mp4"]


async def test_where_that_fails_all_of_it_is_fetched_once_more(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, Garbled(Reason("footage_unreadable")))
    assert (await fetch(recorder).run()).movie.seconds == pytest.approx(SECONDS, abs=0.3)
    assert (recorder.whole_count, len(recorder.spans)) == (2, 1)
    assert names(tmp_path) == ["footage.mp4"]


async def test_an_original_is_fetched_in_one_piece(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    footage = await fetch(recorder, keeps_original=True).run()
    assert footage.original is not None
    assert (recorder.whole_count, recorder.spans) == (2, [])


async def test_a_refusal_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, Refused(Reason("right_missing")))
    with pytest.raises(Refused):
        await fetch(recorder).run()
    assert recorder.whole_count == 1
    assert names(tmp_path) == []


async def test_what_stays_too_short_is_told(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, Garbled(Reason("footage_unreadable")), always_cuts=True)
    with pytest.raises(Garbled) as told:
        await fetch(recorder).run()
    assert told.value.reason.key == "footage_cut_short"
    assert names(tmp_path) == []


async def test_row_21_a_recorder_is_asked_by_time_for_the_rest(tmp_path: Path) -> None:
    config = RecorderConfig(
        cache_dir=tmp_path / "loops", channels=(ChannelSpec(1, "Entrance", "entrance"),),
        user="operator", password="p@ss", days=0.1, file_seconds=40,
        main=Picture(320, 180, 300_000), sub=Picture(160, 90, 100_000),
        loop_seconds=12, key_seconds=1, quirks=frozenset({"cut-download"}),
    )  # fmt: skip
    now = datetime.now(UTC)
    async with HikvisionRecorder(config) as recorder:
        login = Login(recorder.host, recorder.port, username="operator", password="p@ss")
        driver = VENDORS["hikvision"](login, Tools(ShortMemory(), SystemClock()))
        span = Span(now - timedelta(minutes=6), now - timedelta(minutes=4))
        found = [each async for each in driver.find("1", span)][1]
        fetching = FootageFetch(driver, found, tmp_path / "footage.mp4", again_after_seconds=0)
        footage = await fetching.run()
        await driver.close()
        asked = [each.body for each in recorder.log if each.target.endswith("/download")]
    assert footage.movie.seconds == pytest.approx(found.span.duration.total_seconds(), abs=2)
    assert ["name=" in body.decode() for body in asked] == [True, False]
