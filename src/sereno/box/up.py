"""`sereno up`: everything that a box runs, started in order and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from sereno.base.clock import SystemClock
from sereno.base.errors import Conflict, Unavailable, Words
from sereno.box import database, fleet, postgres
from sereno.box.address import write_address
from sereno.box.certificate import ensure_certificate
from sereno.box.children import READY_SECONDS, Child, Kept
from sereno.box.folder import hold, open_folder
from sereno.box.logs import LineLog
from sereno.box.ports import claim_port
from sereno.box.settings import Settings
from sereno.box.version import write_version

# How long what a killed `up` left behind may take to end.
LEFTOVER_SECONDS = 10.0
# `sereno hub prepare` ends so at a database of a newer Sereno, after a sentence in each language.
NEWER_STATUS = 3

_DATABASE = Words("Database", "Base de datos")
_TABLES = Words("Tables", "Tablas")
_HUB = Words("Hub and port {port}", "Hub y puerto {port}")
_NODE = Words("Node", "Nodo")
_STOPPING = Words("Stopping", "Deteniendo")
_READY = Words("Sereno is ready: {url}", "Sereno está listo: {url}")
_LINK = Words(
    "Open this link once to choose the administrator's password:\n{link}",
    "Abra este enlace una sola vez para elegir la contraseña de administración:\n{link}",
)
_NOT_PREPARED = Words(
    "The database's tables could not be prepared. The reason is at the end of {path}.",
    "No se pudieron preparar las tablas de la base de datos. El motivo está al final de {path}.",
)


class Teller(Protocol):
    """Tells the person at the terminal what goes on."""

    def step(self, words: Words) -> AbstractContextManager[None]:
        """A wait that shows progress, and its time at the end."""
        ...

    def say(self, words: Words) -> None: ...

    def warn(self, words: Words) -> None: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `sereno hub prepare` hands over, as JSON."""

    setup_token: str | None
    enrolment_code: str | None


class Box:
    """The processes of one box, in the order in which they were started."""

    def __init__(self, settings: Settings, teller: Teller) -> None:
        self.settings = settings
        self.teller = teller
        self._kept: list[Kept] = []

    async def start(self) -> Prepared:
        """Start everything; returns when a browser can be pointed at the port."""
        settings, step = self.settings, self.teller.step
        data = settings.data_dir
        open_folder(data)
        # What a killed `up` left behind may still be ending.
        wait_seconds = LEFTOVER_SECONDS if data.address_file.exists() else 0.0
        await claim_port(settings.listen, settings.port, wait_seconds)
        if settings.is_tls:
            ensure_certificate(settings, SystemClock().now())
        with step(_DATABASE):
            await self._start_database()
        with step(_TABLES):
            # The hub takes as long to load as the tables take to prepare, and nobody can ask it
            # anything before front is there.
            self._begin(fleet.hub_child(settings))
            prepared = await self._prepare()
        write_version(data, None if settings.database_url else postgres.major())
        with step(_HUB.fill(port=settings.port)):
            await self.keep(fleet.front_child(settings), fleet.worker_child(settings))
        with step(_NODE):
            await self.keep(fleet.node_child(settings, prepared.enrolment_code))
        write_address(settings)
        self._announce(prepared)
        return prepared

    async def keep(self, *children: Child, seconds: float = READY_SECONDS) -> None:
        """Start `children` together and wait until each is ready."""
        for one in [self._begin(child) for child in children]:
            await one.ready(seconds)

    async def stop(self) -> None:
        """Stop all: first what records and shows, then the hub, then the database."""
        if not self._kept:
            return
        with self.teller.step(_STOPPING):
            self.settings.data_dir.address_file.unlink(missing_ok=True)
            last = [one for one in self._kept if one.child.name in {"hub", "postgres"}]
            await asyncio.gather(*(one.stop() for one in self._kept if one not in last))
            for one in reversed(last):
                await one.stop()
            self.settings.data_dir.remove_sockets()

    def _begin(self, child: Child) -> Kept:
        kept = Kept(child, self.settings.data_dir.logs, self.teller.warn)
        self._kept.append(kept)
        kept.start()
        return kept

    async def _start_database(self) -> None:
        settings = self.settings
        if settings.database_url is not None:
            return await asyncio.to_thread(database.check, settings)
        await asyncio.to_thread(database.ready_files, settings.data_dir, LEFTOVER_SECONDS)
        return await self.keep(fleet.postgres_child(settings))

    async def _prepare(self) -> Prepared:
        """Bring the tables to this version and learn what a first start needs."""
        log_path = self.settings.data_dir.logs / "prepare.log"
        process = await asyncio.create_subprocess_exec(
            *fleet.own_command("hub", "prepare"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=fleet.environment(self.settings),
            start_new_session=True,
        )
        async with _ended(process):
            answer, told = await process.communicate()
        lines = told.decode(errors="replace").splitlines()
        with contextlib.closing(LineLog(log_path)) as log:
            for line in lines:
                log.write(line)
        if process.returncode == NEWER_STATUS:
            raise Conflict("database_newer", Words(*lines[-2:]))
        try:
            found = json.loads(answer.decode().splitlines()[-1])
        except (ValueError, IndexError):
            raise Unavailable("not_prepared", _NOT_PREPARED.fill(path=log_path)) from None
        return Prepared(found["setup_token"], found["enrolment_code"])

    def _announce(self, prepared: Prepared) -> None:
        url = self.settings.public_url
        self.teller.say(_READY.fill(url=url))
        if prepared.setup_token:
            self.teller.say(_LINK.fill(link=f"{url}/setup#{prepared.setup_token}"))


@contextlib.asynccontextmanager
async def _ended(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """Let no process outlive its use."""
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Errand(Protocol):
    """What to do once the box runs; `up` ends when it returns."""

    async def __call__(self, box: Box) -> None: ...


async def run_for_ever(box: Box) -> None:
    """The usual errand: go on until somebody stops the box."""
    await asyncio.Event().wait()


async def up(settings: Settings, teller: Teller, errand: Errand = run_for_ever) -> None:
    """Run a box until its errand is done or a signal stops it; leaves no process behind.

    Raises SerenoError with words when it cannot start.
    """
    os.umask(0o077)
    data = settings.data_dir
    data.prepare()
    with hold(data):
        box = Box(settings, teller)
        try:
            await _unless_stopped(_work(box, errand))
        finally:
            await box.stop()


async def _work(box: Box, errand: Errand) -> None:
    await box.start()
    await errand(box)


async def _unless_stopped(work: Coroutine[None, None, None]) -> None:
    """Do `work` until it ends or a signal asks to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop.set)
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
    else:
        await working
