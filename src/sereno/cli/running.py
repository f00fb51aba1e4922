"""The running box, as commands find it: imported only by those that need it."""

from __future__ import annotations

from pathlib import Path

from sereno.box.api import Api
from sereno.box.settings import load_settings


def api_of(data: Path | None) -> Api:
    """The running box of `--data` or of the settings. Raises Unavailable when none runs."""
    return Api.of(load_settings(data=data).data_dir)
