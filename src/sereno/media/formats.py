"""What a decoder must know before the first picture or the first sound."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """One picture format. Sizes in pixels.

    `codec` is the RFC 6381 codecs string, such as `avc1.64001f` or `hvc1.1.6.L93.B0`. `entry` is
    the kind of the sample entry (`avc1`, `hvc1`); `configuration` the contents of its decoder
    configuration box (`avcC`, `hvcC`; ISO/IEC 14496-15), NAL unit sizes of 4 bytes.
    `reorder_frames` is how many pictures may be decoded before, and shown after, one that follows
    them; None where the stream does not say. `fps` is what it says of its pictures a second, which
    cameras often get wrong; 0 where it says nothing. No decoder needs it, files do not keep it, and
    formats that differ in nothing else are one.
    """

    codec: str
    width: int
    height: int
    entry: bytes
    configuration: bytes
    reorder_frames: int | None = None
    fps: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """One sound format as files hold it, which is AAC.

    `rate` is in samples a second; `configuration` is the AudioSpecificConfig (ISO/IEC 14496-3,
    1.6.2.1); `codec` the RFC 6381 codecs string, such as `mp4a.40.2`. `frame_samples` is the
    length of one access unit in samples.
    """

    rate: int
    channels: int
    configuration: bytes
    codec: str = "mp4a.40.2"
    frame_samples: int = 1024
