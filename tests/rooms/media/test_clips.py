from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sereno.base.clock import from_us
from sereno.base.spans import Span
from sereno.media.clip_bytes import clip_bytes
from sereno.media.clips import ClipPlan, plan_clip
from sereno.media.fmp4.boxes import Box, reader_of, walk
from sereno.media.fmp4.reader import TrackFragment, parse_moof
from sereno.media.formats import SoundFormat

from .camera import ffmpeg_says
from .encoded import X264_B_FRAMES, X264_PLAIN, X265_B_FRAMES, encode, encode_sound
from .fed_recorder import START_US, Player, player, seconds_of_sound
from .footage import clip_segment

OPTIONS = {
    "h264": ("libx264", X264_PLAIN),
    "h264-b": ("libx264", X264_B_FRAMES),
    "h265-b": ("libx265", X265_B_FRAMES),
}


def play_both(played: Player, name: str, *, sound_is_late_by: int) -> SoundFormat:
    """Two seconds; sound arrives `sound_is_late_by` ticks after the pictures of its time."""
    encoded, (sound, units) = encode(*OPTIONS[name]), encode_sound()
    played.begin(encoded.video, sound)
    count = 0
    for frame in encoded.frames:
        played.play([frame])
        while (count + 1) * 1024 * 90_000 // sound.rate <= played.newest - sound_is_late_by:
            played.recorder.sound(units[count], count * 1024, played.recorder.now_us())
            count += 1
    return sound


async def bytes_of(plan: ClipPlan) -> bytes:
    whole = b"".join([chunk async for chunk in clip_bytes(plan)])
    assert len(whole) == plan.size_bytes
    at = plan.size_bytes // 3
    assert (
        b"".join([chunk async for chunk in clip_bytes(plan, at, at + 999)])
        == (whole[at : at + 999])
    )
    return whole


def fragments_of(clip: bytes) -> list[tuple[TrackFragment, TrackFragment | None]]:
    boxes: list[Box] = list(walk(reader_of(clip), 0, len(clip)))
    return [parse_moof(clip[each.body : each.end]) for each in boxes if each.kind == b"moof"]


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("late_ticks", [0, 4_500])
async def test_a_clip_keeps_sound_and_order_of_pictures(
    name: str, late_ticks: int, tmp_path: Path
) -> None:
    async with player(tmp_path) as played:
        sound = play_both(played, name, sound_is_late_by=late_ticks)
        await played.end()
    start = from_us(START_US)
    wanted = Span(start + timedelta(seconds=0.5), start + timedelta(seconds=1.5))
    plan = plan_clip([clip_segment(path) for path in played.paths], wanted)
    clip = await bytes_of(plan)
    (tmp_path / "clip.mp4").write_bytes(clip)

    frames, _, complaints = ffmpeg_says(tmp_path / "clip.mp4")
    assert complaints == ""
    assert 25 <= frames <= 40
    assert seconds_of_sound(tmp_path / "clip.mp4") == pytest.approx(frames / 25, abs=0.15)
    fragments = fragments_of(clip)
    sounds = [sound for _, sound in fragments if sound is not None]
    for one, other in pairwise(sounds):
        assert one.decode_time + sum(one.durations) == other.decode_time
    first = fragments[0][0].decode_time
    assert first * sound.rate / 90_000 == pytest.approx(late_ticks and 1024, abs=4800)
    # Between sound and picture nothing moved.
    index = played.files[0].index
    offset = index.offsets[index.covering(45_000, 90_000).start]
    originals = fragments_of(played.paths[0].read_bytes()[offset:])
    shift = (first - originals[0][0].decode_time) * sound.rate // 90_000
    original = next(sound for _, sound in originals if sound is not None)
    assert sounds[0].decode_time - original.decode_time == pytest.approx(shift, abs=1)


async def test_a_clip_goes_on_over_runs_with_and_without_sound(tmp_path: Path) -> None:
    encoded = encode(*OPTIONS["h264"])
    async with player(tmp_path) as played:
        played.begin(encoded.video)
        played.play(encoded.frames)
        await played.end()
        played.newest = 0
        play_both(played, "h264", sound_is_late_by=0)
        await played.end()
    start = from_us(START_US)
    plan = plan_clip(
        [clip_segment(path) for path in played.paths], Span(start, start + timedelta(seconds=9))
    )
    (tmp_path / "clip.mp4").write_bytes(await bytes_of(plan))

    assert not plan.is_cut_short
    assert ffmpeg_says(tmp_path / "clip.mp4") == (100, pytest.approx(4, abs=0.1), "")
    assert seconds_of_sound(tmp_path / "clip.mp4") == pytest.approx(2, abs=0.2)
