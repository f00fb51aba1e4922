"""Chromium plays what is recorded: whole files, and fragments as live view sends them."""

from __future__ import annotations

import asyncio
import base64
import shutil
from pathlib import Path
from typing import Any

import pytest

from sereno.media.fmp4.reader import read_segment, strip_header

from .encoded import X264_B_FRAMES, X264_OPEN_GOP, X264_PLAIN, encode, encode_sound
from .fed_recorder import player

CHROMIUM = shutil.which("chromium")
PLAY = """async ([codecs, parts]) => {
  const bytes = parts.map((part) => Uint8Array.from(atob(part), (each) => each.charCodeAt(0)));
  const video = document.createElement("video");
  video.muted = true;
  document.body.append(video);
  const until = (target, event) =>
    new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
  if (codecs) {
    const source = new MediaSource();
    video.src = URL.createObjectURL(source);
    await until(source, "sourceopen");
    const buffer = source.addSourceBuffer(`video/mp4; codecs="${codecs}"`);
    for (const each of bytes) {
      buffer.appendBuffer(each);
      await until(buffer, "updateend");
    }
    source.endOfStream();
  } else {
    video.src = URL.createObjectURL(new Blob(bytes, { type: "video/mp4" }));
  }
  await video.play();
  if (!video.ended) await until(video, "ended");
  const frames = video.getVideoPlaybackQuality().totalVideoFrames;
  return { frames, seconds: video.currentTime, error: video.error && video.error.message };
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
]


async def record(root: Path, options: tuple[str, ...]) -> Path:
    encoded, (sound, units) = encode("libx264", options), encode_sound()
    async with player(root) as played:
        played.begin(encoded.video, sound)
        for number, frame in enumerate(encoded.frames):
            played.play([frame])
            if number < 25:  # and then no more: the picture goes on without it
                played.recorder.sound(units[number], number * 1024, played.recorder.now_us())
        await played.end()
    (path,) = played.paths
    return path


@pytest.fixture(params=[X264_PLAIN, X264_B_FRAMES, X264_OPEN_GOP], ids=["plain", "b", "open"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return asyncio.run(record(tmp_path, request.param))


def play(codecs: str, parts: list[bytes]) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        texts = [base64.b64encode(part).decode() for part in parts]
        said: dict[str, Any] = browser.new_page().evaluate(PLAY, [codecs, texts])
        browser.close()
    return said


def test_chromium_plays_a_file(file: Path) -> None:
    said = play("", [file.read_bytes()])
    assert said == {"frames": 50, "seconds": pytest.approx(2, abs=0.1), "error": None}


def test_chromium_plays_fragments(file: Path) -> None:
    contents, data = read_segment(file), file.read_bytes()
    assert contents.sound is not None
    head = strip_header(data[: contents.head_size_bytes])
    fragments = [data[each.offset_bytes : each.end_bytes] for each in contents.index]
    said = play(f"{contents.video.codec}, {contents.sound.codec}", [head, *fragments])
    assert said == {"frames": 50, "seconds": pytest.approx(2, abs=0.1), "error": None}
