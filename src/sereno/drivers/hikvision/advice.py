"""What people should change on a device: pure, from what it says of itself.

Settings are named as the device's own pages name them, in English and Spanish.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sereno.base.errors import Words
from sereno.drivers.contract import Advice
from sereno.drivers.hikvision.parse_channels import Encoding
from sereno.drivers.hikvision.reasons import Right

LONGEST_GOP_SECONDS = 4.0
"""Live view starts, and a break costs, as late as the next key frame."""

CLOCK_OFF_SECONDS = 5.0
_QUARTER_SECONDS = 900
_ZONE_WITHIN_SECONDS = 120.0

_GOP = "Configuration > Video/Audio > Video > I Frame Interval"
_PLUS = "Configuration > Video/Audio > Video > H.264+ / H.265+"
_ZONE = "Configuration > System > System Settings > Time Settings > Time Zone, DST"
_NTP = "Configuration > System > System Settings > Time Settings > NTP"
_LINKAGE = "Configuration > Event > {event} > Linkage Method > Notify Surveillance Center"
_RIGHTS = "Configuration > System > User Management > {right}"

_EVENTS = {
    "vmd": "Motion Detection",
    "linedetection": "Line Crossing Detection",
    "fielddetection": "Intrusion Detection",
    "regionentrance": "Region Entrance Detection",
    "regionexiting": "Region Exiting Detection",
    "scenechangedetection": "Scene Change Detection",
    "shelteralarm": "Video Tampering",
    "tamperdetection": "Video Tampering",
    "videoloss": "Video Loss",
    "io": "Alarm Input",
}
"""As the device's pages call them."""

_GOP_WORDS = Words(
    "Channel {channel} sends a key frame only every {seconds} s: live view starts slowly, and that "
    "much is lost at a break. Set the I-frame interval to 2 s (stream {streams}).",
    "El canal {channel} envía una imagen clave solo cada {seconds} s: la vista en vivo arranca "
    "lenta y en un corte se pierde otro tanto. Ponga el intervalo de imágenes I en 2 s (flujo "
    "{streams}).",
)
_PLUS_WORDS = Words(
    "H.264+ or H.265+ is on for channel {channel}: the time between key frames changes, so that "
    "live view and cuts are late. Turn it off (stream {streams}).",
    "H.264+ o H.265+ está activado en el canal {channel}: el tiempo entre imágenes clave cambia, y "
    "la vista en vivo y los cortes se retrasan. Desactívelo (flujo {streams}).",
)
_NO_ZONE_WORDS = Words(
    "The device names no time zone: its footage may be an hour off in summer. Set its time zone "
    "and summer time (DST).",
    "El dispositivo no indica zona horaria: sus grabaciones pueden quedar una hora corridas en "
    "verano. Ponga su zona horaria y el horario de verano (DST).",
)
_ZONE_WORDS = Words(
    "The device's clock is off by {minutes} minutes, as it is with a wrong time zone or without "
    "summer time. Set its time zone and summer time (DST), then its time.",
    "El reloj del dispositivo difiere en {minutes} minutos, como ocurre con una zona horaria "
    "equivocada o sin horario de verano. Ponga su zona horaria y el horario de verano (DST), y "
    "luego su hora.",
)
_CLOCK_WORDS = Words(
    "The device's clock is off by {seconds} s. Set a time server (NTP) on it.",
    "El reloj del dispositivo difiere en {seconds} s. Ponga en él un servidor de hora (NTP).",
)
_UNTICKED_WORDS = Words(
    "The device detects {event} on channel {channel} and tells nobody. Tick “Notify Surveillance "
    "Center” in that event's linkage.",
    "El dispositivo detecta {event} en el canal {channel} y no avisa a nadie. Marque «Notificar "
    "al centro de vigilancia» en el enlace de ese evento.",
)
_RIGHT_WORDS = Words(
    "The account that Sereno uses may not do this on the device: {right}. Tick that right for it.",
    "La cuenta que usa Sereno no puede hacer esto en el dispositivo: {right}. Márquele ese "
    "permiso.",
)


def of_streams(encodings: Iterable[Encoding]) -> Iterator[Advice]:
    """Smart coding, and key frames that are far apart: each once for a channel."""
    channels: dict[int, list[Encoding]] = {}
    for stream in encodings:
        channels.setdefault(stream.number, []).append(stream)
    for number, streams in channels.items():
        plus = [stream.id for stream in streams if stream.is_plus]
        if plus:
            said = _PLUS_WORDS.fill(channel=number, streams=_listed(plus))
            yield Advice("h265_plus", str(number), _PLUS, said)
        # Smart coding lengthens the distance by itself.
        gops = {each.id: each.gop_seconds or 0.0 for each in streams if not each.is_plus}
        long = [id_ for id_, seconds in gops.items() if seconds > LONGEST_GOP_SECONDS]
        if long:
            seconds = f"{max(gops.values()):g}"
            said = _GOP_WORDS.fill(channel=number, streams=_listed(long), seconds=seconds)
            yield Advice("gop_long", str(number), _GOP, said)


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))


def of_time(zone: str, offset_seconds: float) -> Iterator[Advice]:
    """A zone that is missing or wrong, and a clock that nobody sets."""
    quarters = round(offset_seconds / _QUARTER_SECONDS)
    rest = abs(offset_seconds - quarters * _QUARTER_SECONDS)
    if not zone:
        yield Advice("zone_unset", None, _ZONE, _NO_ZONE_WORDS)
    elif abs(quarters) >= 2 and rest <= _ZONE_WITHIN_SECONDS:
        minutes = quarters * _QUARTER_SECONDS // 60
        yield Advice("zone_unset", None, _ZONE, _ZONE_WORDS.fill(minutes=minutes))
    elif abs(offset_seconds) > CLOCK_OFF_SECONDS:
        said = _CLOCK_WORDS.fill(seconds=f"{offset_seconds:.0f}")
        yield Advice("clock_off", None, _NTP, said)


def of_triggers(silent: Mapping[str, Iterable[int]]) -> Iterator[Advice]:
    """Events that are detected and told to nobody."""
    for event, channels in silent.items():
        for channel in channels:
            name = _EVENTS.get(event.lower(), event)
            setting = _LINKAGE.format(event=name)
            said = _UNTICKED_WORDS.fill(event=name, channel=channel)
            yield Advice("event_unticked", str(channel), setting, said)


def of_rights(missing: Iterable[Right]) -> Iterator[Advice]:
    """What the account lacks."""
    for right in missing:
        setting = _RIGHTS.format(right=right.value)
        yield Advice("right_missing", None, setting, _RIGHT_WORDS.fill(right=right.value))
