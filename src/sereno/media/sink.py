"""Between an engine and the recorder: who gives what to whom.

An engine (native, ffmpeg) is a `Source`; the recorder is the `MediaSink` that it plays into. All
calls come on the event loop. Times of pictures are RTP times: 32 bits, 1/90000 s, of the instant
at which the picture is shown; pictures come in decode order. Times of sound are 32 bits, in units
of the sound's own rate. `arrival_us` is the site's wall clock when the first byte came.
"""

from __future__ import annotations

from types import TracebackType
from typing import NoReturn, Protocol, Self

from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.rtcp import SenderReport


class VideoSink(Protocol):
    """Who takes pictures."""

    def video_format(self, video: VideoFormat) -> None:
        """The pictures that follow are of this format. Said before the first, and at a change."""
        ...

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        """One access unit in NAL units with 4-byte sizes, without parameter sets.

        `is_key`: decoding can begin here (IDR, CRA, BLA, or an H.264 recovery point of distance 0).
        """
        ...

    def packets_lost(self, count: int) -> None:
        """At least `count` packets of video are missing; pictures up to the next key frame may be
        damaged. What is left of a damaged access unit is not handed over."""
        ...

    def video_report(self, report: SenderReport) -> None:
        """The sender's word on the wall-clock time of a video RTP time."""
        ...


class SoundSink(Protocol):
    """Who takes sound that files can hold: AAC."""

    def sound_format(self, sound: SoundFormat | None) -> None:
        """The sound that follows; None: there is none. Said before the first picture."""
        ...

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None:
        """One AAC access unit, without ADTS header."""
        ...

    def sound_report(self, report: SenderReport) -> None:
        """The sender's word on the wall-clock time of a sound RTP time."""
        ...


class RawSound(Protocol):
    """Who takes sound that files cannot hold yet: G.711, to be encoded first."""

    def raw_sound(self, data: bytes, rtp_time: int, arrival_us: int) -> None:
        """Samples of one byte each, as they came; `rtp_time` is that of the first, in samples."""
        ...

    def sound_report(self, report: SenderReport) -> None:
        """The sender's word on the wall-clock time of a sample's RTP time."""
        ...


class MediaSink(VideoSink, SoundSink, Protocol):
    """Who takes all."""

    def now_us(self) -> int:
        """The site's wall clock, in microseconds since 1970."""
        ...

    def notice(self, key: str, params: dict[str, str]) -> None:
        """Something people should know that stops nothing, by its key in `policy.reasons`."""
        ...


class Source(Protocol):
    """One connection to a camera, by one engine. Everything raises StreamFault.

    An asynchronous context manager around `play` and `watch`.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    @property
    def transport(self) -> str:
        """How media travel: tcp, udp, multicast, tls, http, rtmp, device."""
        ...

    async def play(self, sink: MediaSink) -> None:
        """Ask for the stream; media reach `sink` from now on."""
        ...

    async def watch(self) -> NoReturn:
        """Keep the session alive until it ends, which is always a StreamFault."""
        ...

    def fail(self, error: Exception) -> None:
        """Give up, for a reason that the recorder found; `watch` raises this error."""
        ...
