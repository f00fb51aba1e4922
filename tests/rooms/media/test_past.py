"""Footage that a device plays is of when it was taken, however it comes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.clock import from_us, to_us
from sereno.media.contract import Failed, FragmentWritten, Past, RunEnded, RunStarted
from sereno.media.past import PastTimes
from sereno.media.rtsp.replay_time import replay_time
from sereno.media.rtsp.rtcp import SenderReport

from .camera import Camera, Told
from .encoded import FRAME_TICKS, X264_B_FRAMES, X264_PLAIN, Frame, encode
from .fed_recorder import Player, player
from .recording import recording

THEN_US = 1_700_000_000_000_000
HOUR_US = 3_600_000_000
PAST = Past(starts_at_us=THEN_US, ends_at_us=THEN_US + HOUR_US)
FRAME_US = FRAME_TICKS * 100 // 9


class Fed:
    """A device plays into a recorder, as fast as it likes."""

    def __init__(self, played: Player, codec: Sequence[str] = X264_PLAIN) -> None:
        self.played = played
        self.past = PastTimes(played.recorder, PAST, lambda: to_us(played.clock.now()))
        self.encoded = encode("libx264", codec)
        played.begin(self.encoded.video)

    def play(self, frames: Sequence[Frame], first: int, seconds: float) -> None:
        """All of them, their RTP times from `first` on, one each so many seconds."""
        for frame in frames:
            self.played.clock.advance(seconds)
            rtp_time = (first + frame.shown) & 0xFFFF_FFFF
            sample = bytearray(frame.sample)
            self.past.picture(sample, rtp_time, frame.is_key, self.past.now_us())

    @property
    def starts_us(self) -> list[int]:
        """When each run began, after the start that was stated."""
        return [event.at_us - THEN_US for event in self.played.told.all(RunStarted)]


@pytest.mark.parametrize("seconds", [0.0, 0.04, 0.2])
@pytest.mark.parametrize("codec", [X264_PLAIN, X264_B_FRAMES])
async def test_times_are_the_footage_s_however_fast_it_comes(
    tmp_path: Path, seconds: float, codec: Sequence[str]
) -> None:
    async with player(tmp_path) as played:
        fed = Fed(played, codec)
        fed.play(fed.encoded.frames, 0xFFFF_FF00, seconds)
        await played.end()
    (file,) = played.files
    assert fed.starts_us == [0]
    assert file.start_us == THEN_US
    told = played.told.all(FragmentWritten)
    assert [each.at_us - THEN_US for each in told] == [each.start_ticks * 100 // 9 for each in told]
    assert sum(each.frame_count for each in told) == len(fed.encoded.frames)


async def test_what_the_device_skips_is_a_gap_of_that_length(tmp_path: Path) -> None:
    async with player(tmp_path) as played:
        fed = Fed(played)
        fed.play(fed.encoded.frames, 0, 0.04)
        fed.play(fed.encoded.frames, 600 * 90_000, 0.04)
        await played.end()
    assert fed.starts_us == [0, 600_000_000]
    assert [each.reason.key for each in played.told.all(RunEnded)] == ["no_picture", "stopped"]


@pytest.mark.parametrize("base", [0x8000_0000, -50_000_000, 2 * HOUR_US // 1_000_000 * 90_000])
async def test_an_rtp_clock_that_begins_anew_is_not_believed(tmp_path: Path, base: int) -> None:
    """As that of a recorder which counts anew for each of its files."""
    async with player(tmp_path) as played:
        fed = Fed(played)
        fed.play(fed.encoded.frames, 0, 0.04)
        length_us = len(fed.encoded.frames) * FRAME_US
        fed.play(fed.encoded.frames, base, 0.04)
        await played.end()
    assert fed.starts_us == [0, pytest.approx(length_us, abs=2 * FRAME_US)]


async def test_what_a_device_reports_of_now_changes_nothing(tmp_path: Path) -> None:
    async with player(tmp_path) as played:
        fed = Fed(played)
        fed.past.video_report(SenderReport(to_us(played.clock.now()), 0))
        fed.play(fed.encoded.frames, 0, 0.04)
        await played.end()
    assert fed.starts_us == [0]
    assert [each.clock for each in played.told.all(RunStarted)] == ["arrival"]


@pytest.mark.parametrize("ahead_seconds", [0, -42, 3600])
async def test_what_packets_tell_is_believed_by_the_clock_that_was_asked_by(
    tmp_path: Path, ahead_seconds: int
) -> None:
    """The key frame before, and what lies behind a gap, are of when they were."""
    asked = from_us(THEN_US + ahead_seconds * 1_000_000)
    headers = {"Range": f"clock={asked:%Y%m%dT%H%M%S}.000Z-"}
    past = PAST.model_copy(update={"headers": headers})
    async with player(tmp_path) as played:
        fed = Fed(played)
        fed.past = PastTimes(played.recorder, past, lambda: to_us(played.clock.now()))
        for first, then_us in ((0, -700_000), (7_000_000, 900_000_000)):
            for frame in fed.encoded.frames:
                told_us = THEN_US + then_us + frame.shown * 100 // 9
                told_us += ahead_seconds * 1_000_000
                fed.past.said(SenderReport(told_us, first + frame.shown))
                fed.play([frame], first, 0.04)
        await played.end()
    assert fed.starts_us == [-700_000, 900_000_000]


@pytest.mark.parametrize("told_us", [0, 2 * HOUR_US, -HOUR_US])
async def test_what_packets_tell_of_another_time_is_not_believed(
    tmp_path: Path, told_us: int
) -> None:
    async with player(tmp_path) as played:
        fed = Fed(played)
        fed.past.said(SenderReport(THEN_US + told_us if told_us else 0, 0))
        fed.play(fed.encoded.frames, 0, 0.04)
        await played.end()
    assert fed.starts_us == [0]


@given(st.binary(max_size=80))
def test_any_packet_tells_a_time_or_none(packet: bytes) -> None:
    data = bytearray(12) + packet
    data[0] = 0x90
    said = replay_time(data, 0, len(data))
    assert said is None or len(packet) >= 16


ONVIF = {"Require": "onvif-replay", "Range": "clock=20231114T221320.000Z-", "Rate-Control": "yes"}


async def test_headers_of_a_replay_go_where_they_belong(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    past = PAST.model_copy(update={"headers": ONVIF})
    async with recording(camera.task(tmp_path, past=past), told):
        await told.wait(FragmentWritten)
    heads = dict(zip(camera.requests, camera.heads, strict=True))
    assert "Require: onvif-replay\r\n" in heads["SETUP"]
    assert "Range" not in heads["SETUP"]
    for name, value in ONVIF.items():
        assert f"{name}: {value}\r\n" in heads["PLAY"]
    assert "npt" not in heads["PLAY"]
    assert told.all(RunStarted)[0].at_us == THEN_US


async def test_a_time_that_the_device_refuses_is_not_replaced_by_another(
    camera: Camera, told: Told, tmp_path: Path
) -> None:
    camera.answers["PLAY"] = "RTSP/1.0 457 Invalid Range\r\nCSeq: {cseq}\r\n\r\n"
    past = PAST.model_copy(update={"headers": ONVIF})
    task = camera.task(tmp_path, past=past, engine="native")
    async with recording(task, told):
        await told.wait(Failed)
    assert told.all(Failed)[0].reason.key == "bad_request"
    assert camera.requests.count("PLAY") == 1
