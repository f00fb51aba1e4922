"""The pages, driven in a real browser as a person would drive them."""

from __future__ import annotations

import base64
import re
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from sereno.sim import read_position

from .footage import stamps_of
from .harness import PASSWORD, PATIENCE_MS, TIME_ZONE, USER, Box, Cameras, eventually
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
ADMIN_PASSWORD = "las doce/y sereno@1%+"
WIDTH, HEIGHT = 640, 360

# The gray picture that a video shows right now, and the wall-clock time that the page says it has.
GRAB = """(video) => {
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 360;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 640, 360);
  const rgba = context.getImageData(0, 0, 640, 360).data;
  let gray = '';
  for (let at = 1; at < rgba.length; at += 4) gray += String.fromCharCode(rgba[at]);
  return {gray: btoa(gray), wallMs: Number(video.dataset.wallMs) || null, now: Date.now()};
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def watched(box: Box, cameras: Cameras) -> Box:
    box.add_camera("Gate", cameras.address(1))
    box.wait_for_state("Gate", "recording")
    return box


@pytest.fixture(scope="module")
def signed_in(browser: Browser, watched: Box) -> dict[str, Any]:
    """Opens the one-time link that `up` printed, sets the password, and keeps the cookies."""
    watched.secrets.add(Secret(ADMIN_PASSWORD, "admin"))
    found = re.search(r"\S+/setup#\S+", watched.output())
    assert found, watched.output()
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(found[0])
    page.get_by_label("Password", exact=True).fill(ADMIN_PASSWORD)
    page.get_by_label("Repeat the password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Set the password and start").click()
    expect(page.get_by_test_id("live-video").first).to_be_visible(timeout=PATIENCE_MS)
    state: dict[str, Any] = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, signed_in: dict[str, Any], watched: Box) -> Iterator[Page]:
    context = browser.new_context(
        storage_state=signed_in, locale="en-GB", base_url=watched.url, accept_downloads=True
    )
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    watched.told.append(opened.content())
    context.close()
    assert complaints == []


def shown(video: Locator) -> tuple[int | None, float, float]:
    """Frame index burned into the picture, the page's time of it, and now, both in seconds.

    None while there is no picture, or none that the page was told of: a browser can paint the first
    one before it calls back for it.
    """
    grabbed = video.evaluate(GRAB)
    index = read_position(base64.b64decode(grabbed["gray"]), WIDTH, HEIGHT)
    is_told = grabbed["wallMs"] is not None
    return index if is_told else None, (grabbed["wallMs"] or 0) / 1000, grabbed["now"] / 1000


def distance(left: float, right: float, around: float = 60.0) -> float:
    """Seconds between two positions on a loop."""
    return abs((left - right + around / 2) % around - around / 2)


def seen(video: Locator) -> tuple[float, float, float]:
    """Loop position in seconds, page time and now, once a picture can be read."""

    def look() -> tuple[float, float, float] | None:
        index, wall, now = shown(video)
        return (index / 25, wall, now) if index is not None else None

    return eventually(look, "a picture is shown")


def test_live_video_advances_and_is_of_now(page: Page) -> None:
    page.goto("/")
    video = page.get_by_test_id("live-video").first
    expect(video).to_be_visible(timeout=PATIENCE_MS)

    def is_of_now() -> bool:
        position, wall, now = seen(video)
        return distance(position, now % 60) < 2 and abs(now - wall) < 2

    eventually(is_of_now, "the picture is less than two seconds old")
    began = seen(video)[1]
    # One that stands is of the clock once a minute at most, and the page's time of it never again.
    eventually(lambda: seen(video)[1] > began + 5 and is_of_now(), "it advances with the clock")


def test_playback_shows_the_moment_of_a_minute_ago(page: Page, watched: Box) -> None:
    eventually(lambda: is_covered(watched, 75), "seventy-five seconds are recorded")
    page.goto("/cameras")
    page.get_by_role("link", name="Gate").first.click()
    timeline = page.get_by_role("slider").first
    timeline.focus()
    while step_seconds(timeline) > 2:
        timeline.press("+")
    wanted = time.time() - 60
    while cursor(timeline) > wanted:
        timeline.press("ArrowLeft")
    chosen = cursor(timeline)
    timeline.press("Enter")
    video = page.get_by_test_id("playback-video")
    expect(video).to_be_visible(timeout=PATIENCE_MS)
    _, wall, now = seen(video)
    assert chosen - 2.5 < wall < chosen + (now - wanted - 60) + 5, "the moment that was asked for"

    def is_true() -> bool:
        position, said, _ = seen(video)
        return said > wall + 3 and distance(position, said % 60) < 0.5

    eventually(is_true, "it goes on from there, and the page says the time that the picture shows")
    page.get_by_role("button", name="Back to live").click()
    expect(page.get_by_test_id("live-video")).to_be_visible(timeout=PATIENCE_MS)


def cursor(timeline: Locator) -> float:
    return float(timeline.get_attribute("aria-valuenow") or 0) / 1000


def step_seconds(timeline: Locator) -> float:
    """How far an arrow key moves the cursor, at the present zoom."""
    before = cursor(timeline)
    timeline.press("ArrowLeft")
    step = before - cursor(timeline)
    timeline.press("ArrowRight")
    return step


def is_covered(box: Box, seconds: float) -> bool:
    """Whether so much is recorded without a break until now."""
    covered = box.covered("Gate")
    return bool(covered) and covered[-1].start.timestamp() < time.time() - seconds


def test_a_camera_is_added_on_the_page_and_a_mistake_is_explained(
    page: Page, cameras: Cameras
) -> None:
    page.goto("/cameras")
    page.get_by_role("button", name="Add a camera").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Second")
    dialog.get_by_label("Address", exact=True).fill("10.0.0.9/stream")
    dialog.get_by_role("button", name="Add the camera").click()
    expect(dialog.get_by_text("rtsp://").first).to_be_visible()
    expect(dialog.get_by_label("Address", exact=True)).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Address", exact=True).fill(cameras.address(2))
    dialog.get_by_label("User name").fill(USER)
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add the camera").click()
    expect(dialog).to_be_hidden()
    row = page.get_by_role("row").filter(has_text="Second")
    expect(row.get_by_text("Recording")).to_be_visible(timeout=PATIENCE_MS)


def test_a_clip_is_downloaded_from_the_page(page: Page, watched: Box, tmp_path: Path) -> None:
    eventually(lambda: is_covered(watched, 20), "twenty seconds are recorded")
    page.goto("/cameras")
    page.get_by_role("link", name="Gate").first.click()
    page.get_by_role("button", name="Select a clip").click()
    now = datetime.now(ZoneInfo(TIME_ZONE))
    for field, ago in (("From", 15), ("To", 5)):
        at = page.get_by_role("textbox", name=field, exact=True)
        at.fill(f"{now - timedelta(seconds=ago):%H:%M:%S}")
        at.press("Enter")
    eventually(lambda: watched.covered("Gate")[-1].end > now, "all of it is recorded")
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("button", name=re.compile("Download")).click()
    file = tmp_path / "clip.mp4"
    download.value.save_as(file)
    stamps = stamps_of(file.read_bytes())
    asked = now.timestamp() - 15
    assert asked - 3.5 < stamps[0].utc_us / 1e6 < asked + 0.5
    assert 10 * 25 <= len(stamps) < 14 * 25


def test_a_camera_is_paused_with_a_badge_and_goes_on_when_the_pause_ends(
    page: Page, watched: Box
) -> None:
    page.goto("/cameras")
    row = page.get_by_role("row").filter(has_text="Gate")
    row.get_by_role("button", name="Actions for Gate").click()
    page.get_by_role("menuitem", name="Pause for 2 hours").click()
    expect(row.get_by_text("Paused until")).to_be_visible(timeout=PATIENCE_MS)
    watched.wait_for_state("Gate", "paused")
    row.get_by_role("button", name="Why? Gate").click()
    expect(page.get_by_text("Recording: no")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/")
    expect(page.get_by_text("Paused until").first).to_be_visible(timeout=PATIENCE_MS)
    page.goto("/cameras")
    row.get_by_role("button", name="Actions for Gate").click()
    page.get_by_role("menuitem", name="End the pause").click()
    expect(row.get_by_text("Paused until")).to_be_hidden(timeout=PATIENCE_MS)
    watched.wait_for_state("Gate", "recording")


def test_a_profile_written_on_the_page_reaches_the_process(page: Page, watched: Box) -> None:
    page.goto("/plans/profiles/new")
    page.get_by_label("Name", exact=True).fill("Quiet")
    page.get_by_label("Priority (nice)").fill("7")
    page.get_by_role("button", name="Create the profile").click()
    page.get_by_role("button", name="Choose the cameras of Quiet").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="Gate").check()
    dialog.get_by_role("radio", name=re.compile("^Now")).check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden(timeout=PATIENCE_MS)
    eventually(lambda: watched.state_of("Gate")["nice"] == 7, "the process has the priority")
    page.goto("/system")
    row = page.get_by_role("row").filter(has_text="Gate")
    expect(row.get_by_text("Quiet v1")).to_be_visible(timeout=PATIENCE_MS)


def test_a_schedule_is_written_with_its_picture_beside_it(page: Page, watched: Box) -> None:
    page.goto("/plans/schedules/new")
    page.get_by_label("Name", exact=True).fill("Always by day")
    page.get_by_role("radio", name="Daily").check()
    page.get_by_label("From", exact=True).fill("00:00")
    page.get_by_label("To", exact=True).fill("23:00")
    page.get_by_role("checkbox", name="Gate").check()
    picture = page.get_by_role("img", name="The next 14 days")
    expect(picture.locator("[data-kind=runs]")).to_have_count(15, timeout=PATIENCE_MS)
    page.get_by_role("button", name="Create the schedule").click()
    row = page.get_by_role("row").filter(has_text="Always by day")
    expect(row.get_by_text("every day 00:00–23:00")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="The next 14 days").click()
    expect(page.get_by_role("img", name=re.compile("^Gate: runs 96%"))).to_be_visible()


def test_a_camera_is_diagnosed_step_by_step(page: Page) -> None:
    page.goto("/cameras")
    page.get_by_role("button", name="Actions for Gate").click()
    page.get_by_role("menuitem", name="Diagnose…").click()
    dialog = page.get_by_role("dialog", name="Diagnosis of Gate")
    expect(dialog.get_by_text("RTSP PLAY")).to_be_visible(timeout=PATIENCE_MS)
    expect(dialog.get_by_role("button", name="Copy")).to_be_visible(timeout=PATIENCE_MS)
    expect(dialog.get_by_text("H.264 640×360")).to_be_visible()


def test_what_is_wrong_is_on_the_health_page_until_it_is_mended(page: Page, watched: Box) -> None:
    watched.add_camera("Nobody", "rtsp://127.0.0.1:9/nobody")
    page.goto("/")
    page.get_by_role("link", name=re.compile(r"^Health \(\d+ problem")).click(timeout=PATIENCE_MS)
    card = page.get_by_role("article").filter(has_text="Nobody")
    expect(card.get_by_text("its video port 9 is closed")).to_be_visible(timeout=PATIENCE_MS)
    card.get_by_role("link", name="Go to the camera").click()
    expect(page.get_by_role("heading", name="Nobody")).to_be_visible(timeout=PATIENCE_MS)
    page.goto("/")
    tile = page.get_by_role("article", name="Nobody")
    expect(tile.get_by_text("Check the port in the camera's address")).to_be_visible()
    assert watched.cli("cameras", "remove", "Nobody", "--yes").returncode == 0
    page.goto("/health")
    expect(page.get_by_text(re.compile("and all is well$"))).to_be_visible(timeout=PATIENCE_MS)
    expect(card).to_have_count(0)


def test_the_pages_speak_spanish(browser: Browser, signed_in: dict[str, Any], watched: Box) -> None:
    context = browser.new_context(
        storage_state={**signed_in, "origins": []}, locale="es-AR", base_url=watched.url
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/cameras")
    expect(page.get_by_role("button", name="Añadir una cámara").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    context.close()


def test_a_stranger_sees_the_door_and_nothing_else(browser: Browser, watched: Box) -> None:
    context = browser.new_context(locale="en-GB", base_url=watched.url)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/cameras")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Gate")).to_have_count(0)
    for path in ("/api/v1/cameras", "/api/v1/nodes", "/media/v1/vod/index.m3u8"):
        assert context.request.get(path).status == 401
    context.close()


def test_signing_in_with_the_password_works_and_a_wrong_one_is_explained(
    browser: Browser, signed_in: dict[str, Any], watched: Box
) -> None:
    context = browser.new_context(locale="en-GB", base_url=watched.url)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill("admin")
    page.get_by_role("textbox", name="Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("textbox", name="Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_test_id("live-video").first).to_be_visible(timeout=PATIENCE_MS)
    context.close()
