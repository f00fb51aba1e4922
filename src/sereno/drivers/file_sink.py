"""Where fetched bytes are kept while they come."""

from __future__ import annotations

import asyncio
from pathlib import Path

_BUFFER_BYTES = 1 << 20


class FileSink:
    """Bytes into a file; satisfies `sereno.drivers.contract.Sink`. The disk is waited for in a
    thread, a MiB at a time."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._held = bytearray()
        self.size_bytes = 0

    async def write(self, data: bytes) -> None:
        self._held += data
        self.size_bytes += len(data)
        if len(self._held) >= _BUFFER_BYTES:
            await self.flush()

    async def restart(self) -> None:
        self._held.clear()
        self.size_bytes = 0
        await asyncio.to_thread(self._empty)

    async def flush(self) -> None:
        """Hand over what is held. Raises OSError."""
        held, self._held = self._held, bytearray()
        await asyncio.to_thread(self._write, held)

    def close(self) -> None:
        self._file.close()

    def _write(self, data: bytearray) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]

    def _empty(self) -> None:
        self._file.seek(0)
        self._file.truncate()
