"""The settings of a box that is not there: for the contract, type checks and tests.

Its folder is gone once they are read. Tests make it again, for their database.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

from sereno.box.paths import DataDir
from sereno.box.secrets import ensure_secrets

_folder = Path(tempfile.mkdtemp(prefix="sereno-scratch-"))
DataDir(_folder).secrets.mkdir(mode=0o700)
ensure_secrets(DataDir(_folder))

_elsewhere = {name: text for name, text in os.environ.items() if not name.startswith("SERENO_")}
_elsewhere["SERENO_DATA"] = str(_folder)
if _url := os.environ.get("SERENO_TEST_DATABASE_URL"):
    _elsewhere["SERENO_DATABASE_URL"] = _url

with patch.dict(os.environ, _elsewhere, clear=True):
    from sereno.hub.settings import *  # noqa: F403  a settings module is its names

shutil.rmtree(_folder)
