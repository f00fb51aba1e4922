"""One ffmpeg: a process that dies with this one, with its words kept short."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Callable

from sereno.media.faults import fault
from sereno.media.leash import die_with

_READ_BYTES = 256 * 1024
_KEPT_LINES = 40
_LONGEST_LINE = 500
_TERM_SECONDS = 1.0


class FfmpegProcess:
    """Started by `start`; `close` must be called. `said` are its last lines, as they came."""

    def __init__(self, process: Process, on_line: Callable[[str], None]) -> None:
        if process.stdout is None or process.stderr is None:
            raise ValueError("a process without pipes")
        self._process = process
        self._out, self._errors = process.stdout, process.stderr
        self._on_line = on_line
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(
        cls,
        program: str,
        arguments: tuple[str, ...],
        script: bytes,
        on_line: Callable[[str], None],
        *,
        is_fed: bool = False,
    ) -> FfmpegProcess:
        """Start it and hand over the script. Raises StreamFault `ffmpeg_missing`.

        `on_line` gets what it says, line by line. `is_fed`: more than the script is to come.
        """
        parent = os.getpid()
        try:
            process = await asyncio.create_subprocess_exec(
                program, *arguments, stdin=PIPE if script or is_fed else DEVNULL,
                stdout=PIPE, stderr=PIPE,
                limit=4 * _READ_BYTES, env=_environment(), start_new_session=True,
                preexec_fn=lambda: die_with(parent),
            )  # fmt: skip
        except OSError as error:
            raise fault("ffmpeg_missing", f"{program}: {error.strerror}") from None
        if process.stdin is not None:
            process.stdin.write(script)  # less than a pipe holds
            if not is_fed:
                process.stdin.close()
        return cls(process, on_line)

    @property
    def said(self) -> str:
        return "\n".join(self._lines)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def feed(self, data: bytes) -> None:
        """Hand over more, as fast as it takes it. Raises OSError once it has ended."""
        if (pipe := self._process.stdin) is not None:
            pipe.write(data)
            await pipe.drain()

    async def read(self) -> bytes:
        """What it put out, as soon as there is something; nothing at its end."""
        return await self._out.read(_READ_BYTES)

    async def wait(self) -> int:
        """Its exit status, once it has said all it had to; negative for a signal."""
        await asyncio.wait([self._listening])
        return await self._process.wait()

    async def close(self) -> None:
        """Let it say goodbye to the camera, but not for long."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.returncode is not None:
                break
            self._process.send_signal(number)
            try:
                async with asyncio.timeout(_TERM_SECONDS):
                    await self._drain()
            except TimeoutError:
                continue
        self._listening.cancel()
        await asyncio.wait([self._listening])

    async def _drain(self) -> None:
        """A full pipe would keep it from ending."""
        while await self.read():
            pass
        await self._process.wait()

    async def _listen(self) -> None:
        pending = b""
        while data := await self._errors.read(_READ_BYTES):
            *lines, pending = (pending + data).replace(b"\r", b"\n").split(b"\n")
            pending = pending[:_LONGEST_LINE]
            for line in lines:
                self._hear(line)
        self._hear(pending)

    def _hear(self, data: bytes) -> None:
        line = data[:_LONGEST_LINE].decode("utf-8", "replace").strip()
        if line:
            self._lines.append(line)
            self._on_line(line)


def _environment() -> dict[str, str]:
    """No more than it needs: everything of the same user can read it."""
    kept = (
        "PATH", "LD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "CUDA_VISIBLE_DEVICES", "LIBVA_DRIVER_NAME", "LIBVA_DRIVERS_PATH",
    )  # fmt: skip
    return {"LC_ALL": "C"} | {name: os.environ[name] for name in kept if name in os.environ}
