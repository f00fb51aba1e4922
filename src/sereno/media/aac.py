"""AAC as far as copying it needs: what an AudioSpecificConfig says.

Source: ISO/IEC 14496-3, 1.6.2.1 and 4.4.1.
"""

from __future__ import annotations

from sereno.media.bits import Bits
from sereno.media.faults import garbled
from sereno.media.formats import SoundFormat

_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
_EXPLICIT_RATE = 15
_ESCAPE = 31
_SBR, _PARAMETRIC_STEREO = 5, 29
_GENERAL = frozenset({1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23})
_LARGEST_CONFIGURATION_BYTES = 64
_LARGEST_RATE = 192_000


def parse_configuration(configuration: bytes, clock_rate: int = 0) -> SoundFormat:
    """Read an AudioSpecificConfig. Raises Garbled.

    `clock_rate` is that of the RTP times, where it is known: with SBR it may be twice the rate of
    the coded samples, and counts then. Times and lengths of the format are in its units.
    """
    if len(configuration) > _LARGEST_CONFIGURATION_BYTES:
        raise garbled("sound configuration")
    bits = Bits(configuration)
    kind = _object_type(bits)
    core_rate, channels = _rate(bits), bits.take(4)
    core_kind, rate = kind, core_rate
    if kind in (_SBR, _PARAMETRIC_STEREO):
        rate = _rate(bits)
        core_kind = _object_type(bits)
    if core_kind not in _GENERAL or not 0 < channels < len(_CHANNELS):
        raise garbled("kind of sound")
    frame_samples = 960 if bits.flag() else 1024
    rate = clock_rate or rate
    if rate not in (core_rate, 2 * core_rate):
        raise garbled("sampling rate of the sound")
    return SoundFormat(
        rate, _CHANNELS[channels], configuration, f"mp4a.40.{kind}",
        frame_samples * rate // core_rate,
    )  # fmt: skip


def _object_type(bits: Bits) -> int:
    kind = bits.take(5)
    return 32 + bits.take(6) if kind == _ESCAPE else kind


def _rate(bits: Bits) -> int:
    index = bits.take(4)
    if index == _EXPLICIT_RATE:
        rate = bits.take(24)
        if not 0 < rate <= _LARGEST_RATE:
            raise garbled("sampling rate of the sound")
        return rate
    if index >= len(_RATES):
        raise garbled("sampling rate of the sound")
    return _RATES[index]
