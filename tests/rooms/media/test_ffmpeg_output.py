"""What ffmpeg puts out, and anything else in its place."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sereno.base.errors import Garbled
from sereno.media.ffmpeg.movie import parse_fragment, parse_movie
from sereno.media.ffmpeg.pictures import Pictures
from sereno.media.ffmpeg.splitter import BoxSplitter

from .encoded import ffmpeg

MP4 = (
    "-f", "lavfi", "-i", "testsrc2=size=128x96:rate=25", "-f", "lavfi", "-i", "sine",
    "-t", "1", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "aac", "-f", "mp4",
    "-movflags", "+empty_moov+default_base_moof+frag_discont", "-use_editlist", "0",
    "-frag_duration", "200000", "pipe:1",
)  # fmt: skip


@pytest.fixture(scope="module")
def output() -> bytes:
    return ffmpeg(*MP4)


@pytest.fixture(scope="module")
def boxes(output: bytes) -> list[tuple[bytes, bytes]]:
    return list(BoxSplitter().feed(output))


@pytest.mark.parametrize("portion", [1, 7, 1000])
def test_portions_do_not_matter(
    output: bytes, boxes: list[tuple[bytes, bytes]], portion: int
) -> None:
    splitter = BoxSplitter()
    data = output[:20_000]
    found = [
        each
        for at in range(0, len(data), portion)
        for each in splitter.feed(data[at : at + portion])
    ]
    assert found == boxes[: len(found)]
    assert len(found) > 3


def test_every_sample_is_found(boxes: list[tuple[bytes, bytes]]) -> None:
    tracks = parse_movie(next(body for kind, body in boxes if kind == b"moov"))
    assert [(each.kind, each.entry, each.sound is not None) for each in tracks] == [
        (b"vide", b"avc1", False),
        (b"soun", b"mp4a", True),
    ]
    pictures = Pictures.of(tracks[0].entry, tracks[0].configuration)
    shown, keys = [], 0
    for (_, moof), (kind, mdat) in pairwise(boxes):
        for part in parse_fragment(moof) if kind == b"mdat" else []:
            assert all(0 <= each.start < each.end <= len(mdat) for each in part.samples)
            if part.track == tracks[0].number:
                shown += [each.shown_time for each in part.samples]
                keys += sum(pictures.read(mdat[s.start : s.end])[1] for s in part.samples)
    step = tracks[0].timescale // 25
    assert sorted(shown) == list(range(min(shown), min(shown) + 25 * step, step))
    assert keys == 1


@given(st.binary(max_size=200), st.integers(0, 2000), st.booleans())
def test_anything_gives_a_value_or_our_error(
    output: bytes, boxes: list[tuple[bytes, bytes]], noise: bytes, at: int, is_hevc: bool
) -> None:
    contents = dict(boxes)
    for parse, kind in ((parse_movie, b"moov"), (parse_fragment, b"moof")):
        body = contents[kind]
        at %= len(body)
        for data in (noise, body[:at] + noise + body[at + len(noise) :]):
            with suppress(Garbled):
                parse(data)
    with suppress(Garbled):
        list(BoxSplitter().feed(noise))
    with suppress(Garbled):
        Pictures.of(b"hvc1" if is_hevc else b"avc1", noise).read(noise)
