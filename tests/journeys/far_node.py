"""A second node beside the box's own: its own process, its own data folder."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from sereno.base.clock import from_us
from sereno.base.spans import Span

from .harness import PATIENCE_SECONDS, SERENO, Box, eventually, is_alive

# As the back office does it.
_MAKE_CODES = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "sereno.hub.settings"
import django
django.setup()
from sereno.accounts.queries import SYSTEM
from sereno.sites.actions import create_enrolment_code
from sereno.sites.models import Site
for _ in range(int(sys.argv[1])):
    print(create_enrolment_code(SYSTEM, Site.objects.get()))
"""


def codes_of(box: Box, count: int) -> list[str]:
    """So many enrolment codes."""
    done = subprocess.run(
        [sys.executable, "-c", _MAKE_CODES, str(count)],
        env=box.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    return done.stdout.split()


class FarNode:
    """`sereno node run` with a folder of its own, enrolled with `code` at the hub of `box`."""

    def __init__(
        self, box: Box, data: Path, code: str, url: str = "", prefix: tuple[str, ...] = ()
    ) -> None:
        self.data = data
        self._code, self._url, self._prefix = code, url or box.url, prefix
        self._process: psutil.Popen | None = None
        self._log = data.with_name(data.name + ".log")
        self.start()

    @cached_property
    def id(self) -> str:
        """What the hub calls it; waits until it is enrolled."""
        said = eventually(
            lambda: re.search(r"enrolled as ([0-9a-f-]{36})", self._log.read_text()),
            "the node is enrolled",
        )
        return said[1]

    @property
    def process(self) -> psutil.Popen:
        assert self._process is not None
        return self._process

    def start(self) -> None:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("SERENO_")},
            "SERENO_DATA": str(self.data),
            "SERENO_HUB_URL": self._url,
            "SERENO_ENROLMENT_CODE": self._code,
            "LANG": "C.UTF-8",
        }
        with self._log.open("ab") as log:
            argv = [*self._prefix, SERENO, "node", "run"]
            self._process = psutil.Popen(argv, env=environment, stdout=log, stderr=log)

    def runners(self) -> list[psutil.Process]:
        return [each for each in self.process.children(recursive=True) if is_alive(each.pid)]

    def kill(self) -> None:
        """Kill -9 of the node; its runners must end with it."""
        runners = self.runners()
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)
        eventually(lambda: not any(is_alive(each.pid) for each in runners), "its runners ended")

    def stop(self) -> None:
        for each in (self.process, *self.runners()):
            each.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)

    def sizes(self, camera_id: str) -> dict[str, int]:
        """The camera's files and how long they are."""
        files = (self.data / "footage" / camera_id).rglob("*.mp4")
        return {file.name: file.stat().st_size for file in files}


def spans_in(data: Path, camera_id: str) -> list[Span]:
    """What a node's ledger says of a camera's main stream."""
    ledger = sqlite3.connect(f"file:{data}/node/ledger.sqlite3?mode=ro", uri=True)
    rows = ledger.execute(
        "SELECT start_us, end_us FROM runs WHERE camera_id = ? AND stream = 'main' "
        "AND start_us < end_us ORDER BY start_us",
        [str(UUID(camera_id))],
    ).fetchall()
    ledger.close()
    return [Span(from_us(start), from_us(end)) for start, end in rows]


class Forwarder:
    """The box's port at another address of this machine; in a thread of its own."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> str:
        """The URL of the other address."""
        self._thread.start()
        assert self._is_up.wait(PATIENCE_SECONDS)
        return self._url

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_SECONDS)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._take, self._host, 0, family=socket.AF_INET)
        self._url = f"http://{self._host}:{server.sockets[0].getsockname()[1]}"
        self._is_up.set()
        await self._stop.wait()
        server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # either side may go away
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def own_node(box: Box) -> dict[str, Any]:
    """The node that the box itself runs, while it has no other."""
    (node,) = eventually(lambda: box.get("nodes"), "the box's own node is enrolled")
    return dict(node)
