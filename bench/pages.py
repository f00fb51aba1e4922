"""The pages in a real browser, and what its pictures say of their own time."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.box import Box
from sereno.sim import read_position

WIDTH, HEIGHT = 640, 360
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")
PASSWORD = "bench password of a viewer"  # noqa: S105  of a box that lives for minutes
LIVE = '[data-testid="live-video"]'
PATIENCE_MS = 60_000

# The gray picture that is shown at this moment, and the moment.
_GRAB = """(video) => new Promise((resolve) => video.requestVideoFrameCallback(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 360;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 640, 360);
  const now = Date.now();
  const rgba = context.getImageData(0, 0, 640, 360).data;
  let gray = '';
  for (let at = 1; at < rgba.length; at += 4) gray += String.fromCharCode(rgba[at]);
  resolve({gray: btoa(gray), now});
}))"""

# Goes to a page as a click on a link does; milliseconds until `count` videos show a picture of now.
_OPEN = """([address, count, age]) => new Promise((resolve, reject) => {
  const began = performance.now();
  const gone = new Set(document.querySelectorAll('[data-testid="live-video"]'));
  history.pushState({}, '', address);
  dispatchEvent(new PopStateEvent('popstate', {state: {}}));
  const isNow = (video) => !gone.has(video) && Date.now() - Number(video.dataset.wallMs) < age;
  const look = () => {
    const videos = [...document.querySelectorAll('[data-testid="live-video"]')];
    const passed = performance.now() - began;
    if (videos.filter(isNow).length >= count) resolve(passed);
    else if (passed > 30000) reject(new Error('no picture of now in 30 s'));
    else requestAnimationFrame(look);
  };
  look();
})"""


@contextmanager
def signed_in(box: Box) -> Iterator[Page]:
    """A page of somebody who may look at everything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_context(locale="en-GB", base_url=box.url).new_page()
        page.goto(box.invite("watcher"))
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Repeat the password").fill(PASSWORD)
        page.get_by_role("button", name="Set the password and start").click()
        page.locator(LIVE).first.wait_for(timeout=PATIENCE_MS)
        yield page
        browser.close()


def milliseconds_to_open(page: Page, address: str, videos: int, age_ms: int) -> float:
    """From the click to so many live pictures, each at most this old."""
    return float(page.evaluate(_OPEN, [address, videos, age_ms]))


def delay_ms(page: Page, fps: int, loop_seconds: int) -> float | None:
    """From the simulated camera to the screen, by the clock in the picture; None: unreadable."""
    grabbed: dict[str, Any] = page.locator(LIVE).first.evaluate(_GRAB)
    index = read_position(base64.b64decode(grabbed["gray"]), WIDTH, HEIGHT)
    if index is None:
        return None
    around = loop_seconds * 1000
    return float((grabbed["now"] - index * 1000 / fps + around / 2) % around - around / 2)
