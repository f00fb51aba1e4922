"""The wall in a real browser: layouts by dragging, streams by size, states as they change."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from .harness import PATIENCE_MS, PATIENCE_SECONDS, Box, Cameras, running
from .test_browser import ADMIN_PASSWORD, CHROMIUM, FLAGS

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, cameras: Cameras) -> Iterator[Box]:
    """Two cameras with both streams."""
    with running(Box(tmp_path_factory.mktemp("wall") / "data")) as started:
        both = {"name": "Both streams", "knobs": {"streams": ["main", "sub"]}}
        profile = started.call("POST", "profiles", json=both).json()
        for number, name in ((1, "Gate"), (2, "Yard")):
            made = started.add_camera(name, cameras.address(number))
            small = cameras.address(number).removesuffix("main") + "sub"
            answer = started.call("PATCH", f"cameras/{made['id']}", json={"sub_address": small})
            assert answer.is_success, answer.text
            chosen = {"profile_id": profile["id"]}
            answer = started.call("PUT", f"cameras/{made['id']}/profile", json=chosen)
            assert answer.is_success, answer.text
        for name in ("Gate", "Yard"):
            started.wait_for_state(name, "recording")
        yield started


@pytest.fixture(scope="module")
def page(box: Box) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        context = browser.new_context(locale="en-GB", base_url=box.url)
        context.set_default_timeout(PATIENCE_MS)
        opened = context.new_page()
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        found = re.search(r"\S+/setup#\S+", box.output())
        assert found, box.output()
        opened.goto(found[0])
        opened.get_by_label("Password", exact=True).fill(ADMIN_PASSWORD)
        opened.get_by_label("Repeat the password").fill(ADMIN_PASSWORD)
        opened.get_by_role("button", name="Set the password and start").click()
        expect(opened.get_by_role("article").first).to_be_visible(timeout=PATIENCE_MS)
        yield opened
        browser.close()
        assert complaints == []


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name)


def plays(page: Page, name: str, stream: str) -> None:
    """The tile shows that stream, and a picture of it."""
    expect(tile(page, name)).to_have_attribute("data-stream", stream, timeout=PATIENCE_MS)
    width = {"main": 640, "sub": 320}[stream]
    page.wait_for_function(
        "([name, width]) => {"
        " const video = document.querySelector(`article[aria-label='${name}'] video`);"
        " return video?.videoWidth === width && Number(video.dataset.wallMs) > 0; }",
        arg=[name, width],
        timeout=PATIENCE_MS,
    )


def expect_accessible(page: Page) -> None:
    if not AXE.exists():
        pytest.skip("the interface's packages are not there: make setup")
    page.evaluate(AXE.read_text(encoding="utf-8"))  # as the page's own policy lets no script in
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    told = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]
    assert told == []


def drag(page: Page, what: Locator, to: Locator) -> None:
    start, end = what.bounding_box(), to.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 30, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()


def test_a_layout_is_drawn_up_and_shown(page: Page, box: Box) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/?edit=new")
    expect(page.get_by_role("button", name="Yard 1 × 1 column 2, row 1")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("button", name="Take Gate off the wall").click()
    cells = page.get_by_role("group", name="The wall, 2 by 2").locator("> div")
    drag(page, page.get_by_role("button", name="Move Gate"), cells.nth(2))
    expect(page.get_by_role("button", name="Gate 1 × 1 column 1, row 2")).to_be_visible()
    page.get_by_role("button", name="Size of Yard").click()
    page.get_by_role("menuitemradio", name="1 × 2").click()
    page.keyboard.press("Escape")
    page.get_by_label("Name", exact=True).fill("Doors")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Layout: Doors")).to_be_visible()
    for name in ("Gate", "Yard"):
        plays(page, name, "sub")
    (kept,) = page.evaluate("() => fetch('/api/v1/layouts').then((answer) => answer.json())")
    places = {each["camera_id"]: [each[side] for side in "xywh"] for each in kept["tiles"]}
    ids = {name: box.camera(name)["id"] for name in ("Gate", "Yard")}
    assert places == {ids["Gate"]: [0, 1, 1, 1], ids["Yard"]: [1, 0, 1, 2]}


def test_the_wall_by_keys(page: Page) -> None:
    page.goto("/?layout=")
    expect(page.get_by_role("article")).to_have_count(2)
    plays(page, "Gate", "sub")
    gate = tile(page, "Gate").get_by_role("link")
    gate.focus()
    page.keyboard.press("ArrowRight")
    expect(tile(page, "Yard").get_by_role("link")).to_be_focused()
    page.keyboard.press("d")
    expect(tile(page, "Yard").get_by_text("connected", exact=True)).to_be_visible()
    expect(tile(page, "Yard").get_by_text(re.compile(r"^320 × 180, avc1"))).to_be_visible()
    expect_accessible(page)
    page.keyboard.press("1")
    expect(page.get_by_role("article")).to_have_count(1)
    plays(page, "Gate", "main")
    page.keyboard.press("0")
    expect(page.get_by_role("article")).to_have_count(2)


def test_states_come_without_being_asked_for(page: Page, box: Box, cameras: Cameras) -> None:
    told: list[str] = []
    page.on("websocket", lambda socket: listen(socket, told))
    page.goto("/")
    expect(tile(page, "Yard").get_by_role("link", name=re.compile("Recording"))).to_be_visible()
    gate = box.camera("Gate")["id"]
    assert box.call("POST", f"cameras/{gate}/pause", json={"minutes": 5}).is_success
    page.wait_for_function(
        "() => /Paused/i.test(document.querySelector(\"article[aria-label='Gate']\").textContent)",
        timeout=PATIENCE_MS,
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "stream_stopped" not in types_of(told):
        assert time.monotonic() < deadline, types_of(told)
        page.wait_for_timeout(50)  # frames are heard while it waits
    assert types_of(told)[0] == "snapshot"
    assert box.call("DELETE", f"cameras/{gate}/pause").is_success
    plays(page, "Gate", "sub")


def types_of(told: list[str]) -> list[str]:
    return [message["type"] for message in map(json.loads, told)]


def listen(socket: Any, told: list[str]) -> None:
    if "/ws/status" in socket.url:
        socket.on("framereceived", lambda payload: told.append(payload))
