"""Players that speak WHEP and show nothing: they take pictures as they come, in their own process.

At the end of their input they tell how late each picture was, in milliseconds, by the stamp in it.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import aiortc.rtcrtpreceiver
import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from sereno.sim.marks import SEI_UUID

_STAMP_TIME = re.compile(re.escape(SEI_UUID) + rb"([0-9a-f]{16})")


@contextmanager
def watching(url: str, tickets: Sequence[str]) -> Iterator[Callable[[], list[float]]]:
    """One player for each ticket; all of them have seen something. Call what is given at the end:
    the delays of all pictures of all players."""
    command = [sys.executable, "-m", "bench.whep_viewers", url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines, answers = process.stdin, process.stdout
        lines.write(json.dumps(tickets) + "\n")
        lines.flush()
        if not answers.readline():
            raise RuntimeError("the players saw nothing")

        def delays() -> list[float]:
            lines.write("\n")
            lines.flush()
            return [float(each) for each in json.loads(answers.readline())]

        try:
            yield delays
        finally:
            process.terminate()


class _Clock:
    """In place of a decoder: reads the stamp of each picture."""

    def __init__(self, delays: list[float]) -> None:
        self._delays = delays

    def decode(self, encoded_frame: Any) -> list[Any]:
        if found := _STAMP_TIME.search(encoded_frame.data):
            self._delays.append(time.time() * 1000 - int(found[1], 16) / 1000)
        return []


async def _join(url: str, ticket: str) -> RTCPeerConnection:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    headers = {"Authorization": f"Bearer {ticket}", "Content-Type": "application/sdp"}
    async with httpx.AsyncClient(timeout=60) as client:
        offer = connection.localDescription.sdp
        answer = await client.post(f"{url}/media/v1/whep", content=offer, headers=headers)
    answer.raise_for_status()
    await connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
    return connection


async def _watch_all(url: str) -> None:
    loop = asyncio.get_running_loop()
    delays: list[list[float]] = []

    def clock(_: object) -> _Clock:
        delays.append([])
        return _Clock(delays[-1])

    aiortc.rtcrtpreceiver.get_decoder = clock  # type: ignore[assignment]
    tickets = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    connections = [await _join(url, ticket) for ticket in tickets]
    while len(delays) < len(tickets) or not all(delays):  # noqa: ASYNC110  threads fill them
        await asyncio.sleep(0.05)
    print("all see", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    print(json.dumps([each for of_one in delays for each in of_one]), flush=True)
    for connection in connections:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(_watch_all(sys.argv[1]))
