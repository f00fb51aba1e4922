"""Where fetched bytes are kept while they come."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_BUFFER_BYTES = 1 << 20


class FileSink:
    """Bytes into a file; satisfies `sereno.drivers.contract.Sink`.

    A thread writes a MiB while the next one comes: nobody waits for the disk before a second is
    full. What it fails at is raised then, by `flush` at the latest.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._disk = ThreadPoolExecutor(1, "fetched")
        self._writing: asyncio.Future[None] | None = None
        self._held: list[bytes] = []
        self._held_bytes = 0
        self.size_bytes = 0

    async def write(self, data: bytes) -> None:
        self._held.append(data)
        self._held_bytes += len(data)
        self.size_bytes += len(data)
        if self._held_bytes >= _BUFFER_BYTES:
            await self._hand_over()

    async def restart(self) -> None:
        """Forget what came, and what went wrong with it."""
        self._held.clear()
        self._forget_writing()
        self._held_bytes = self.size_bytes = 0
        await asyncio.get_running_loop().run_in_executor(self._disk, self._empty)

    async def flush(self) -> None:
        """Wait until all is written. Raises OSError."""
        await self._hand_over()
        await self._written()

    def close(self) -> None:
        """The file is closed after what is being written, which nobody wants to hear of."""
        self._forget_writing()
        self._disk.submit(self._file.close)
        self._disk.shutdown(wait=False)

    async def _hand_over(self) -> None:
        await self._written()
        held, self._held, self._held_bytes = self._held, [], 0
        loop = asyncio.get_running_loop()
        self._writing = loop.run_in_executor(self._disk, self._write, held)

    async def _written(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            await writing

    def _forget_writing(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None and not writing.cancel() and not writing.cancelled():
            writing.exception()  # it was heard of: nothing is told at the end

    def _write(self, pieces: list[bytes]) -> None:
        view = memoryview(b"".join(pieces))
        while view:
            view = view[self._file.write(view) or 0 :]

    def _empty(self) -> None:
        self._file.seek(0)
        self._file.truncate()
