"""A camera's page in a real browser: what is heard, the least delay, and why footage is missing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from .harness import PATIENCE_MS, Box, Cameras, eventually, running
from .leaks import Secret

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# Nothing may be heard before a click, as in people's own browsers.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=document-user-activation-required",
    # A machine may have no network but its own loopback.
    "--allow-loopback-in-peer-connection",
)
ADMIN_PASSWORD = "las doce/y sereno@2%+"

# The one video of the page: what of it was decoded so far, and how it is played.
LOOK = """() => {
  const video = document.querySelector('video');
  return video && {
    heard: video.webkitAudioDecodedByteCount,
    seen: video.getVideoPlaybackQuality().totalVideoFrames,
    isMuted: video.muted,
    isPaused: video.paused,
    isDirect: video.srcObject !== null,
  };
}"""


@pytest.fixture(scope="module")
def heard(loops: Path) -> Iterator[Cameras]:
    with Cameras(loops, count=1, sound="aac") as serving:
        yield serving


@pytest.fixture(scope="module")
def reordered(loops: Path) -> Iterator[Cameras]:
    with Cameras(loops, count=1, b_frames=2) as serving:
        yield serving


@pytest.fixture(scope="module")
def seen(
    tmp_path_factory: pytest.TempPathFactory, heard: Cameras, reordered: Cameras
) -> Iterator[Box]:
    """A camera with sound that was away for some seconds, and one with B-frames."""
    with running(Box(tmp_path_factory.mktemp("camera") / "data")) as box:
        box.add_camera("Hall", heard.address(1))
        box.add_camera("Gate", reordered.address(1))
        box.wait_for_state("Gate", "recording")
        eventually(lambda: box.covered_seconds("Hall") > 5, "five seconds are recorded")
        heard.tell(1, "offline")
        box.wait_for_state("Hall", "waiting")
        heard.tell(1, "online")

        def is_enough() -> bool:
            *before, newest = box.covered("Hall")
            return bool(before) and newest.duration.total_seconds() > 15

        eventually(is_enough, "fifteen seconds after the gap")
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


def look(page: Page) -> dict[str, Any]:
    return dict(page.evaluate(LOOK) or {})


def goes_on(page: Page, what: str, **wanted: bool) -> None:
    """Until the one video is as wanted, and shows or lets hear more and more."""
    before = look(page).get(what, 0)

    def is_so() -> bool:
        now = look(page)
        is_as_wanted = all(now.get(name) == value for name, value in wanted.items())
        return bool(now) and is_as_wanted and not now["isPaused"] and now[what] > before

    eventually(is_so, f"more is {what}, and it is {wanted}")


def open_camera(page: Page, box: Box, name: str, query: str = "") -> None:
    page.goto(f"/cameras/{box.camera(name)['id']}{query}")
    goes_on(page, "seen")


def test_a_live_camera_is_heard_when_somebody_asks_for_it(page: Page, seen: Box) -> None:
    open_camera(page, seen, "Hall")
    assert look(page)["isMuted"], "nobody asked for it yet"
    page.get_by_role("button", name="Turn the sound on").click()
    goes_on(page, "heard", isMuted=False)
    page.keyboard.press("m")
    goes_on(page, "seen", isMuted=True)


def test_recorded_sound_is_heard_and_stays_on_from_live_to_the_past(page: Page, seen: Box) -> None:
    open_camera(page, seen, "Hall")
    page.get_by_role("button", name="Turn the sound on").click()
    goes_on(page, "heard", isMuted=False)
    page.keyboard.press("j")
    expect(page.get_by_test_id("playback-video")).to_be_visible(timeout=PATIENCE_MS)
    goes_on(page, "heard", isMuted=False)
    page.get_by_label("Speed").select_option("16")
    expect(page.get_by_role("button", name="Turn the sound")).to_have_count(0)
    goes_on(page, "seen")


def test_an_address_with_a_moment_plays_in_silence_until_a_click(page: Page, seen: Box) -> None:
    start = seen.covered("Hall")[-1].start
    open_camera(page, seen, "Hall", f"?at={start.isoformat().replace('+00:00', 'Z')}")
    assert look(page)["isMuted"]
    page.get_by_role("button", name="Turn the sound on").click()
    goes_on(page, "heard", isMuted=False)


def test_a_camera_without_sound_offers_none(page: Page, seen: Box) -> None:
    open_camera(page, seen, "Gate")
    expect(page.get_by_role("button", name="Turn the sound")).to_have_count(0)


def test_the_least_delay_is_chosen_once_and_left_again(page: Page, seen: Box) -> None:
    open_camera(page, seen, "Hall")
    choice = page.get_by_role("button", name="Lowest delay")
    choice.click()
    goes_on(page, "seen", isDirect=True)
    expect(page.get_by_role("button", name="Turn the sound")).to_have_count(0)
    open_camera(page, seen, "Hall")
    goes_on(page, "seen", isDirect=True)
    choice.click()
    goes_on(page, "seen", isDirect=False)


def test_where_webrtc_cannot_be_the_ordinary_view_goes_on_with_words(page: Page, seen: Box) -> None:
    open_camera(page, seen, "Gate")
    choice = page.get_by_role("button", name="Lowest delay")
    choice.click()
    said = page.get_by_role("status").filter(has_text="B-frames")
    expect(said).to_contain_text("The ordinary live view is shown", timeout=PATIENCE_MS)
    expect(choice).to_have_attribute("aria-pressed", "false")
    goes_on(page, "seen", isDirect=False)


def test_the_timeline_says_where_footage_is_and_what_a_gap_is_about(page: Page, seen: Box) -> None:
    (node,) = seen.get("nodes")
    open_camera(page, seen, "Hall")
    slider = page.get_by_role("slider", name=re.compile("^Timeline"))
    slider.focus()
    page.keyboard.press("Home")
    page.keyboard.press("s")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(f"footage.*; on {node['name']}"))
    kind = seen.timeline("Hall")["gaps"][-1]["kind"]
    assert kind in {"network", "camera"}
    words = {"network": "Gap: connection to the camera", "camera": "Gap: camera"}[kind]
    expect(page.get_by_role("listitem").filter(has_text=words).first).to_be_visible()
