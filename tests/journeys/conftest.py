from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .harness import PATIENCE_MS, Box, Cameras, running

# What a page is expected to show comes when it comes; the library's own guess is five seconds.
expect.set_options(timeout=PATIENCE_MS)


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
