from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.h265 import ParameterSets, advertised_fps, codec_of, parse_sps

from .camera import nal_units
from .encoded import X265_B_FRAMES, X265_PLAIN, encode, ffmpeg


def annexb(width: int, height: int, *options: str) -> list[bytes]:
    source = f"testsrc2=size={width}x{height}:rate=25"
    return nal_units(
        ffmpeg(
            "-f", "lavfi", "-i", source, "-frames:v", "2", "-c:v", "libx265", "-preset",
            "ultrafast", *options, "-f", "hevc", "-",
        )
    )  # fmt: skip


def sets_of(nals: list[bytes]) -> list[bytes]:
    return [nal for nal in nals if nal[0] >> 1 in (32, 33, 34)]


@pytest.mark.parametrize(
    ("width", "height", "options", "depth"),
    [
        (128, 96, (), 8),
        (202, 118, (), 8),
        (1920, 1080, (), 8),
        (130, 98, ("-pix_fmt", "yuv422p10le"), 10),
        (130, 98, ("-pix_fmt", "yuv444p"), 8),
    ],
)
def test_size_is_the_one_that_was_encoded(
    width: int, height: int, options: tuple[str, ...], depth: int
) -> None:
    nals = annexb(width, height, *options, "-x265-params", "pools=1:log-level=none")
    sps = parse_sps(next(nal for nal in nals if nal[0] >> 1 == 33))
    assert (sps.width, sps.height, sps.luma_depth) == (width, height, depth)


@pytest.mark.parametrize(
    ("options", "fps"),
    [((), 0.0), (("-bsf:v", "hevc_metadata=tick_rate=25:num_ticks_poc_diff_one=1"), 25.0)],
)
def test_pictures_a_second_are_what_the_first_set_says(
    options: tuple[str, ...], fps: float
) -> None:
    nals = annexb(128, 96, *options, "-x265-params", "pools=1:log-level=none")
    assert advertised_fps(next(nal for nal in nals if nal[0] >> 1 == 32)) == fps


@given(st.binary(max_size=64))
def test_any_bytes_are_pictures_a_second_or_none(data: bytes) -> None:
    assert advertised_fps(b"\x40\x01" + data) >= 0


@pytest.mark.parametrize(("options", "reorder"), [(X265_PLAIN, 0), (X265_B_FRAMES, 2)])
def test_the_configuration_says_what_ffmpeg_says(options: tuple[str, ...], reorder: int) -> None:
    sets = ParameterSets()
    nals = sets_of(annexb(128, 96, *options))
    assert [sets.put(nal) for nal in nals] == [True] * 3
    assert not any(sets.put(nal) for nal in nals)

    video = sets.video_format()

    assert video is not None
    theirs = encode("libx265", options, count=2).video
    assert (video.entry, video.width, video.height) == (b"hvc1", 128, 96)
    assert video.codec == codec_of(theirs.configuration) == theirs.codec
    assert video.configuration[1:13] == theirs.configuration[1:13]
    assert video.configuration[16:19] == theirs.configuration[16:19]
    assert video.reorder_frames == reorder


def test_one_kind_of_set_is_not_enough_and_a_change_is_news() -> None:
    first, second = (sets_of(annexb(size, 96, *X265_PLAIN)) for size in (128, 256))
    sets = ParameterSets()
    for nal in first[:2]:
        assert sets.put(nal)
        assert sets.video_format() is None
    sets.put(first[2])
    before = sets.video_format()
    assert sets.put(second[1])
    after = sets.video_format()
    assert before is not None
    assert after is not None
    assert (before.width, after.width) == (128, 256)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_size_or_garbled(data: bytes) -> None:
    try:
        sps = parse_sps(b"\x42\x01" + data)
    except Garbled:
        return
    assert sps.width > 0
    assert sps.height > 0


@given(st.lists(st.sampled_from([b"\x40\x01", b"\x42\x01", b"\x44\x01", b""]), max_size=6),
       st.binary(max_size=80))  # fmt: skip
def test_any_sets_are_taken_or_not(heads: list[bytes], data: bytes) -> None:
    sets = ParameterSets()
    taken = [sets.put(head + data) for head in heads]
    assert sets.video_format() is None or any(taken)


@given(st.binary(max_size=40))
def test_any_configuration_has_a_name_or_none(data: bytes) -> None:
    try:
        assert codec_of(data).startswith("hvc1.")
    except Garbled:
        assert len(data) < 23
