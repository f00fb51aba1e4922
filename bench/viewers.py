"""Viewers that look at nothing: they take a live view as fast as it comes, in their own process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from websockets.asyncio.client import connect


@contextmanager
def watching(url: str, tickets: Sequence[str]) -> Iterator[None]:
    """One viewer for each ticket; all of them have seen something."""
    command = [sys.executable, "-m", "bench.viewers", url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(tickets) + "\n")
            process.stdin.flush()
            process.stdout.readline()
            yield
        finally:
            process.terminate()


async def _watch(url: str, ticket: str, seen: asyncio.Event) -> None:
    address = f"{url.replace('http', 'ws', 1)}/media/v1/live"
    async with connect(address, compression=None, max_size=None, ping_interval=None) as socket:
        await socket.send(json.dumps({"ticket": ticket}))
        async for message in socket:
            if isinstance(message, bytes):
                seen.set()


async def _watch_all(url: str, tickets: Sequence[str]) -> None:
    seen = [asyncio.Event() for _ in tickets]
    async with asyncio.TaskGroup() as tasks:
        for ticket, event in zip(tickets, seen, strict=True):
            tasks.create_task(_watch(url, ticket, event))
        await asyncio.gather(*(event.wait() for event in seen))
        print("all see", flush=True)


if __name__ == "__main__":
    asyncio.run(_watch_all(sys.argv[1], json.loads(sys.stdin.readline())))
