"""What takes a track's packets and reports, by its codec."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

from sereno.base.errors import Garbled
from sereno.media import h264, h265
from sereno.media.faults import fault
from sereno.media.rtsp.depacketiser import ParameterSets, VideoDepacketiser
from sereno.media.rtsp.depacketiser_h264 import H264Depacketiser
from sereno.media.rtsp.depacketiser_h265 import H265Depacketiser, refuse_order_numbers
from sereno.media.rtsp.depacketiser_sound import (
    AacDepacketiser,
    AacMode,
    RawSoundDepacketiser,
    aac_format,
)
from sereno.media.rtsp.rtcp import (
    Reception,
    SenderReport,
    find_sender_report,
    says_goodbye,
)
from sereno.media.rtsp.sdp import Track
from sereno.media.rtsp.setup import Handlers
from sereno.media.sink import MediaSink, RawSound

Encode = Callable[[str, int, MediaSink], RawSound | None]
"""Makes what turns G.711 (`PCMU` or `PCMA`) of a rate into AAC for a sink, after it has told the
sink its format; None: it cannot."""

Fail = Callable[[Exception], None]
_RAW_CODECS = ("PCMU", "PCMA")
_LARGEST_FRACTION = 255


class Receiver(ABC):
    """One track's taker of packets and reports."""

    handlers: Handlers

    @abstractmethod
    def reception(self) -> Reception | None:
        """What to tell the sender; None: nothing yet."""


class VideoReceiver(Receiver):
    """The sink gets the track's pictures and the sender's reports."""

    def __init__(self, depacketiser: VideoDepacketiser, sink: MediaSink, fail: Fail) -> None:
        self.handlers = Handlers(depacketiser.packet, self._on_report, depacketiser.frames)
        self._depacketiser = depacketiser
        self._sink = sink
        self._fail = fail
        self._reported_count = self._reported_lost = 0

    @property
    def packet_count(self) -> int:
        return self._depacketiser.packet_count

    def reception(self) -> Reception | None:
        source = self._depacketiser
        if not source.packet_count:
            return None
        lost, came = source.lost_count, source.packet_count
        newly_lost, newly_came = lost - self._reported_lost, came - self._reported_count
        self._reported_lost, self._reported_count = lost, came
        fraction = newly_lost * 256 // max(1, newly_lost + newly_came)
        return Reception(
            source.source, source.highest_sequence, lost, min(fraction, _LARGEST_FRACTION)
        )

    def _on_report(self, packet: bytes) -> None:
        if (report := find_sender_report(packet)) is not None:
            self._sink.video_report(report)
        if says_goodbye(packet):
            self._fail(fault("session_ended", status="BYE"))


class SoundReceiver(Receiver):
    """The sink gets the track's sound and the sender's reports."""

    def __init__(
        self,
        depacketiser: AacDepacketiser | RawSoundDepacketiser,
        tell: Callable[[SenderReport], None],
    ) -> None:
        self.handlers = Handlers(depacketiser.packet, self._on_report)
        self._tell = tell

    def reception(self) -> Reception | None:
        return None  # video's is sign of life enough

    def _on_report(self, packet: bytes) -> None:
        if (report := find_sender_report(packet)) is not None:
            self._tell(report)


def video_receiver(
    track: Track, sink: MediaSink, now_us: Callable[[], int], fail: Fail
) -> VideoReceiver:
    """For a track that `choose_video` chose. Tells the sink its format, if the track has it."""
    depacketiser: type[VideoDepacketiser] = H264Depacketiser
    sets: ParameterSets = h264.ParameterSets(track.fps)
    if track.codec == "H265":
        refuse_order_numbers(track.parameters)
        depacketiser, sets = H265Depacketiser, h265.ParameterSets(track.fps)
    for nal in track.parameter_sets:
        sets.put(nal)
    if (video := sets.video_format()) is not None:
        sink.video_format(video)
    return VideoReceiver(depacketiser(track.payload_type, sets, sink, now_us), sink, fail)


def sound_receiver(
    track: Track, sink: MediaSink, now_us: Callable[[], int], encode: Encode | None
) -> SoundReceiver | None:
    """For a track of sound; None: it cannot be kept. Tells the sink its format."""
    if track.is_encrypted:
        return None
    on_nonsense = partial(sink.notice, "sound_dropped", {"codec": track.codec_name})
    if track.codec == "MPEG4-GENERIC":
        try:
            sound = aac_format(track.parameters, track.rate)
            mode = AacMode.of(track.parameters)
        except Garbled:
            return None
        sink.sound_format(sound)
        aac = AacDepacketiser(track.payload_type, mode, sound, sink, now_us, on_nonsense)
        return SoundReceiver(aac, sink.sound_report)
    if track.codec not in _RAW_CODECS or track.channels != 1 or encode is None:
        return None
    raw = encode(track.codec, track.rate, sink)
    if raw is None:
        return None
    samples = RawSoundDepacketiser(track.payload_type, raw, now_us, on_nonsense)
    return SoundReceiver(samples, raw.sound_report)
