"""What people should change on a device: pure, from what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sereno.base.errors import Words
from sereno.drivers.contract import Advice
from sereno.drivers.onvif.device_clock import Look
from sereno.drivers.onvif.inputs import Input

LONGEST_GOP_SECONDS = 4.0
CLOCK_OFF_SECONDS = 5.0
_QUARTER_SECONDS = 900
_ZONE_WITHIN_SECONDS = 120.0

_GOP_WORDS = Words(
    "Channel {channel} sends a key frame only every {seconds} s: live view starts slowly, and that "
    "much is lost at a break. Set {pictures} pictures between key frames (2 s) for {streams}.",
    "El canal {channel} envía una imagen clave solo cada {seconds} s: la vista en vivo arranca "
    "lenta y en un corte se pierde otro tanto. Ponga {pictures} imágenes entre imágenes clave "
    "(2 s) en {streams}.",
)
_JPEG_WORDS = Words(
    "Channel {channel} sends single pictures (MJPEG) only: footage takes many times the space. Set "
    "its encoding to H.264 or H.265.",
    "El canal {channel} solo envía imágenes sueltas (MJPEG): la grabación ocupa mucho más espacio. "
    "Ponga su codificación en H.264 o H.265.",
)
_NO_ZONE_WORDS = Words(
    "The device names no time zone: it shows its time an hour off in summer. Set its time zone and "
    "summer time (DST).",
    "El dispositivo no indica zona horaria: en verano muestra una hora corrida. Ponga su zona "
    "horaria y el horario de verano (DST).",
)
_ZONE_WORDS = Words(
    "The device's clock is off by {minutes} minutes, as it is where local time was set in the "
    "place of UTC, or without summer time. Set its time zone and summer time (DST), then its time.",
    "El reloj del dispositivo difiere en {minutes} minutos, como ocurre cuando se puso la hora "
    "local en lugar de UTC, o sin horario de verano. Ponga su zona horaria y el horario de verano "
    "(DST), y luego su hora.",
)
_CLOCK_WORDS = Words(
    "The device's clock is off by {seconds} s. Set a time server (NTP) on it.",
    "El reloj del dispositivo difiere en {seconds} s. Ponga en él un servidor de hora (NTP).",
)


def of_streams(inputs: Iterable[Input]) -> Iterator[Advice]:
    """Key frames that are far apart, and inputs without any video coding: each once for an input.
    Settings are named as ONVIF names them; devices' pages differ."""
    for one in inputs:
        if all(profile.codec == "mjpeg" for profile in one.profiles):
            said = _JPEG_WORDS.fill(channel=one.number)
            yield Advice("codec_mjpeg", one.id, "VideoEncoderConfiguration > Encoding", said)
        long = [each for each in one.profiles if (each.gop_seconds or 0) > LONGEST_GOP_SECONDS]
        if long:
            said = _GOP_WORDS.fill(
                channel=one.number,
                seconds=f"{max(each.gop_seconds or 0 for each in long):g}",
                pictures=round(2 * (long[0].fps or 0)),
                streams=", ".join(each.name or each.token for each in long),
            )
            yield Advice("gop_long", one.id, "VideoEncoderConfiguration > GovLength", said)


def of_time(look: Look) -> Iterator[Advice]:
    """A zone that is missing or wrong, and a clock that nobody sets."""
    if look.told is None:
        return
    offset = look.offset_seconds
    quarters = round(offset / _QUARTER_SECONDS)
    rest = abs(offset - quarters * _QUARTER_SECONDS)
    if abs(quarters) >= 2 and rest <= _ZONE_WITHIN_SECONDS:
        minutes = quarters * _QUARTER_SECONDS // 60
        yield Advice("zone_wrong", None, "System > Time zone", _ZONE_WORDS.fill(minutes=minutes))
    elif abs(offset) > CLOCK_OFF_SECONDS:
        said = _CLOCK_WORDS.fill(seconds=f"{offset:.0f}")
        yield Advice("clock_off", None, "System > NTP", said)
    if not look.told.zone:
        yield Advice("zone_unset", None, "System > Time zone", _NO_ZONE_WORDS)
