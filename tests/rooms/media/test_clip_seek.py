"""Long clips open and seek at once: players find in the head of the clip where everything lies."""

from __future__ import annotations

import base64
import io
import shutil
import tracemalloc
from datetime import timedelta
from pathlib import Path
from struct import unpack_from
from typing import Any

import av
import pytest

from sereno.base.clock import from_us
from sereno.base.spans import Span
from sereno.media.clip_bytes import read_clip
from sereno.media.clip_writer import write_clip
from sereno.media.clips import ClipPlan, plan_clip
from sereno.media.fmp4.boxes import reader_of, walk
from sereno.media.fmp4.segment_index import MOST_REFERENCES, segment_index

from .camera import Video
from .encoded import X264_B_FRAMES, encode, encode_sound
from .fed_recorder import player
from .footage import START_US, Footage, clip_segment

CHROMIUM = shutil.which("chromium")
FILES = 60
SEEK = """async ([text, at]) => {
  const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  const until = (event) => new Promise((resolve, reject) => {
    video.addEventListener(event, resolve, { once: true });
    video.addEventListener("error", () => reject(video.error.message), { once: true });
  });
  video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  await until("loadeddata");
  video.currentTime = at;
  await until("seeked");
  return { seconds: video.duration, at: video.currentTime };
}"""


@pytest.fixture(scope="module")
def clip(video: Video, tmp_path_factory: pytest.TempPathFactory) -> tuple[ClipPlan, bytes]:
    """Some two minutes, a key frame every 0.4 s, and a gap in the middle."""
    footage = Footage(tmp_path_factory.mktemp("footage"))
    footage.write_run(video, files=FILES // 2)
    footage.write_run(video, START_US + 600_000_000, files=FILES // 2)
    start = from_us(START_US)
    span = Span(start, start + timedelta(hours=1))
    plan = plan_clip((clip_segment(path) for path in footage.paths()), span)
    file = io.BytesIO()
    write_clip(plan, file, lambda done_bytes: None)
    return plan, file.getvalue()


def references(data: bytes) -> tuple[int, list[tuple[int, int]]]:
    """Where the first lies, and size and duration of each, as `sidx` says."""
    box = next(each for each in walk(reader_of(data), 0, len(data)) if each.kind == b"sidx")
    scale, start, first_offset, _, count = unpack_from(">IQQHH", data, box.body + 8)
    assert (scale, start) == (90_000, 0)
    at = box.body + 32
    told = [unpack_from(">III", data, at + 12 * place) for place in range(count)]
    assert all(flags == 1 << 31 for _, _, flags in told)
    return box.end + first_offset, [(size, duration) for size, duration, _ in told]


def test_each_key_frame_is_found_from_the_head(clip: tuple[ClipPlan, bytes]) -> None:
    plan, data = clip
    at, told = references(data)
    ticks = 0
    for size, duration in told:
        assert data[at + 4 : at + 8] == b"prft"
        (decode_ticks,) = unpack_from(">Q", data, at + 92)
        assert decode_ticks == ticks
        at, ticks = at + size, ticks + duration
    assert (at, ticks) == (len(data), plan.duration_ticks)
    assert len(told) == FILES * 4


class Counting(io.BytesIO):
    """Counts what is read of it."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        return data


def test_who_seeks_reads_a_small_part(clip: tuple[ClipPlan, bytes]) -> None:
    plan, data = clip
    file = Counting(data)
    with av.open(file, options={"probesize": "32768"}, buffer_size=4096) as opened:
        assert opened.duration == pytest.approx(plan.duration_seconds * 1_000_000, abs=40_000)
        wanted = round(plan.duration_seconds * 0.9)
        opened.seek(wanted * 1_000_000)
        frame = next(opened.decode(video=0))
        assert frame.time == pytest.approx(wanted, abs=0.4)
    assert file.read_bytes < len(data) / 4


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
def test_chromium_knows_its_length_and_seeks(clip: tuple[ClipPlan, bytes]) -> None:
    from playwright.sync_api import sync_playwright

    plan, data = clip
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        text = base64.b64encode(data).decode()
        said: dict[str, Any] = browser.new_page().evaluate(SEEK, [text, 70.3])
        browser.close()
    assert said == {"seconds": pytest.approx(plan.duration_seconds, abs=0.05), "at": 70.3}


async def test_sound_and_b_frames_are_found_too(tmp_path: Path) -> None:
    encoded, (sound, units) = encode("libx264", X264_B_FRAMES), encode_sound()
    async with player(tmp_path) as played:
        played.begin(encoded.video, sound)
        for number, frame in enumerate(encoded.frames):
            played.play([frame])
            played.recorder.sound(units[number], number * 1024, played.recorder.now_us())
        await played.end()
    start = from_us(START_US)
    span = Span(start, start + timedelta(seconds=60))
    plan = plan_clip([clip_segment(path) for path in played.paths], span)
    data = b"".join(bytes(piece) for piece in read_clip(plan, chunk_bytes=1000))
    with av.open(io.BytesIO(data)) as opened:
        assert opened.duration == pytest.approx(plan.duration_seconds * 1_000_000, abs=100_000)
        opened.seek(1_500_000)
        assert next(opened.decode(video=0)).time <= 1.5


def test_more_parts_than_one_box_names_are_told_together() -> None:
    count = MOST_REFERENCES * 2 + 5
    box = segment_index(90_000, 0, [2] * count, [10] * count)
    (told,) = unpack_from(">H", box, 8 + 4 + 26)
    assert told == -(-count // 3)
    assert unpack_from(">II", box, 8 + 4 + 28) == (30, 6)
    assert segment_index(90_000, 0, [1], [1 << 31]) == b""


def test_a_day_is_planned_in_little_memory(video: Video, tmp_path: Path) -> None:
    """What is kept of a fragment are three numbers, however many there are."""
    footage = Footage(tmp_path)
    footage.write_run(video, files=2)
    first, second = (clip_segment(path) for path in footage.paths())
    start = from_us(START_US)
    tracemalloc.start()
    try:
        plan = plan_clip(
            (first if place == 0 else second for place in range(2_000)),
            Span(start, start + timedelta(days=1)),
        )
        size_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size_bytes / sum(len(part.sizes) for part in plan.parts) < 150
