from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.h264 import ParameterSets, parse_sps

from .camera import Video, make_h264


@pytest.mark.parametrize(
    ("width", "height", "options"),
    [
        (128, 96, ()),
        (202, 118, ()),
        (1920, 1080, ("-profile:v", "high")),
        (128, 96, ("-pix_fmt", "yuv444p")),
        (130, 98, ("-pix_fmt", "yuv422p10le")),
        (128, 96, ("-flags", "+ildct+ilme")),
    ],
)
def test_size_is_the_one_that_was_encoded(
    width: int, height: int, options: tuple[str, ...]
) -> None:
    video = Video.of(make_h264(width, height, 1, *options))

    sps = parse_sps(video.sps)

    assert (sps.width, sps.height) == (width, height)
    assert sps.luma_depth == (10 if "yuv422p10le" in options else 8)


def test_pictures_a_second_are_what_the_set_says_or_else_the_description() -> None:
    video = Video.of(make_h264(128, 96, 1))
    # Without the byte in which its last part begins, a set says nothing of pictures a second.
    silent = video.sps[:9]
    for said, sps, fps in ((0.0, video.sps, 25.0), (12.5, video.sps, 25.0), (12.5, silent, 12.5)):
        sets = ParameterSets(said)
        assert sets.put(sps)
        assert sets.put(video.pps)
        found = sets.video_format()
        assert found is not None
        assert found.fps == fps


@given(st.binary(max_size=200))
def test_any_bytes_are_a_size_or_garbled(data: bytes) -> None:
    try:
        sps = parse_sps(b"\x67" + data)
    except Garbled:
        return
    assert sps.width > 0
    assert sps.height > 0


@given(st.binary(max_size=64))
def test_a_set_that_cannot_be_read_changes_nothing(data: bytes) -> None:
    sets = ParameterSets()
    is_news = [sets.put(b"\x67\xff" + data), sets.put(data)]
    assert sets.video_format() is None or any(is_news)


def test_format_is_known_with_both_kinds_and_changes_are_news(
    video: Video, other_video: Video
) -> None:
    sets = ParameterSets()
    assert sets.put(video.sps)
    assert sets.video_format() is None
    assert sets.put(video.pps)
    assert not sets.put(video.sps)
    before = sets.video_format()
    assert before is not None
    assert before.codec == f"avc1.{video.sps[1:4].hex()}"
    assert (before.width, before.height) == (128, 96)

    assert sets.put(other_video.sps)

    assert sets.video_format() != before
