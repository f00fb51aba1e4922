"""One life of a runner process: commands in, events out, until it ends."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence

from sereno.media.contract import Command
from sereno.wire.secret import REVEAL


class RunnerProcess:
    """A process that speaks `sereno.media.contract`. Its words for people go to our own log."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a runner needs both pipes")
        self._process = process
        self._stdin = process.stdin
        self._stdout = process.stdout

    @classmethod
    async def spawn(cls, argv: Sequence[str]) -> RunnerProcess:
        """Start the program. Raises OSError when it cannot be."""
        return cls(await asyncio.create_subprocess_exec(*argv, stdin=PIPE, stdout=PIPE))

    @property
    def pid(self) -> int:
        return self._process.pid

    def take_priority(self, nice: int, cpu_affinity: Sequence[int]) -> bool:
        """Give it its nice value, 0 for our own, and its CPUs, none for any. False where the
        system refuses: then it runs as it would have.

        To be called before it has threads or children of its own: they inherit both.
        """
        is_nice, has_cpus = self._take_nice(nice), self._take_cpus(cpu_affinity)
        return is_nice and has_cpus

    def priority(self) -> tuple[int | None, tuple[int, ...]]:
        """Its nice value and its CPUs, as the system says; None and none once it has ended."""
        try:
            nice = os.getpriority(os.PRIO_PROCESS, self.pid)
            return nice, tuple(sorted(os.sched_getaffinity(self.pid)))
        except ProcessLookupError:
            return None, ()

    def _take_nice(self, nice: int) -> bool:
        try:
            if nice:
                os.setpriority(os.PRIO_PROCESS, self.pid, nice)
        except PermissionError:
            return False
        except ProcessLookupError:
            return True  # it has ended; whoever reads its lines learns that
        return True

    def _take_cpus(self, cpu_affinity: Sequence[int]) -> bool:
        try:
            if cpu_affinity:
                os.sched_setaffinity(self.pid, cpu_affinity)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):  # there is no such CPU here
            return False
        return True

    def send(self, command: Command) -> None:
        """Say it. To a process that has ended this does nothing; `events` tells the end."""
        if not self._stdin.is_closing():
            self._stdin.write(command.model_dump_json(context=REVEAL).encode() + b"\n")

    async def lines(self) -> AsyncIterator[bytes]:
        """What it says, until it ends; empty for a line that is too long to be an event."""
        while True:
            try:
                line = await self._stdout.readline()
            except ValueError:
                yield b""
                continue
            if not line:
                return
            yield line

    async def wait(self) -> int:
        """Its exit status, once it has ended."""
        return await self._process.wait()

    def finish(self) -> None:
        """Ask it to seal its files and end."""
        self._stdin.close()

    def kill(self) -> None:
        """End it now; its files are mended afterwards."""
        if self._process.returncode is None:
            self._process.kill()


def exit_in_words(status: int) -> str:
    """A process's status, negative for the number of the signal that ended it."""
    if status >= 0:
        return f"exit {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:  # real-time signals have no names
        return f"signal {-status}"
