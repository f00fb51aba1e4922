"""What all tests of drivers share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encoded pictures, made once."""
    return tmp_path_factory.mktemp("loops")
