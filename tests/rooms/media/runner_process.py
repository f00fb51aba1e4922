"""A runner as the node starts it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sereno.media.contract import SAYINGS, Alive, Probed, Start, StreamTask
from sereno.wire.secret import REVEAL

from .camera import Told

PROGRAM = "from sereno.media.runner import main; main()"


@dataclass
class Process:
    """A runner's process, what it told, its signs of life, and what its tries met."""

    process: asyncio.subprocess.Process
    told: Told
    alive: list[Alive] = field(default_factory=list)
    probed: list[Probed] = field(default_factory=list)
    reading: asyncio.Task[None] = field(init=False)

    def __post_init__(self) -> None:
        self.reading = asyncio.create_task(self._read())

    @property
    def stdin(self) -> asyncio.StreamWriter:
        assert self.process.stdin is not None
        return self.process.stdin

    def start(self, task: StreamTask) -> None:
        self.write(Start(task=task).model_dump_json(context=REVEAL).encode() + b"\n")

    def write(self, data: bytes) -> None:
        self.stdin.write(data)

    async def ended(self) -> tuple[int, str]:
        """Exit code and everything said on standard error, once all events were read."""
        assert self.process.stderr is not None
        async with asyncio.timeout(90):
            errors = await self.process.stderr.read()
            await self.reading
            return await self.process.wait(), errors.decode()

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            said = SAYINGS.validate_json(line)
            if isinstance(said, Alive):
                self.alive.append(said)
            elif isinstance(said, Probed):
                self.probed.append(said)
            else:
                self.told(line.decode())


@asynccontextmanager
async def running(
    told: Told, program: str = PROGRAM, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    runner = Process(process, told)
    try:
        yield runner
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        runner.reading.cancel()
        runner.stdin.close()
