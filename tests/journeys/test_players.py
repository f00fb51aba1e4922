"""Players that nobody here wrote play what is live and what was recorded, from one address.

hls.js in Chromium, ffmpeg, GStreamer and VLC: each gets `/hls/<ticket>/index.m3u8` and nothing
else. The camera's clock is read back from the pixels where a player shows them.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from sereno.sim import read_position

from .footage import FFMPEG, stamps_of
from .harness import PATIENCE_MS, PATIENCE_SECONDS, Box, Cameras, eventually

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
HLS_JS = Path(__file__).parents[2] / "ui" / "node_modules" / "hls.js" / "dist" / "hls.min.js"
FLAGS = ("--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")
NOBODY = 65534  # VLC does not run as root
WIDTH, HEIGHT = 640, 360
LOOP_SECONDS = 60.0
FIRST_PICTURE = b"Received first picture"  # in the words of VLC
WINDOW_SECONDS = 30.0  # of a live playlist
SHORTEST_SECONDS = 5.0  # of playing, for a player that only counts

PLAY = """(address) => {
  const video = document.querySelector('video');
  const hls = new Hls({lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.5, enableWorker: false});
  window.seen = {hls, fatal: [], breaks: 0};
  hls.on(Hls.Events.ERROR, (_, data) => data.fatal && seen.fatal.push(data.details));
  hls.on(Hls.Events.LEVEL_UPDATED, (_, {details}) => {
    const breaks = new Set(details.fragments.map((each) => each.cc)).size - 1;
    seen.breaks = Math.max(seen.breaks, breaks);  // it leaves the playlist again
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play());
  hls.loadSource(address);
  hls.attachMedia(video);
}"""
STAND = """(at) => {
  const video = document.querySelector('video');
  video.pause();
  video.currentTime = at;
}"""
LOOK = """() => {
  const video = document.querySelector('video'), {hls, fatal, breaks} = seen;
  const details = hls.levels.length ? hls.latestLevelDetails : null;
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 360;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 640, 360);
  const playing = hls.playingDate, now = Date.now();
  const rgba = context.getImageData(0, 0, 640, 360).data;
  let gray = '';
  for (let at = 1; at < rgba.length; at += 4) gray += String.fromCharCode(rgba[at]);
  return {gray: btoa(gray), playing: playing && playing.getTime() / 1000, now: now / 1000,
          parts: details?.partList?.length ?? 0, fatal, breaks, position: video.currentTime};
}"""


@pytest.fixture(scope="module")
def watched(box: Box, cameras: Cameras) -> Box:
    box.add_camera("Gate", cameras.address(1))
    box.wait_for_state("Gate", "recording")
    return box


@pytest.fixture(scope="module")
def page(watched: Box) -> Iterator[Page]:
    """A page of Sereno's own origin with nothing on it but a video and hls.js."""
    if not HLS_JS.exists():
        pytest.skip("needs hls.js: make setup installs it with the interface's packages")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = browser.new_page()
        opened.set_default_timeout(PATIENCE_MS)
        address = f"{watched.url}/players"
        html = "<!doctype html><video muted playsinline width=640 height=360></video>"
        opened.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
        opened.goto(address)
        opened.add_script_tag(path=HLS_JS)
        yield opened
        browser.close()


def address_of(box: Box, purpose: str, **span: datetime) -> str:
    """What somebody would paste into a player."""
    body = {name.strip("_"): moment.isoformat() for name, moment in span.items()}
    body = {} if purpose == "live" else body
    asked = {"camera_id": box.camera("Gate")["id"], "purpose": purpose, **body}
    answer = box.call("POST", "tickets", json=asked)
    answer.raise_for_status()
    return f"{box.url}/hls/{answer.json()['ticket']}/index.m3u8"


def look(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(LOOK)
    assert found["fatal"] == []
    return found


def read_clock(found: dict[str, Any]) -> float | None:
    """How far the picture's own clock is from the time that the player says it has."""
    index = read_position(base64.b64decode(found["gray"]), WIDTH, HEIGHT)
    if index is None or found["playing"] is None:
        return None
    half = LOOP_SECONDS / 2
    return abs((index / 25 - found["playing"] + half) % LOOP_SECONDS - half)


def test_hls_js_plays_live_and_goes_on_after_a_break(
    page: Page, watched: Box, cameras: Cameras
) -> None:
    page.evaluate(PLAY, address_of(watched, "live"))

    def is_live() -> bool:
        found = look(page)
        clock = read_clock(found)
        is_near = found["playing"] is not None and found["now"] - found["playing"] < 6
        return is_near and found["parts"] > 0 and clock is not None and clock < 0.5

    eventually(is_live, "the picture's own clock is that of its date, and of now, by parts")
    cameras.tell(1, "offline")
    watched.wait_for_state("Gate", "waiting")
    cameras.tell(1, "online")
    watched.wait_for_state("Gate", "recording")
    back = time.time()

    def goes_on() -> bool:
        found = look(page)
        is_after = found["playing"] is not None and found["playing"] > back + 1
        return is_after and found["breaks"] > 0 and (read_clock(found) or 1) < 0.5

    eventually(goes_on, "it plays what was recorded after the break")
    page.evaluate("() => seen.hls.destroy()")


def test_hls_js_plays_over_a_gap(page: Page, watched: Box, cameras: Cameras) -> None:
    make_gap(watched, cameras)
    now = datetime.now(UTC)
    address = address_of(watched, "playback", from_=now - timedelta(minutes=10), to=now)
    page.evaluate(PLAY, address)
    eventually(lambda: look(page)["playing"], "it plays")
    gap = page.evaluate(
        """() => {
          const found = seen.hls.latestLevelDetails.fragments, seconds = {};
          for (const {cc, duration} of found) seconds[cc] = (seconds[cc] ?? 0) + duration;
          // The newest run may have begun just now: the hub need not know of it yet.
          const after = found.findLast(
            ({cc}, at) => at && cc !== found[at - 1].cc && seconds[cc] > 2);
          const before = found[found.indexOf(after) - 1];
          document.querySelector('video').currentTime = after.start - 1;
          return {start: after.start, seconds:
            (after.programDateTime - before.programDateTime) / 1000 - before.duration};
        }"""
    )
    assert gap["seconds"] > 0.5

    eventually(lambda: look(page)["position"] > gap["start"] + 1, "it plays over the gap")
    page.evaluate(STAND, gap["start"] + 1.5)

    def is_right() -> bool:
        clock = read_clock(look(page))
        return clock is not None and clock < 0.5

    eventually(is_right, "after the gap the picture's own clock is that of its date")
    page.evaluate("() => seen.hls.destroy()")


def make_gap(box: Box, cameras: Cameras) -> None:
    if len(box.covered("Gate")) < 2:
        cameras.tell(1, "offline")
        box.wait_for_state("Gate", "waiting")
        cameras.tell(1, "online")
        box.wait_for_state("Gate", "recording")

    def is_on_both_sides() -> bool:
        covered = box.covered("Gate")
        return len(covered) > 1 and covered[-1].duration > timedelta(seconds=3)

    eventually(is_on_both_sides, "footage on both sides of a gap")


def test_ffmpeg_reads_every_picture(watched: Box) -> None:
    eventually(lambda: has_footage(watched), "some seconds are recorded")
    span = watched.covered("Gate")[-1]
    end = min(span.end, span.start + timedelta(seconds=20))
    address = address_of(watched, "playback", from_=span.start, to=end)
    copied = run(
        FFMPEG, "-nostdin", "-v", "error", "-i", address, "-map", "0:v", "-c", "copy",
        "-f", "mp4", "-movflags", "frag_keyframe+empty_moov", "pipe:1",
    )  # fmt: skip
    numbers = [stamp.frame_number for stamp in stamps_of(copied.stdout)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) >= 25 * (end - span.start).total_seconds() - 1


def test_ffmpeg_plays_live(watched: Box) -> None:
    address = address_of(watched, "live")
    done = run(
        FFMPEG, "-nostdin", "-v", "error", "-i", address, "-t", str(SHORTEST_SECONDS),
        "-map", "0:v", "-progress", "pipe:1", "-f", "null", "-",
    )  # fmt: skip
    frames = re.findall(rb"^frame=(\d+)", done.stdout, re.MULTILINE)
    assert int(frames[-1]) >= 20 * SHORTEST_SECONDS  # cameras of a busy machine leave some out
    assert b"rror" not in done.stderr.replace(b"duplicated", b"")


def gstreamer(address: str, *sink: str) -> list[str]:
    """What hands each picture to a sink that names it; skips where it is not installed."""
    if shutil.which("gst-launch-1.0") is None:
        pytest.skip("needs gst-launch-1.0 (Debian: gstreamer1.0-tools)")
    for element in ("hlsdemux", "souphttpsrc", "qtdemux", "h264parse"):
        found = subprocess.run(["gst-inspect-1.0", element], capture_output=True, check=False)
        if found.returncode:
            pytest.skip(f"needs {element} (Debian: gstreamer1.0-plugins-good and -bad)")
    return [
        "gst-launch-1.0", "-v", "souphttpsrc", f"location={address}",
        "!", "hlsdemux", "!", "qtdemux", "!", "h264parse",
        "!", "fakesink", "silent=false", "sync=false", *sink,
    ]  # fmt: skip


def test_gstreamer_plays_what_was_recorded(watched: Box) -> None:
    pictures = int(25 * SHORTEST_SECONDS)
    eventually(lambda: has_footage(watched), "some seconds are recorded")
    address = address_of(watched, "playback", **ago())
    done = run(*gstreamer(address, f"num-buffers={pictures}"))
    assert done.stdout.count(b"chain") >= pictures - 1


def test_gstreamer_plays_live(watched: Box, tmp_path: Path) -> None:
    """It is ended from outside: its demuxer waits for more of a live playlist when a sink has
    enough (`num-buffers`)."""
    eventually(lambda: is_unbroken(watched), "the last break is long ago")
    command = gstreamer(address_of(watched, "live"))
    log = tmp_path / "gstreamer.log"
    # More than lies in the playlist when it begins.
    pictures = 25 * (WINDOW_SECONDS + SHORTEST_SECONDS)
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            eventually(lambda: log.read_bytes().count(b"chain") > pictures, "it plays on and on")
        finally:
            process.kill()


def test_vlc_plays_live(watched: Box, tmp_path: Path) -> None:
    """From where there was no break lately: VLC 3 makes no second demuxer after one."""
    if shutil.which("cvlc") is None:
        pytest.skip("needs cvlc (Debian: vlc-bin, vlc-plugin-base)")

    eventually(lambda: is_unbroken(watched), "the last break is long ago")
    address = address_of(watched, "live")
    tmp_path.chmod(0o777)
    demote = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    log = tmp_path / "vlc.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*(demote if os.getuid() == 0 else []), "cvlc", "-I", "dummy", "-vv", "--no-audio",
             "--vout", "dummy", address],
            stdout=said, stderr=said, env={**os.environ, "HOME": str(tmp_path)},
        )  # fmt: skip
        try:
            eventually(lambda: played_seconds(log) >= SHORTEST_SECONDS, "VLC plays")
            eventually(lambda: FIRST_PICTURE in log.read_bytes(), "VLC shows a picture")
        finally:
            process.kill()
            process.wait(PATIENCE_SECONDS)


def is_unbroken(box: Box) -> bool:
    """Whether there was no break in the time that the live playlist tells of."""
    return "#EXT-X-DISCONTINUITY\n" not in media_playlist(address_of(box, "live"))


def has_footage(box: Box) -> bool:
    """Whether there are some seconds without a break."""
    covered = box.covered("Gate")
    return bool(covered) and covered[-1].duration > timedelta(seconds=8)


def media_playlist(address: str) -> str:
    """The media playlist that an address leads to by now."""
    main = httpx.get(address, timeout=PATIENCE_SECONDS).raise_for_status().text
    (name,) = [line for line in main.splitlines() if line and not line.startswith("#")]
    return httpx.get(urljoin(address, name), timeout=PATIENCE_SECONDS).raise_for_status().text


def played_seconds(log: Path) -> float:
    """How far VLC says that it has come since it began, by the segments' own clock."""
    clocks = re.findall(rb"cached\.i_time \((\d+)\)", log.read_bytes())
    return (int(clocks[-1]) - int(clocks[0])) / 1e6 if clocks else 0.0


def ago() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"from_": now - timedelta(minutes=10), "to": now}


def run(*argv: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(argv, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return done
