from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sereno.base.clock import from_us
from sereno.base.errors import NotFound
from sereno.base.spans import Span
from sereno.media.clip_bytes import clip_bytes, read_clip
from sereno.media.clips import ClipPlan, ClipSegment, plan_clip
from sereno.media.playlists import vod_facts, vod_playlist

from .camera import Video, ffmpeg_says
from .footage import START_US, Footage, clip_segment
from .test_index import index_of

SECOND_RUN_US = START_US + 10_000_000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("footage")


@pytest.fixture(scope="module")
def segments(video: Video, root: Path) -> list[ClipSegment]:
    """3.2 s in two files, a gap up to 10 s, 1.6 s in one file."""
    footage = Footage(root)
    footage.write_run(video, files=2)
    footage.write_run(video, SECOND_RUN_US)
    return [clip_segment(path) for path in footage.paths()]


def span(start: float, end: float) -> Span:
    """Seconds from the first frame on."""
    begin = from_us(START_US)
    return Span(begin + timedelta(seconds=start), begin + timedelta(seconds=end))


def playlist(segments: list[ClipSegment], wanted: Span) -> str:
    return vod_playlist(segments, wanted, lambda each: f"segments/{each}.mp4?ticket=t")


def test_playlist_maps_each_run_and_dates_each_file(segments: list[ClipSegment]) -> None:
    text = playlist(segments, span(0, 60))

    assert text.startswith("#EXTM3U\n#EXT-X-VERSION:7\n")
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert text.count("#EXT-X-MAP:") == 2
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert re.findall(r"DATE-TIME:(.*)", text) == [
        "2025-12-06T05:46:40.123Z",
        "2025-12-06T05:46:41.723Z",
        "2025-12-06T05:46:50.123Z",
    ]
    first, second, third = segments
    lines = text.splitlines()
    at = lines.index("#EXT-X-DISCONTINUITY")
    size = third.init_size_bytes
    assert lines[at + 1] == (
        f'#EXT-X-MAP:URI="segments/{third.segment_id}.mp4?ticket=t",BYTERANGE="{size}@0"'
    )
    ranges = [tuple(map(int, each)) for each in re.findall(r"BYTERANGE:(\d+)@(\d+)", text)]
    assert ranges == [
        (each.index.offsets[-1] - each.init_size_bytes, each.init_size_bytes)
        for each in (first, second, third)
    ]


def test_playlist_holds_the_gops_of_the_span_alone(segments: list[ClipSegment]) -> None:
    text = playlist(segments, span(0.5, 0.9))  # key frames at 0, 0.4, 0.8 and 1.2 s
    first = segments[0]
    gops = first.index.gops()
    assert f"BYTERANGE:{gops[1].size_bytes + gops[2].size_bytes}@{gops[1].offset_bytes}\n" in text
    assert text.count("#EXTINF:0.80000,") == text.count("#EXTINF") == 1
    assert playlist(segments, span(4, 9)) == ""


@given(st.lists(st.integers(1, 900_000), min_size=1, max_size=40), st.integers(0, 400))
def test_entries_are_about_six_seconds_and_leave_no_hole(gop_ticks: list[int], start: int) -> None:
    index = index_of([(ticks, 10, True) for ticks in gop_ticks])
    segment = ClipSegment(
        segment_id=uuid4(),
        run_id=uuid4(),
        init_size_bytes=1000,
        start_us=START_US,
        index=index,
        path=Path("none"),
    )
    text = playlist([segment], span(start, start + 1000))
    assert (text == "") == (sum(gop_ticks) <= start * 90_000)
    if not text:
        return

    ranges = [tuple(map(int, each)) for each in re.findall(r"BYTERANGE:(\d+)@(\d+)", text)]
    for (size, offset), (_, following) in pairwise(ranges):
        assert offset + size == following
    assert sum(ranges[-1]) == index.offsets[-1]
    target = int(re.findall(r"TARGETDURATION:(\d+)", text)[0])
    lengths = [float(each) for each in re.findall(r"EXTINF:([\d.]+)", text)]
    assert all(int(each + 0.5) <= target for each in lengths)
    assert all(each <= max(6, *(ticks / 90_000 for ticks in gop_ticks)) + 1e-5 for each in lengths)


def test_files_of_a_run_that_are_not_there_are_a_discontinuity(
    segments: list[ClipSegment],
) -> None:
    first, second, third = segments
    lost = replace(third, run_id=first.run_id, start_us=START_US + 8_000_000,
                   index=index_of([(90_000, 500, True)], ticks=720_000))  # fmt: skip
    text = playlist([first, second, lost], span(0, 60))
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert text.count("#EXT-X-MAP:") == 2


def test_neighbouring_windows_agree_on_their_entries_and_count_on() -> None:
    index = index_of([(180_000, 10 + place, True) for place in range(30)], ticks=0)
    segment = ClipSegment(
        segment_id=uuid4(), run_id=uuid4(), init_size_bytes=1000, start_us=START_US, index=index,
        path=Path("none"),
    )  # fmt: skip
    texts = [playlist([segment], span(start, start + 18)) for start in (0, 18, 36)]
    ranges = re.findall(r"BYTERANGE:(\d+@\d+)", "".join(texts))
    assert ranges == re.findall(r"BYTERANGE:(\d+@\d+)", playlist([segment], span(0, 54)))
    numbers = [int(re.findall(r"MEDIA-SEQUENCE:(\d+)", text)[0]) for text in texts]
    assert numbers == [numbers[0], numbers[0] + 18, numbers[0] + 36]


def test_ffmpeg_reads_all_entries_of_a_file(
    segments: list[ClipSegment], root: Path, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sereno.media.playlists.ENTRY_TICKS", 40_000)
    paths = {each.segment_id: each.path.relative_to(root) for each in segments}
    text = vod_playlist(segments, span(0, 3), lambda each: str(paths[each]))
    assert text.count("#EXTINF") == 8
    (root / "entries.m3u8").write_text(text)

    frames, _, complaints = ffmpeg_says(f"{web}entries.m3u8")

    assert (frames, complaints) == (80, "")


def test_facts_tell_where_each_gop_lies(segments: list[ClipSegment]) -> None:
    facts = vod_facts(segments, span(1.5, 11), lambda each: f"{each}.mp4", lambda each: f"m {each}")
    assert [(each["address"], each["run_id"], each["init_bytes"]) for each in facts] == [
        (f"{each.segment_id}.mp4", str(each.run_id), each.init_size_bytes) for each in segments
    ]
    assert facts[2]["mime"] == f"m {segments[2].run_id}"
    assert [each["start_us"] for each in facts] == [each.start_us for each in segments]
    assert [each["start_ticks"] for each in facts] == [0, 1.6 * 90_000, 0]
    last = segments[0].index.gops()[-1]  # at 1.2 s
    assert facts[0]["entries"] == [
        [START_US + 1_200_000, 400_000, last.offset_bytes, last.size_bytes]
    ]
    assert len(facts[1]["entries"]) == 4
    assert vod_facts(segments, span(4, 9), str, str) == []


@pytest.fixture
def web(root: Path, tmp_path: Path) -> Iterator[str]:
    """A web server that knows ranges, as the node does."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

        def do_GET(self) -> None:
            data = Path(self.translate_path(self.path)).read_bytes()
            asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            start = int(asked[1]) if asked else 0
            stop = min(int(asked[2]) + 1 if asked and asked[2] else len(data), len(data))
            self.send_response(206 if asked else 200)
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(data)}")
            self.send_header("Content-Length", str(stop - start))
            self.end_headers()
            self.wfile.write(data[start:stop])

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_ffmpeg_plays_the_playlist(
    segments: list[ClipSegment], root: Path, web: str, tmp_path: Path
) -> None:
    paths = {each.segment_id: each.path.relative_to(root) for each in segments}
    text = vod_playlist(segments, span(0, 3), lambda each: str(paths[each]))
    (root / "index.m3u8").write_text(text)

    frames, _, complaints = ffmpeg_says(f"{web}index.m3u8")

    assert (frames, complaints) == (80, "")


async def all_bytes(plan: ClipPlan, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in clip_bytes(plan, start, stop)])


async def test_clip_plays_with_the_right_length(
    segments: list[ClipSegment], tmp_path: Path
) -> None:
    plan = plan_clip(segments, span(0.5, 2.1))
    (tmp_path / "clip.mp4").write_bytes(await all_bytes(plan))

    frames, seconds, complaints = ffmpeg_says(tmp_path / "clip.mp4")

    assert (frames, seconds, complaints) == (45, pytest.approx(1.8), "")
    assert plan.duration_ticks == 1.8 * 90_000
    assert plan.span == span(0.4, 2.2)
    assert plan.gaps == ()
    assert (tmp_path / "clip.mp4").stat().st_size == plan.size_bytes


async def test_clip_over_a_gap_goes_on_and_says_so(
    segments: list[ClipSegment], tmp_path: Path
) -> None:
    plan = plan_clip(segments, span(2.9, 10.3))
    (tmp_path / "clip.mp4").write_bytes(await all_bytes(plan))

    frames, seconds, complaints = ffmpeg_says(tmp_path / "clip.mp4")

    assert (frames, seconds, complaints) == (20, pytest.approx(0.8), "")
    assert plan.gaps == (span(3.2, 10),)
    assert not plan.is_cut_short


def test_clip_without_a_missing_file_of_a_run_has_a_gap(segments: list[ClipSegment]) -> None:
    first, second, _ = segments
    third = replace(second, index=index_of([(90_000, 500, True)], ticks=900_000),
                    start_us=START_US + 10_000_000)  # fmt: skip
    assert plan_clip([first, third], span(0, 60)).gaps == (span(1.6, 10),)


def test_clip_ends_where_the_format_changes(
    segments: list[ClipSegment], other_video: Video, tmp_path: Path
) -> None:
    footage = Footage(tmp_path / "footage")
    footage.write_run(other_video, START_US + 20_000_000)
    plan = plan_clip([*segments, clip_segment(footage.paths()[0])], span(0, 60))
    assert plan.is_cut_short
    assert plan.span == span(0, 11.6)


def test_clip_of_nothing_is_not_found(segments: list[ClipSegment]) -> None:
    with pytest.raises(NotFound):
        plan_clip(segments, span(4, 5))


async def test_every_range_is_the_file_s(segments: list[ClipSegment], tmp_path: Path) -> None:
    plan = plan_clip(segments, span(0, 60))
    whole = await all_bytes(plan)
    (tmp_path / "clip.mp4").write_bytes(whole)
    assert ffmpeg_says(tmp_path / "clip.mp4")[2] == ""

    assert b"".join(map(bytes, read_clip(plan, chunk_bytes=997))) == whole
    for start, stop in ((0, 1), (5, 700), (300, 1400), (699, 9999), (len(whole) - 1, len(whole))):
        assert await all_bytes(plan, start, stop) == whole[start:stop]


@settings(max_examples=60, deadline=None)
@given(start=st.floats(0, 12), length=st.floats(0.001, 12))
def test_size_is_known_before(segments: list[ClipSegment], start: float, length: float) -> None:
    try:
        plan = plan_clip(segments, span(start, start + length))
    except NotFound:
        return
    offset = len(plan.head)
    for part in plan.parts:
        assert len(plan.head) + part.offset_bytes == offset
        offset += part.size_bytes
    assert plan.size_bytes == offset
