from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path

import pytest

from sereno.media.contract import FragmentWritten, RunStarted, SegmentSealed
from sereno.media.formats import VideoFormat

from .camera import ffmpeg_says
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
    encode_sound,
)
from .fed_recorder import frames_of, player, samples_in, seconds_of_sound

STREAMS = {
    "h264": ("libx264", X264_PLAIN),
    "h264-b": ("libx264", X264_B_FRAMES),
    "h264-open": ("libx264", X264_OPEN_GOP),
    "h265": ("libx265", X265_PLAIN),
    "h265-b": ("libx265", X265_B_FRAMES),
}


@pytest.mark.parametrize("name", STREAMS)
async def test_all_pictures_are_kept_and_shown_in_time(name: str, tmp_path: Path) -> None:
    encoded = encode(*STREAMS[name])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames)
        await played.end()

    assert played.ends == [("stopped", pytest.approx(2, abs=1e-4))]
    assert samples_in(played.paths) == frames_of(encoded)
    assert ffmpeg_says(played.paths[0]) == (50, pytest.approx(2.0, abs=0.05), "")
    (file,) = played.files
    assert file.video == encoded.video
    assert file.index.end_ticks == 50 * FRAME_TICKS
    has_b_frames = name.endswith(("-b", "-open"))
    assert any(each.has_composition for each in file.index) == has_b_frames
    assert sum(each.picture_count for each in file.index) == 50
    told = played.told.all(FragmentWritten)
    assert [each.frame_count for each in told] == [each.picture_count for each in file.index]
    assert [each.has_composition for each in told] == [each.has_composition for each in file.index]


async def test_what_is_shown_before_the_first_key_frame_is_left_out(tmp_path: Path) -> None:
    encoded = encode(*STREAMS["h265-b"])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames[5:])  # the key frame at 9 is followed by one shown before it
        await played.end()

    assert samples_in(played.paths) == [
        frame.sample for place, frame in enumerate(encoded.frames[9:]) if place != 1
    ]
    assert ffmpeg_says(played.paths[0])[2] == ""


async def test_a_stream_without_b_frames_is_not_held_back_after_its_first_gop(
    tmp_path: Path,
) -> None:
    encoded = encode(*STREAMS["h264"])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames[:21])
        await played.queue.drain()
        newest = played.told.all(FragmentWritten)[-1]

    assert newest.start_ticks + newest.duration_ticks == 20 * FRAME_TICKS


async def test_b_frames_that_come_late_lose_nothing(tmp_path: Path) -> None:
    plain, reordered = encode(*STREAMS["h264"]), encode(*STREAMS["h264-b"])
    async with player(tmp_path) as played:
        played.begin(reordered.video)
        played.play(plain.frames[:20])
        played.play(reordered.frames, after=20 * FRAME_TICKS)
        await played.end()

    assert len(samples_in(played.paths)) == 70
    assert played.ends == [("stopped", pytest.approx(2.8, abs=1e-4))]
    assert played.files[0].index.end_ticks == 70 * FRAME_TICKS


async def test_sound_lies_beside_the_picture(tmp_path: Path) -> None:
    encoded, (sound, units) = encode(*STREAMS["h264"]), encode_sound()
    async with player(tmp_path) as played:
        played.begin(encoded.video, sound)
        for place, frame in enumerate(encoded.frames):
            played.play([frame])
            first, last = (at * sound.rate // 25 // 1024 for at in (place, place + 1))
            for number in range(first, last):
                played.recorder.sound(units[number], number * 1024, played.recorder.now_us())
        await played.end()

    (file,) = played.files
    assert file.sound == sound
    assert played.told.all(RunStarted)[0].sound == "mp4a.40.2"
    assert any(each.has_sound for each in file.index)
    assert samples_in(played.paths) == frames_of(encoded)
    assert ffmpeg_says(played.paths[0]) == (50, pytest.approx(2.0, abs=0.1), "")
    assert seconds_of_sound(played.paths[0]) == pytest.approx(31 * 1024 / 16_000, abs=0.07)


async def test_sound_that_does_not_come_is_not_promised(tmp_path: Path) -> None:
    encoded, (sound, _) = encode(*STREAMS["h264"]), encode_sound()
    async with player(tmp_path) as played:
        played.begin(encoded.video, sound)
        played.play(encoded.frames)
        await played.end()

    assert [each.sound for each in played.told.all(RunStarted)] == [""]
    assert played.files[0].sound is None
    assert played.ends == [("stopped", pytest.approx(2))]


async def test_sound_that_begins_or_ends_begins_another_run_without_loss(tmp_path: Path) -> None:
    encoded, (sound, units) = encode(*STREAMS["h264"]), encode_sound()
    async with player(tmp_path) as played:
        played.begin(encoded.video, sound)
        for turn in range(10):
            for frame in encoded.frames:
                played.play([frame], after=turn * 50 * FRAME_TICKS)
                if turn == 1:
                    rtp_time = played.newest * 16 // 90
                    played.recorder.sound(units[0], rtp_time, played.recorder.now_us())
        await played.end()

    assert [each.sound for each in played.told.all(RunStarted)] == ["", "mp4a.40.2", ""]
    assert played.ends == [
        ("format_changed", pytest.approx(2.4)),
        ("format_changed", pytest.approx(14)),
        ("stopped", pytest.approx(20)),
    ]
    assert played.starts == [0, pytest.approx(2.4), pytest.approx(14)]
    assert len(samples_in(played.paths)) == 500


async def test_loss_damages_fragments_up_to_the_next_key_frame(tmp_path: Path) -> None:
    encoded = encode(*STREAMS["h264"])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames[:13])
        played.recorder.packets_lost(3)
        played.play(encoded.frames[14:])
        await played.end()

    assert played.ends == [("stopped", pytest.approx(2, abs=1e-4))]
    assert len(samples_in(played.paths)) == 49
    assert played.recorder.lost_packets == 3
    (file,) = played.files
    damaged = [each for each in file.index if each.is_damaged]
    assert damaged[0].start_ticks == 10 * FRAME_TICKS
    assert damaged[-1].end_ticks == 20 * FRAME_TICKS
    assert file.index.damaged_ticks == 10 * FRAME_TICKS
    told = played.told.all(FragmentWritten)
    assert [each.is_damaged for each in told] == [each.is_damaged for each in file.index]


@pytest.mark.parametrize("is_lost", [False, True])
@pytest.mark.provokes("packets_lost", "no_picture")
async def test_nobody_claims_seconds_that_were_not_filmed(
    tmp_path: Path,
    is_lost: bool,
) -> None:
    encoded = encode(*STREAMS["h264"])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames[:30])
        if is_lost:
            played.recorder.packets_lost(100)
        played.play(encoded.frames[30:], after=5 * 90_000)
        await played.end()

    reason = "packets_lost" if is_lost else "no_picture"
    assert played.ends == [(reason, pytest.approx(1.2)), ("stopped", pytest.approx(7))]
    assert played.starts == [pytest.approx(0), pytest.approx(6.2)]
    assert len(samples_in(played.paths)) == 50


async def test_a_picture_in_many_seconds_is_no_hole(tmp_path: Path) -> None:
    encoded = encode(*STREAMS["h264"])
    slow = [Frame(each.sample, each.shown * 100, each.is_key) for each in encoded.frames]
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(slow)
        await played.end()

    assert played.ends == [("stopped", pytest.approx(200))]


async def test_pictures_kept_by_the_camera_move_the_start_back(tmp_path: Path) -> None:
    encoded = encode(*STREAMS["h264"])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames[:25], seconds=0.001)
        played.play(encoded.frames[25:])
        await played.end()

    # the 25th picture was taken when it came, or just before
    assert played.starts == [pytest.approx(-24 * 0.039, abs=0.002)]
    assert played.ends == [("stopped", pytest.approx(-24 * 0.039 + 2, abs=0.002))]
    assert played.files[0].start_us == played.told.all(RunStarted)[0].at_us


async def test_a_run_is_written_though_no_more_pictures_come(tmp_path: Path) -> None:
    encoded = encode(*STREAMS["h264"])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames[:20], seconds=0.001)
        fragment = await played.told.wait(FragmentWritten)

    assert fragment.is_key


async def test_run_times_only_grow(tmp_path: Path) -> None:
    encoded = encode(*STREAMS["h264-b"])
    async with player(tmp_path, segment_seconds=1) as played:
        played.begin(encoded.video)
        for turn in range(5):
            played.play(encoded.frames, after=turn * 50 * FRAME_TICKS)
        await played.end()

    files = played.files
    assert len(files) > 5
    for one, other in pairwise(files):
        assert one.index.end_ticks == other.index.start_ticks
    told = played.told.all(FragmentWritten)
    assert all(one.at_us < other.at_us for one, other in pairwise(told))
    ends = accumulate((each.duration_ticks for each in told), initial=0)
    assert [each.start_ticks for each in told] == list(ends)[:-1]
    assert len(played.told.all(SegmentSealed)) == len(files)


def other_format(encoded: Encoded) -> VideoFormat:
    return (
        encode("libx264", X264_B_FRAMES).video
        if encoded.video.entry == b"hvc1"
        else (encode("libx265", X265_PLAIN).video)
    )


async def test_another_format_begins_another_run_without_loss(tmp_path: Path) -> None:
    first, second = encode(*STREAMS["h264-b"]), encode(*STREAMS["h265"])
    async with player(tmp_path) as played:
        played.begin(first.video)
        played.play(first.frames)
        played.recorder.video_format(second.video)
        played.play(second.frames, after=50 * FRAME_TICKS)
        await played.end()

    assert [key for key, _ in played.ends] == ["format_changed", "stopped"]
    assert played.ends[0][1] == played.starts[1] == pytest.approx(2, abs=1e-4)
    assert [len(samples_in([path])) for path in played.paths] == [50, 50]
    for path in played.paths:
        assert ffmpeg_says(path)[2] == ""
