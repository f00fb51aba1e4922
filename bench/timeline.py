"""Promise: the timeline of 16 cameras is drawn at 60 frames a second while it is panned."""

from __future__ import annotations

import json
import mimetypes
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route, sync_playwright
from rich.table import Table

CAMERAS = 16
GAPS_A_DAY = 48
SECONDS = 5
STATIC = Path(__file__).parents[1] / "src" / "sereno" / "front" / "static"
ORIGIN = "http://timeline.localhost"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
GAP = timedelta(minutes=2)

# Pans by the wheel at each picture of the screen, and tells the time between two of them.
PAN = """([selector, seconds]) => new Promise((resolve) => {
  const target = document.querySelector(selector), box = target.getBoundingClientRect();
  const times = [], until = performance.now() + seconds * 1000;
  const frame = (now) => {
    times.push(now);
    const deltaX = Math.sin(now / 400) * 60;
    target.dispatchEvent(new WheelEvent('wheel', {deltaX, deltaY: 0, bubbles: true,
      cancelable: true, clientX: box.left + box.width / 2, clientY: box.top + 20}));
    if (now < until) requestAnimationFrame(frame);
    else resolve(times.slice(1).map((each, place) => each - times[place]));
  };
  requestAnimationFrame(frame);
})"""

# The same facts as elements of the page, as charting libraries of the DOM have them.
ELEMENTS = """(bars) => {
  document.body.innerHTML = '<div id="pan" style="position:relative;overflow:hidden;height:500px">'
    + '<div id="line" style="position:absolute;inset:0"></div></div>';
  const line = document.getElementById('line');
  for (let lane = 0; lane < 16; lane += 1) for (const [from, to] of bars) {
    const bar = document.createElement('div');
    bar.style.cssText = `position:absolute;top:${lane * 25}px;height:20px;background:#5b8fd6`;
    bar.from = from; bar.to = to;
    line.append(bar);
  }
  let shift = 0;
  document.getElementById('pan').addEventListener('wheel', (event) => {
    shift += event.deltaX;
    for (const bar of line.children) {
      bar.style.left = `${bar.from * 1300 + shift}px`;
      bar.style.width = `${(bar.to - bar.from) * 1300}px`;
    }
  });
}"""


def run(folder: Path) -> Table:
    """Frames a second while panning; needs Debian's `chromium` and the built interface."""
    del folder
    table = Table("", "Sereno", "elements of the page", "ratio", "promised", title="Timeline")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.route("**/*", _answer)
        ours = {}
        for scale in ("Day", "Week", "Month"):
            page.goto(f"{ORIGIN}/together?cameras={','.join(_ids())}")
            page.get_by_text(scale, exact=True).click()
            page.wait_for_function(
                "() => document.querySelector('[role=slider] canvas')?.width > 0"
            )
            ours[scale] = _frames(page, "[role=slider]")
        theirs = _elements(page)
        browser.close()
    for scale, times in ours.items():
        instead = theirs if scale == "Month" else None
        table.add_row(
            f"{CAMERAS} cameras, a {scale.lower()}: pictures a second (longest pause)",
            _told(times),
            _told(instead) if instead else "",
            f"{_rate(times) / _rate(instead):.1f}" if instead else "",
            "60",
        )
    return table


def _elements(page: Page) -> list[float]:
    count = 31 * GAPS_A_DAY
    page.evaluate(ELEMENTS, [[place / count, (place + 0.95) / count] for place in range(count)])
    return _frames(page, "#pan")


def _frames(page: Page, selector: str) -> list[float]:
    """Milliseconds between the pictures of the screen while the timeline moves."""
    times: list[float] = page.evaluate(PAN, [selector, SECONDS])
    return times


def _rate(times: list[float]) -> float:
    return 1000 * len(times) / sum(times)


def _told(times: list[float]) -> str:
    return f"{_rate(times):.0f} ({max(times):.0f} ms)"


def _ids() -> list[str]:
    return [f"ca3e0000-0000-4000-8000-{number:012d}" for number in range(CAMERAS)]


def _answer(route: Route) -> None:
    """The built interface, and a hub made up of the few answers that the page asks for."""
    parts = urlsplit(route.request.url)
    if not parts.path.startswith(("/api/", "/media/")):
        file = STATIC / parts.path.lstrip("/")
        file = file if file.is_file() else STATIC / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "text/html"
        route.fulfill(body=file.read_bytes(), content_type=kind)
        return
    answers: dict[str, Any] = {
        "session": {"user": _USER, "version": "", "is_demo": False},
        "sites": [{"id": 1, "name": "Site", "time_zone": "Europe/Madrid"}],
        "cameras": [_camera(camera_id) for camera_id in _ids()],
    }
    name = parts.path.removeprefix("/api/v1/")
    if name.endswith("/timeline"):
        asked = parse_qs(parts.query)
        body: Any = _timeline(asked["from"][0], asked["to"][0])
    else:
        body = answers.get(name)
    status = 404 if body is None else 200
    route.fulfill(status=status, body=json.dumps(body), content_type="application/json")


_USER = {"id": 1, "username": "a", "is_admin": True, "role": "administrator", "rights": ["view"]}


def _camera(camera_id: str) -> dict[str, Any]:
    status = {"state": "recording", "reason": None, "next_try": None, "last_error": None}
    return {
        "id": camera_id, "name": f"Camera {camera_id[-2:]}", "site_id": 1, "sub_address": "",
        "pause": None, "manual": None, "status": status,
    }  # fmt: skip


def _timeline(start: str, end: str) -> dict[str, Any]:
    """Footage with a gap every half an hour, up to now."""
    begin, stop = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (start, end))
    stop = min(stop, datetime.now(UTC))
    covered, gaps = [], []
    reason = {"key": "k", "params": {}, "raw": "", "en": "The cable was out.", "es": "Sin cable."}
    while begin < stop:
        gap, after = (
            begin + timedelta(days=1) / GAPS_A_DAY - GAP,
            begin + timedelta(days=1) / GAPS_A_DAY,
        )
        covered.append({"from": begin.isoformat(), "to": gap.isoformat(), "is_open": False,
                        "clock": "rtcp", "damaged_seconds": 0})  # fmt: skip
        gaps.append({"from": gap.isoformat(), "to": after.isoformat(), "reason": reason})
        begin = after
    return {"camera_id": "", "from": start, "to": end, "reported_through": None, "covered": covered,
            "gaps": gaps, "unreported": [], "promised": [], "manual": []}  # fmt: skip
