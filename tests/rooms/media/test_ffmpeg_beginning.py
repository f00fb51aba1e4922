"""The first picture of all, whose time ffmpeg does not know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sereno.base.clock import SystemClock
from sereno.media.contract import FragmentWritten, Start
from sereno.media.ffmpeg.beginning import Beginning, Fragment, first_shown
from sereno.media.ffmpeg.movie import Part, Sample
from sereno.media.ffmpeg.pictures import Pictures
from sereno.media.runner import Runner

from .camera import Camera, RtpSender, Told, Video, ffmpeg_says, interleaved
from .encoded import (
    FRAME_TICKS,
    X264_B_FRAMES,
    X264_OPEN_GOP,
    X264_PLAIN,
    X265_B_FRAMES,
    X265_PLAIN,
    Encoded,
    Frame,
    encode,
)
from .recording import files_of
from .test_both_engines import recorded

VIDEO, SOUND = 1, 2
KINDS = [
    ("libx264", X264_PLAIN),
    ("libx264", X264_B_FRAMES),
    ("libx264", X264_OPEN_GOP),
    ("libx265", X265_PLAIN),
    ("libx265", X265_B_FRAMES),
]
IDS = ["h264", "h264-b", "h264-open", "h265", "h265-b"]


def pictures_of(encoded: Encoded) -> Pictures:
    return Pictures.of(encoded.video.entry, encoded.video.configuration)


@pytest.mark.parametrize(("codec", "options"), KINDS, ids=IDS)
def test_the_first_time_follows_from_the_others(codec: str, options: tuple[str, ...]) -> None:
    encoded = encode(codec, options)
    frames, pictures = encoded.frames, pictures_of(encoded)
    video = pictures.sets.video_format()
    assert video is not None
    depth = video.reorder_frames
    keys = [place for place, frame in enumerate(frames) if frame.is_key][:-1]
    assert depth is not None
    assert len(keys) >= 3
    for key in keys:
        others = [frame.shown for frame in frames[key + 1 :]]
        can_follow = not pictures.is_closed(frames[key].sample)
        told = [
            first_shown(others[:n], depth, can_follow=can_follow) for n in range(len(others) + 1)
        ]
        assert told[: 2 + depth] == [None] * (2 + depth)
        assert told[-1] == frames[key].shown, key


def fragment(frames: list[Frame], first_time: int, *, has_sound: bool = False) -> Fragment:
    at, samples = 0, []
    for place, frame in enumerate(frames):
        time = frame.shown if place else first_time
        samples.append(Sample(at, at + len(frame.sample), time, time))
        at += len(frame.sample)
    parts = {VIDEO: Part(VIDEO, samples, 0)}
    if has_sound:
        parts[SOUND] = Part(SOUND, [], 0)
    return Fragment(parts, b"".join(frame.sample for frame in frames))


def times(fragments: list[Fragment]) -> list[int]:
    return [each.shown_time for one in fragments for each in one.parts[VIDEO].samples]


def test_fragments_wait_for_time_and_sound() -> None:
    encoded = encode("libx264", X264_PLAIN)
    frames = encoded.frames
    beginning = Beginning(VIDEO, SOUND, pictures_of(encoded), is_first_timeless=True)
    assert beginning.take(Fragment({SOUND: Part(SOUND, [], 0)}, b"")) == []
    assert beginning.take(fragment(frames[:1], FRAME_TICKS)) == []
    assert beginning.take(fragment(frames[1:5], frames[1].shown)) == []
    passed = beginning.take(fragment(frames[5:7], frames[5].shown, has_sound=True))
    assert times(passed) == [frame.shown for frame in frames[:7]]
    last = fragment(frames[7:9], 5)
    assert beginning.take(last) == [last]


def test_waiting_has_an_end() -> None:
    encoded = encode("libx264", X264_B_FRAMES)
    beginning = Beginning(VIDEO, SOUND, pictures_of(encoded), is_first_timeless=True)
    passed: list[Fragment] = []
    for place, frame in enumerate(encoded.frames[:5]):
        assert passed == []
        passed = beginning.take(fragment([frame], frame.shown if place else 1))
    assert times(passed) == [frame.shown for frame in encoded.frames[:5]]


@pytest.mark.parametrize("options", [X264_PLAIN, X264_B_FRAMES])
async def test_a_camera_that_begins_with_a_key_frame(
    camera: Camera, told: Told, tmp_path: Path, options: tuple[str, ...]
) -> None:
    encoded = encode("libx264", options)
    configuration = encoded.video.configuration
    sps_end = 8 + int.from_bytes(configuration[6:8], "big")
    pps_end = sps_end + 3 + int.from_bytes(configuration[sps_end + 1 : sps_end + 3], "big")
    camera.video = Video(configuration[8:sps_end], configuration[sps_end + 3 : pps_end], [])

    async def once(_: Camera, writer: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        sender = RtpSender()
        for frame in encoded.frames:
            await asyncio.sleep(0.04)
            sender.rtp_time = 0xFFFFF000 + frame.shown
            yield b"".join(interleaved(2, each) for each in sender.packets(nals(frame.sample)))
        await asyncio.Event().wait()

    camera.script = once
    runner = Runner(told, SystemClock())
    task = camera.task(tmp_path, engine="ffmpeg", records_sound=False)
    runner.obey(Start(task=task))
    await told.wait(FragmentWritten, 5)
    await runner.close()
    path = files_of(told, tmp_path)[0]
    pictures, _ = recorded(path)
    assert len(pictures) > 10
    assert pictures == [(frame.sample, frame.shown) for frame in encoded.frames[: len(pictures)]]
    assert ffmpeg_says(path)[2] == ""


def nals(sample: bytes) -> list[bytes]:
    found = []
    while sample:
        end = 4 + int.from_bytes(sample[:4], "big")
        found.append(sample[4:end])
        sample = sample[end:]
    return found
