"""A picture of now: the first key frame of a stream, as JPEG."""

from __future__ import annotations

import asyncio

from sereno.base.clock import Clock, to_us
from sereno.base.tasks import until_first
from sereno.drivers.contract import Login
from sereno.media.faults import fault
from sereno.media.fmp4.writer import file_head, fragment_head
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.doorway import Doorway
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.rtsp.session import Patience, Session
from sereno.media.stills import Stills

_KEY_SECONDS = 20.0
"""A camera sends a key frame at least so often, or is better looked at in its own settings."""
_FRAME_TICKS = 3600


async def still_of(
    address: str, login: Login, clock: Clock, patience: Patience, doorway: Doorway
) -> bytes:
    """Play until the first key frame. Raises StreamFault."""
    frame = _KeyFrame(clock)
    session = Session(
        address, login.username, login.password, now_us=frame.now_us, patience=patience,
        doorway=doorway,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_KEY_SECONDS), session:
            await session.play(frame)
            await until_first(session.watch(), frame.came.wait())
    except TimeoutError:
        raise fault("no_picture", seconds=f"{_KEY_SECONDS:g}") from None
    stills = Stills()
    try:
        picture = await stills.make(frame.movie())
    finally:
        await stills.close()
    if not picture:
        raise fault("no_picture", "the key frame shows nothing", seconds="0")
    return picture


class _KeyFrame:
    """A sink that keeps the first picture that stands for itself."""

    def __init__(self, clock: Clock) -> None:
        self.came = asyncio.Event()
        self._clock = clock
        self._format: VideoFormat | None = None
        self._sample = b""

    def movie(self) -> bytes:
        """An MP4 of that one picture; empty where there was none."""
        if self._format is None or not self._sample:
            return b""
        head = fragment_head(1, 0, self.now_us(), [_FRAME_TICKS], [len(self._sample)], is_key=True)
        return file_head(None, self._format) + head + self._sample

    def now_us(self) -> int:
        return to_us(self._clock.now())

    def video_format(self, video: VideoFormat) -> None:
        if not self._sample:
            self._format = video

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        if is_key and not self._sample and self._format is not None:
            self._sample = bytes(sample)
            self.came.set()

    # What else comes is of no use to a picture.

    def packets_lost(self, count: int) -> None: ...

    def video_report(self, report: SenderReport) -> None: ...

    def sound_format(self, sound: SoundFormat | None) -> None: ...

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None: ...

    def sound_report(self, report: SenderReport) -> None: ...

    def notice(self, key: str, params: dict[str, str]) -> None: ...
