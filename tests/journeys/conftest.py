from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from .harness import PATIENCE_MS, Box, Cameras, running

# What a page is expected to show comes when it comes; the library's own guess is five seconds.
expect.set_options(timeout=PATIENCE_MS)

# Of every video on a page: what tells why it shows what it shows.
VIDEOS = """() => [...document.querySelectorAll('video')].map((video) => {
  const {buffered, currentTime, readyState, paused, seeking, playbackRate} = video;
  const held = [...Array(buffered.length).keys()].map((n) => [buffered.start(n), buffered.end(n)]);
  const {wallMs} = video.dataset;
  return {currentTime, readyState, paused, seeking, playbackRate, wallMs, held,
    error: video.error?.message ?? null};
})"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test of a page tells what its videos were at."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and isinstance(page, Page):
        try:
            videos = page.evaluate(VIDEOS)
        except Error as error:
            videos = [str(error)]
        report.sections.append(("Videos", "\n".join(map(str, videos))))
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The encoded pictures of the simulated cameras, made once."""
    return tmp_path_factory.mktemp("loops")


@pytest.fixture(scope="module")
def cameras(loops: Path) -> Iterator[Cameras]:
    with Cameras(loops) as serving:
        yield serving


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with running(Box(tmp_path_factory.mktemp("box") / "data")) as started:
        yield started
