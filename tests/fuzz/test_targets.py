"""Every target takes what is known to be awkward; and, where atheris is installed, what it finds in
a moment. `make fuzz` looks for longer."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from .targets import ALLOWED, TARGETS

ROOT = Path(__file__).resolve().parents[2]
RUNS = 2000
AWKWARD = (
    b"",
    b"\x00" * 300,
    b"\xff" * 300,
    b"<a>" * 200,
    b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>',
    b'{"a":' * 200,
    b"table.Encode[99999999999].MainFormat[0].Video.FPS=1e400\r\n" * 5,
    b"--myboundary\r\nContent-Length:-1\r\n\r\nCode=VideoMotion;action=Start;index=0;data={",
    b"DHAV\xfd\x00\x00\x00" * 40,
    b"<d:ProbeMatch><XAddrs>http://[ http://h:99999/onvif/ https://h:0",
    b'Digest realm="\\\nGMT+99:99',
)


@pytest.mark.parametrize("name", TARGETS)
def test_awkward_bytes_give_a_value_or_one_of_our_errors(name: str) -> None:
    for data in AWKWARD:
        try:
            TARGETS[name](data)
        except ALLOWED:
            continue


def test_the_makefile_fuzzes_every_target() -> None:
    (line,) = (
        line for line in (ROOT / "Makefile").read_text("utf-8").replace("\\\n", "").splitlines()
        if line.startswith("FUZZ_TARGETS :=")
    )  # fmt: skip
    assert set(line.split()[2:]) == set(TARGETS)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed: make fuzz")
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_found_in_a_moment(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, f"-runs={RUNS}", "-max_len=2048",
         f"-artifact_prefix={tmp_path}/"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
