"""Playback in a real browser, judged by the clock that the pictures themselves show."""

from __future__ import annotations

import base64
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from sereno.sim import read_position

from .harness import PATIENCE_MS, Box, Cameras, eventually, running
from .leaks import Secret

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
ADMIN_PASSWORD = "las doce/y sereno@2%+"
WIDTH, HEIGHT, FPS, LOOP_SECONDS = 640, 360, 25, 60
PICTURE = 1 / FPS
COUNT = 4
# Longer than what a player keeps ahead, and for a page to be opened within it, however slowly.
AWAY_SECONDS = 30

# All videos at one instant: the gray picture of each, and the moment that the page says it shows.
GRAB = """() => [...document.querySelectorAll('[data-testid=playback-video]')].map((video) => {
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 360;
  const context = canvas.getContext('2d', {willReadFrequently: true});
  context.drawImage(video, 0, 0, 640, 360);
  const rgba = context.getImageData(0, 0, 640, 360).data;
  let gray = '';
  for (let at = 1; at < rgba.length; at += 4) gray += String.fromCharCode(rgba[at]);
  const wallMs = Number(video.dataset.wallMs) || null;
  return {gray: btoa(gray), wallMs, seeking: video.seeking};
})"""


@pytest.fixture(scope="module")
def four(loops: Path) -> Iterator[Cameras]:
    with Cameras(loops, count=COUNT, bitrate_bps=300_000) as serving:
        yield serving


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, four: Cameras) -> Iterator[Box]:
    """Four cameras, the first of which was away for some seconds."""
    with running(Box(tmp_path_factory.mktemp("exact") / "data")) as box:
        for number in range(1, COUNT + 1):
            box.add_camera(f"Camera {number}", four.address(number))
        for number in range(1, COUNT + 1):
            box.wait_for_state(f"Camera {number}", "recording")
        eventually(lambda: box.covered_seconds("Camera 1") > 8, "eight seconds are recorded")
        four.tell(1, "offline")
        box.wait_for_state("Camera 1", "waiting")
        eventually(lambda: time.time() - spans_of(box)[-1][1] > AWAY_SECONDS, "it is away")
        four.tell(1, "online")

        def goes_on() -> bool:
            *before, (start, end) = spans_of(box)
            return bool(before) and end - start > 12

        eventually(goes_on, "twelve seconds after the gap")
        yield box


@pytest.fixture(scope="module")
def page(seen: Box) -> Iterator[Page]:
    seen.secrets.add(Secret(ADMIN_PASSWORD, "admin"))
    found = re.search(r"\S+/setup#\S+", seen.output())
    assert found, seen.output()
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = browser.new_context(locale="en-GB", base_url=seen.url).new_page()
        opened.set_default_timeout(PATIENCE_MS)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(found[0])
        opened.get_by_label("Password", exact=True).fill(ADMIN_PASSWORD)
        opened.get_by_label("Repeat the password").fill(ADMIN_PASSWORD)
        opened.get_by_role("button", name="Set the password and start").click()
        expect(opened.get_by_test_id("live-video").first).to_be_visible(timeout=PATIENCE_MS)
        yield opened
        browser.close()
    assert complaints == []


def spans_of(box: Box) -> list[tuple[float, float]]:
    """The footage of the first camera, in seconds."""
    return [(each.start.timestamp(), each.end.timestamp()) for each in box.covered("Camera 1")]


def outage_of(box: Box) -> tuple[float, float]:
    """When the first camera was away: a busy machine may have made shorter gaps since."""
    holes = [(end, start) for (_, end), (start, _) in pairwise(spans_of(box))]
    return max(holes, key=lambda hole: hole[1] - hole[0])


def footage_of(box: Box) -> tuple[float, float]:
    """The longest footage of the first camera after it was away."""
    _, back = outage_of(box)
    after = [span for span in spans_of(box) if span[0] >= back]
    return max(after, key=lambda span: span[1] - span[0])


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def shown(page: Page) -> list[tuple[float, float]]:
    """Of each video the loop position in its pixels and the moment that the page says, in seconds.

    Empty while a picture cannot be read, or the page was not told of it.
    """
    read = []
    for grabbed in page.evaluate(GRAB):
        index = read_position(base64.b64decode(grabbed["gray"]), WIDTH, HEIGHT)
        if index is None or grabbed["wallMs"] is None or grabbed["seeking"]:
            return []
        read.append((index / FPS, grabbed["wallMs"] / 1000))
    return read


def apart(left: float, right: float) -> float:
    """Seconds between two positions on the loop."""
    return abs((left - right + LOOP_SECONDS / 2) % LOOP_SECONDS - LOOP_SECONDS / 2)


def is_true(read: tuple[float, float], tolerance: float = PICTURE) -> bool:
    """Whether the page says the time that the pixels show.

    The browser tells the page of a picture a moment after it was painted: ask again and again.
    """
    position, wall = read
    return apart(position, wall % LOOP_SECONDS) < tolerance


def still(page: Page, is_meant: Callable[[float], bool] = bool) -> float:
    """The moment of the one picture shown, which is the one meant; it stands, and is true."""
    last: list[list[tuple[float, float]]] = [[]]

    def look() -> float | None:
        now = shown(page)
        is_same = len(now) == 1 and now == last[0]
        last[0] = now
        return now[0][1] if is_same and is_true(now[0]) and is_meant(now[0][1]) else None

    return eventually(look, "a picture stands still, and the page says what its pixels show")


def open_at(page: Page, box: Box, seconds: float) -> None:
    page.goto(f"/cameras/{box.camera('Camera 1')['id']}?at={iso(seconds)}")
    expect(page.get_by_test_id("playback-video")).to_be_visible(timeout=PATIENCE_MS)
    eventually(lambda: shown(page), "it plays")


def test_the_picture_shown_is_the_one_asked_for(page: Page, seen: Box) -> None:
    start, end = footage_of(seen)
    for share in (0.2, 0.55, 0.8):
        asked = start + (end - start) * share
        open_at(page, seen, asked)
        page.keyboard.press("k")
        # Playing has begun; the way back to the moment is a seek to it, while it stands.
        wall = still(page)
        page.keyboard.press("j")
        still(page, lambda back, wall=wall: back < wall)


def test_single_pictures_forth_and_back(page: Page, seen: Box) -> None:
    start, _ = footage_of(seen)
    eventually(lambda: time.time() > start + 25, "ten seconds forth are not live yet")
    open_at(page, seen, start + 4)
    page.keyboard.press("k")
    paused = still(page)
    page.keyboard.press("j")
    back = still(page, lambda wall: wall < paused)
    assert abs(back - start) < PICTURE, "what was before is a gap"
    page.keyboard.press("l")
    # Two seconds are a group of pictures, and the first picture of a span is a key frame.
    wall = still(page, lambda wall: wall > back)
    steps = [(".", 1)] * 3 + [(",", -1)] * 9 + [(".", 1)] * 3
    for key, by in steps:
        page.keyboard.press(key)
        wanted = wall + by * PICTURE
        wall = eventually(lambda wanted=wanted: stands_at(page, wanted), f"{key} leads to {wanted}")


def stands_at(page: Page, seconds: float) -> float | None:
    """The moment of the picture shown, if it is that one, and true."""
    now = shown(page)
    is_there = bool(now) and abs(now[0][1] - seconds) < PICTURE / 2 and is_true(now[0])
    return now[0][1] if is_there else None


@pytest.mark.parametrize("speed", ["4", "16", "0.125"])
def test_other_speeds_show_the_time_that_the_page_says(page: Page, seen: Box, speed: str) -> None:
    start, _ = footage_of(seen)
    open_at(page, seen, start + 1)
    page.get_by_label("Speed").select_option(speed)
    _, began = eventually(lambda: shown(page), "it plays")[0]
    # The page's word and the pixels are of two instants, and a key frame stands for its group.
    tolerance = {"4": 0.5, "16": 2.1}.get(speed, 4 * PICTURE)

    def goes_on() -> bool:
        now = shown(page)
        is_later = bool(now) and now[0][1] > began + min(float(speed), 4)
        return is_later and is_true(now[0], tolerance)

    eventually(goes_on, "it advances, and the page says what the pixels show")


def test_it_plays_over_a_gap_and_says_so(page: Page, seen: Box) -> None:
    gap_start, gap_end = outage_of(seen)
    open_at(page, seen, gap_start - 2)
    notice = page.get_by_role("status").filter(has_text="Jumped over")
    expect(notice).to_be_visible(timeout=PATIENCE_MS)

    def goes_on() -> bool:
        now = shown(page)
        return bool(now) and now[0][1] >= gap_end - PICTURE and is_true(now[0], 4 * PICTURE)

    eventually(goes_on, "it goes on after it, and the page says what the pixels show")


def test_four_cameras_are_in_step(page: Page, seen: Box) -> None:
    ids = ",".join(str(seen.camera(f"Camera {number}")["id"]) for number in range(1, COUNT + 1))
    start, _ = footage_of(seen)
    page.goto(f"/together?cameras={ids}&at={iso(start + 2)}")

    def within(seconds: float) -> bool:
        now = shown(page)
        return len(now) == COUNT and spread(now) <= seconds

    def is_one_and_true() -> bool:
        now = shown(page)
        return len(now) == COUNT and spread(now) <= PICTURE and all(is_true(each) for each in now)

    # Several looks one after the other: not by chance.
    for _ in range(3):
        eventually(lambda: within(0.1), "all four within 100 ms")
    page.keyboard.press("k")
    eventually(is_one_and_true, "standing, they are the same, and of the time that the page says")


def spread(read: list[tuple[float, float]]) -> float:
    return max(apart(read[0][0], position) for position, _ in read)


def test_a_camera_with_a_gap_says_why_while_the_others_go_on(page: Page, seen: Box) -> None:
    cameras: list[dict[str, Any]] = [seen.camera(f"Camera {number}") for number in (1, 2)]
    gap_start, _ = outage_of(seen)
    ids = ",".join(camera["id"] for camera in cameras)
    page.goto(f"/together?cameras={ids}&at={iso(gap_start + 1)}")
    cell = page.locator("[data-state=gap]")
    expect(cell).to_have_count(1, timeout=PATIENCE_MS)
    expect(cell.get_by_role("status").last).not_to_be_empty()
