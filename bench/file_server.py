"""Gives one file to whoever asks for anything, as fast as the kernel can: the other end of the
download benchmark."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


async def _serve(host: str, path: Path, size: int) -> None:
    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if (length := _LENGTH.search(head)) is not None:
                    await reader.readexactly(int(length[1]))
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
                await writer.drain()
                with path.open("rb") as file:
                    await asyncio.get_running_loop().sendfile(writer.transport, file)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(meet, host, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    served = Path(sys.argv[2])
    asyncio.run(_serve(sys.argv[1], served, served.stat().st_size))
