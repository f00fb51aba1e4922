"""One process that receives streams with one RTSP library and keeps nothing.

Run as `python -m bench.rtsp_receiver LIBRARY ADDRESS...`; once a second it prints how many pictures
have come so far. Libraries are imported only when they are asked for.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import uvloop

from bench.cameras import PASSWORD, USER
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.rtsp.session import Session


@dataclass
class Counter:
    """Counts pictures; as a sink it takes whatever our session gives."""

    pictures: int = 0

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        self.pictures += 1

    def video_format(self, video: VideoFormat) -> None: ...

    def packets_lost(self, count: int) -> None: ...

    def video_report(self, report: SenderReport) -> None: ...

    def sound_format(self, sound: SoundFormat | None) -> None: ...

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None: ...

    def raw_sound(self, data: bytes, rtp_time: int, arrival_us: int) -> None: ...

    def sound_report(self, report: SenderReport) -> None: ...

    def notice(self, key: str, params: dict[str, str]) -> None: ...

    def now_us(self) -> int:
        return time.time_ns() // 1000


Receive = Callable[[str, Counter], Coroutine[Any, Any, object]]


async def _native(address: str, counter: Counter) -> None:
    async with Session(address, USER, PASSWORD, now_us=counter.now_us) as session:
        await session.play(counter)
        await session.watch()


async def _aiortsp(address: str, counter: Counter) -> None:
    """It hands on RTP packets and puts no pictures together: the last packet of each counts."""
    from aiortsp.rtsp.reader import RTSPReader  # type: ignore[import-not-found]

    with_password = address.replace("rtsp://", f"rtspt://{USER}:{PASSWORD}@")
    async with RTSPReader(with_password, log_level=50) as reader:
        async for packet in reader.iter_packets():
            counter.pictures += packet.m


async def _aio_rtsp_toolkit(address: str, counter: Counter) -> None:
    import aio_rtsp_toolkit as toolkit  # type: ignore[import-not-found]

    with_password = address.replace("rtsp://", f"rtsp://{USER}:{PASSWORD}@")
    quiet = toolkit.RtspClientMsgType.Exception
    async with toolkit.open_session(with_password, timeout=10, log_type=quiet) as session:
        async for event in session.iter_events(asyncio.Event()):
            if isinstance(event, toolkit.VideoFrameEvent) and event.frame is not None:
                # A frame of this library is one NAL unit; 1 and 5 are those with a picture in them.
                counter.pictures += event.frame.nalu_type in (1, 5)


LIBRARIES: dict[str, Receive] = {
    "sereno": _native,
    "aiortsp": _aiortsp,
    "aio_rtsp_toolkit": _aio_rtsp_toolkit,
}


async def _receive(library: str, addresses: list[str]) -> None:
    counter = Counter()
    async with asyncio.TaskGroup() as tasks:
        for address in addresses:
            tasks.create_task(LIBRARIES[library](address, counter))
        while True:
            await asyncio.sleep(1)
            print(counter.pictures, flush=True)


if __name__ == "__main__":
    uvloop.run(_receive(sys.argv[1], sys.argv[2:]))
