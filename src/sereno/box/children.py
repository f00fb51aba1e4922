"""Keeps processes running: a long-lived outer loop around each disposable process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sereno.base.backoff import Backoff
from sereno.base.errors import Unavailable, Words
from sereno.box.logs import LONGEST_LINE_BYTES, LineLog

# A process that lived this long began well: the next pause is short again.
STABLE_SECONDS = 30.0
READY_SECONDS = 60.0
# How often a process may die before it was ever ready.
DEATHS_AT_START = 3
_POLL_SECONDS = 0.05
_LAST_LINES_SECONDS = 0.5

_DIED = Words(
    "{name} ended unexpectedly ({how}); it is being restarted. The reason is in {path}.",
    "{name} terminó de improviso ({how}); se está reiniciando. El motivo está en {path}.",
)
_BACK = Words(
    "{name} is back after {seconds:.1f} s.", "{name} volvió a funcionar tras {seconds:.1f} s."
)
_NOT_STARTED = Words(
    "{name} does not start. The reason is at the end of {path}.",
    "{name} no arranca. El motivo está al final de {path}.",
)

Tell = Callable[[Words], None]


async def _always_ready() -> bool:
    return True


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep running. `argv` must be on a leash to this process."""

    name: str
    argv: list[str]
    environment: Mapping[str, str]
    is_ready: Callable[[], Awaitable[bool]] = _always_ready
    before_start: Callable[[], None] = _nothing
    on_line: Callable[[str], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 3.0
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Kept:
    """One child, kept running from `start` to `stop`."""

    def __init__(
        self, child: Child, logs: Path, tell: Tell, backoff: Backoff | None = None
    ) -> None:
        self.child = child
        self.pid: int | None = None
        self._log_path = logs / f"{child.name}.log"
        self._log = LineLog(self._log_path, child.secrets)
        self._tell = tell
        self._backoff = backoff or Backoff(0.5, 30.0)
        self._was_ready = asyncio.Event()
        self._deaths_at_start = 0
        self._down_since: float | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._copier: asyncio.Task[None] | None = None
        self._loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep the process running."""
        self._loop = asyncio.create_task(self._keep(), name=f"keep {self.child.name}")

    async def ready(self, seconds: float = READY_SECONDS) -> None:
        """Return when the process was ready once. Raises Unavailable when it does not get so."""
        deadline = time.monotonic() + seconds
        while not self._was_ready.is_set():
            is_late = time.monotonic() > deadline
            if is_late or self._deaths_at_start >= DEATHS_AT_START:
                words = _NOT_STARTED.fill(name=self.child.name, path=self._log_path)
                raise Unavailable("not_started", words)
            await asyncio.sleep(_POLL_SECONDS)

    async def stop(self) -> None:
        """End the process in good order, at once where that takes too long, and keep it ended."""
        if self._loop is None:
            return
        await _cancelled(self._loop)
        if self._process is not None:
            await self._end(self._process)
        self._log.close()

    async def _keep(self) -> None:
        while True:
            began = time.monotonic()
            try:
                self.child.before_start()
                process = await self._spawn()
            except OSError as error:
                self._note_death(error.strerror or type(error).__name__)
            else:
                self._note_death(_how(await self._live(process)))
            if time.monotonic() - began > STABLE_SECONDS:
                self._backoff.reset()
            await asyncio.sleep(self._backoff.next_seconds())

    async def _spawn(self) -> asyncio.subprocess.Process:
        # A pipe of our own: `wait` on one of asyncio's also waits for whoever else holds it.
        read_end, write_end = os.pipe()
        lines = asyncio.StreamReader()
        pipe = await _connect(lines, read_end)
        try:
            process = await asyncio.create_subprocess_exec(
                *self.child.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                env=dict(self.child.environment),
                # Ctrl-C in a terminal reaches `up` alone, which then stops all in order.
                start_new_session=True,
            )
        finally:
            os.close(write_end)
        self._process, self.pid = process, process.pid
        self._copier = asyncio.create_task(self._copy_lines(lines))
        self._copier.add_done_callback(lambda _: pipe.close())
        return process

    async def _live(self, process: asyncio.subprocess.Process) -> int:
        """Until the process ends; its exit status."""
        watcher = asyncio.create_task(self._watch())
        try:
            status = await process.wait()
        finally:
            watcher.cancel()
        await self._clear_up(process)
        return status

    async def _watch(self) -> None:
        """Say that the process is ready, when it is."""
        while not await self.child.is_ready():  # noqa: ASYNC110  another process is asked
            await asyncio.sleep(_POLL_SECONDS)
        self._was_ready.set()
        if self._down_since is not None:
            seconds = time.monotonic() - self._down_since
            self._tell(_BACK.fill(name=self.child.name, seconds=seconds))
            self._down_since = None

    async def _copy_lines(self, output: asyncio.StreamReader) -> None:
        """Until the process closes its output; an endless line is cut, never kept in memory."""
        rest = b""
        while chunk := await output.read(65_536):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE_BYTES:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._take_line(line.decode(errors="replace"))
        if rest:
            self._take_line(rest.decode(errors="replace"))

    def _take_line(self, line: str) -> None:
        self._log.write(line)
        if self.child.on_line is not None:
            self.child.on_line(line)

    def _note_death(self, how: str) -> None:
        if not self._was_ready.is_set():
            self._deaths_at_start += 1
        elif self._down_since is None:
            self._down_since = time.monotonic()
            self._tell(_DIED.fill(name=self.child.name, how=how, path=self._log_path))

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self.child.stop_signal)
        try:
            await asyncio.wait_for(process.wait(), self.child.stop_seconds)
        except TimeoutError:
            self._log.write(f"{self.child.name} did not end in time and is killed")
        await self._clear_up(process)

    async def _clear_up(self, process: asyncio.subprocess.Process) -> None:
        """Whatever the process left in its group goes with it, and its last lines are kept."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        if self._copier is not None:
            # Somebody outside the group may hold the pipe open: nobody waits for that.
            await asyncio.wait([self._copier], timeout=_LAST_LINES_SECONDS)
            await _cancelled(self._copier)
        self._process, self.pid, self._copier = None, None, None


async def _connect(reader: asyncio.StreamReader, read_end: int) -> asyncio.ReadTransport:
    file = os.fdopen(read_end, "rb", buffering=0)
    protocol = asyncio.StreamReaderProtocol(reader)
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, file)
    return pipe


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _how(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit {status}"
