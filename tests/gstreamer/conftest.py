"""GStreamer's RTSP server in a process of its own, where Debian's packages are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"
PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly"
)
USER, PASSWORD = "viewer", "lantern/keys@12"
ELEMENTS = "x264enc x265enc voaacenc alawenc rtph264pay rtph265pay rtpmp4gpay"
LOOK = f"""
import gi
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
missing = [name for name in "{ELEMENTS}".split() if Gst.ElementFactory.find(name) is None]
raise SystemExit(f"no element {{missing}}" if missing else 0)
"""


# Names and addresses of its own for each process that runs tests.
PID = os.getpid()
NAMESPACE, NEAR_END, FAR_END = f"sereno-{PID}", f"near{PID}", f"far{PID}"
HERE, THERE = f"10.213.{PID % 256}.1", f"10.213.{PID % 256}.2"


@dataclass(frozen=True)
class GstreamerServer:
    """Where it listens. Paths are ``<codec>-<sound>`` (see ``server.py``)."""

    host: str
    port: int

    def address(self, path: str) -> str:
        """Without credentials."""
        return f"rtsp://{self.host}:{self.port}/{path}"


@pytest.fixture(scope="session")
def gstreamer() -> Iterator[GstreamerServer]:
    """The server, asking for ``USER`` and ``PASSWORD`` by digest. Skips where it is not there."""
    _skip_without_packages()
    with _serving("127.0.0.1", "lo") as server:
        yield server


@pytest.fixture(scope="session")
def gstreamer_elsewhere() -> Iterator[GstreamerServer]:
    """The server in a network namespace, as if on another machine: it shares no group's port with
    programs of its own machine. Skips without root."""
    _skip_without_packages()
    if os.geteuid() or shutil.which("ip") is None:
        pytest.skip("a network namespace needs root and Debian's iproute2")
    with _namespace() as inside, _serving(THERE, FAR_END, *inside) as server:
        yield server


def _skip_without_packages() -> None:
    if not Path(SYSTEM_PYTHON).exists():
        pytest.skip(f"{SYSTEM_PYTHON} is not there")
    look = subprocess.run(
        [SYSTEM_PYTHON, "-c", LOOK], capture_output=True, text=True, timeout=60, check=False
    )
    if look.returncode:
        reason = look.stderr.strip().splitlines()[-1:]
        pytest.skip(f"GStreamer's RTSP server needs Debian's {PACKAGES} ({reason})")


@contextmanager
def _serving(host: str, interface: str, *before: str) -> Iterator[GstreamerServer]:
    script = str(Path(__file__).with_name("server.py"))
    with subprocess.Popen(
        [*before, SYSTEM_PYTHON, script, USER, PASSWORD, host, interface],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            told = cast(dict[str, int], json.loads(process.stdout.readline()))
            yield GstreamerServer(host, told["port"])
        finally:
            process.terminate()


@contextmanager
def _namespace() -> Iterator[tuple[str, ...]]:
    """A network of its own with one cable to ours; what runs a command in it."""
    inside = ("ip", "netns", "exec", NAMESPACE)
    try:
        for command in (
            f"ip netns add {NAMESPACE}",
            f"ip link add {NEAR_END} type veth peer name {FAR_END} netns {NAMESPACE}",
            f"ip addr add {HERE}/30 dev {NEAR_END}",
            f"ip link set {NEAR_END} up",
            f"{' '.join(inside)} ip addr add {THERE}/30 dev {FAR_END}",
            f"{' '.join(inside)} ip link set {FAR_END} up",
        ):
            done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"no network namespace can be made here: {done.stderr.strip()}")
        yield inside
    finally:
        # The cable goes with either of its ends.
        for command in (f"ip link del {NEAR_END}", f"ip netns del {NAMESPACE}"):
            subprocess.run(command.split(), capture_output=True, check=False)
