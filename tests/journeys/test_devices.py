"""A recorder in a real browser: from its address to its channels on the wall and its footage."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from sereno.sim import Picture
from sereno.sim.hikvision import HikvisionRecorder
from sereno.sim.recorders.config import ChannelSpec, RecorderConfig

from .harness import PASSWORD, PATIENCE_SECONDS, USER, Box, eventually
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
ADMIN_PASSWORD = "las doce/y sereno@3%+"
WRONG_PASSWORD = "not/the lantern@7%+"
PATIENCE_MS = 90_000
CHANNELS = (ChannelSpec(1, "Entrance", "entrance"), ChannelSpec(2, "Yard", "yard"))


@contextmanager
def serving(config: RecorderConfig) -> Iterator[HikvisionRecorder]:
    """The recorder, in a thread of its own for as long as it is looked at."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    opened: list[HikvisionRecorder] = []
    is_up = threading.Event()

    async def serve() -> None:
        async with HikvisionRecorder(config) as recorder:
            opened.append(recorder)
            is_up.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    try:
        assert is_up.wait(PATIENCE_SECONDS)
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_SECONDS)
        loop.close()


@pytest.fixture(scope="module")
def recorder(loops: Path) -> Iterator[HikvisionRecorder]:
    config = RecorderConfig(
        cache_dir=loops,
        channels=CHANNELS,
        user=USER,
        password=PASSWORD,
        days=0.25,
        file_seconds=600,
        main=Picture(640, 360, 500_000),
        sub=Picture(320, 180, 125_000),
    )
    with serving(config) as opened:
        yield opened


@pytest.fixture(scope="module")
def page(box: Box) -> Iterator[Page]:
    box.secrets |= {Secret(ADMIN_PASSWORD, "admin"), Secret(WRONG_PASSWORD, USER)}
    found = re.search(r"\S+/setup#\S+", box.output())
    assert found, box.output()
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = browser.new_context(locale="en-GB", base_url=box.url).new_page()
        opened.set_default_timeout(PATIENCE_MS)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(found[0])
        opened.get_by_label("Password", exact=True).fill(ADMIN_PASSWORD)
        opened.get_by_label("Repeat the password").fill(ADMIN_PASSWORD)
        opened.get_by_role("button", name="Set the password and start").click()
        expect(opened.get_by_role("link", name="Devices")).to_be_visible(timeout=PATIENCE_MS)
        yield opened
        browser.close()
    assert complaints == []


def find_out(page: Page, recorder: HikvisionRecorder, password: str) -> None:
    page.get_by_label("Address", exact=True).fill(f"{recorder.host}:{recorder.port}")
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Find out what is there").click()


def is_shown(video: Locator) -> bool:
    """Whether pictures of it have come to the screen, and of when the last was."""
    return video.evaluate("video => Number(video.dataset.wallMs) > 0 && video.currentTime > 0")


def test_a_wrong_password_is_told_in_words_and_shown_once(
    page: Page, recorder: HikvisionRecorder
) -> None:
    page.goto("/devices")
    page.get_by_role("link", name="Add a device").first.click()
    find_out(page, recorder, WRONG_PASSWORD)
    alert = page.get_by_role("alert").filter(has_text="It did not work")
    expect(alert).to_be_visible(timeout=PATIENCE_MS)
    expect(alert).to_contain_text("password")
    expect(page.get_by_label("Address", exact=True)).to_have_value(
        f"{recorder.host}:{recorder.port}"
    )


def test_a_recorder_from_its_address_to_its_footage(
    page: Page, box: Box, recorder: HikvisionRecorder
) -> None:
    page.goto("/devices/add")
    find_out(page, recorder, PASSWORD)
    expect(page.get_by_text("2 channels")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_label("Name", exact=True).fill("Recorder 1")
    page.get_by_role("button", name="Add the device").click()

    page.get_by_role("button", name="Tick all 2").click()
    expect(page.get_by_alt_text("What Entrance shows")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Add 2 cameras").click()
    page.get_by_role("link", name="See them on the wall").click()
    videos = page.get_by_test_id("live-video")
    expect(videos).to_have_count(2, timeout=PATIENCE_MS)
    eventually(lambda: all(is_shown(video) for video in videos.all()), "both are seen live")

    def told() -> dict[str, Any] | None:
        (device,) = box.get("devices")
        counts = (device["channel_count"], device["camera_count"])
        return dict(device) if (device["state"], counts) == ("online", (2, 2)) else None

    device = eventually(told, "the device is online, with its channels and cameras")
    assert device["name"] == "Recorder 1"

    page.goto(f"/cameras/{box.camera('Entrance')['id']}")
    page.get_by_role("radiogroup", name="Shown at once").get_by_text("Hour").click()
    page.get_by_role("button", name="Search the recorder").click()
    expect(page.get_by_text(re.compile("footage on the recorder, "))).to_be_visible(
        timeout=PATIENCE_MS
    )
    line = page.get_by_role("slider", name=re.compile("Timeline"))
    width = line.bounding_box()
    assert width is not None
    # Well before anything of ours, and after the recorder's oldest.
    line.click(position={"x": width["width"] * 0.1, "y": 40})
    video = page.get_by_test_id("recorder-video")
    expect(page.get_by_text("Played by the recorder, 1×")).to_be_visible(timeout=PATIENCE_MS)
    eventually(lambda: is_shown(video), "the recorder's pictures are seen")
    shown = datetime.fromtimestamp(
        video.evaluate("video => Number(video.dataset.wallMs)") / 1000, UTC
    )
    assert timedelta(minutes=10) < datetime.now(UTC) - shown < timedelta(hours=2)

    page.goto(f"/devices/{device['id']}")
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove the device").click()
    expect(page.get_by_text("No devices yet")).to_be_visible(timeout=PATIENCE_MS)
    assert {camera["name"] for camera in box.get("cameras")} == {"Entrance", "Yard"}
