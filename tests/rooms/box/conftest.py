"""What the tests of a box share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sereno.box.folder import open_folder
from sereno.box.paths import DataDir
from sereno.box.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of the person who runs it."""
    import os

    for name in list(os.environ):
        if name.startswith(("SERENO_", "FERNET_KEY")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data=tmp_path / "data")


@pytest.fixture
def data(settings: Settings) -> Iterator[DataDir]:
    """An opened data folder."""
    open_folder(settings.data_dir)
    yield settings.data_dir
    if settings.data_dir.sockets != settings.data_dir.run:
        settings.data_dir.sockets.rmdir()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition; the limit only guards against hanging."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60.0
        while not condition():
            assert time.monotonic() < deadline, "it did not come about in time"
            time.sleep(0.02)

    return wait
