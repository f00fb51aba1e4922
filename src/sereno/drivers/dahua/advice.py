"""What people should change on a device, by the names that its own pages and tables have for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import datetime

from sereno.base.errors import Words
from sereno.drivers.contract import Advice
from sereno.drivers.dahua.parse import Table, as_bool, by_index
from sereno.drivers.dahua.parse_channels import Encoding
from sereno.drivers.dahua.parse_health import read_record_modes
from sereno.drivers.dahua.parse_time import WallReading, read_zone

LONGEST_GOP_SECONDS = 4.0
LARGEST_OFFSET_SECONDS = 30.0
_EVERYWHERE = ("Encode", "ChannelTitle", "NTP", "RTSP")

_WORDS = {
    "gop_long": Words(
        "There are {seconds} s between key frames: live view begins late, and cuts are coarse. Set "
        "them {fps} pictures apart (2 s or less).",
        "Hay {seconds} s entre imágenes clave: la vista en vivo empieza tarde y los cortes son "
        "gruesos. Póngalas cada {fps} imágenes (2 s o menos).",
    ),
    "h265_plus": Words(
        "Smart Codec (H.264+, H.265+) is on: key frames come seldom and irregularly. Turn it off.",
        "Smart Codec (H.264+, H.265+) está activo: las imágenes clave llegan pocas veces y sin "
        "regularidad. Desactívelo.",
    ),
    "zone_unset": Words(
        "The device tells no time zone, so its times are taken as its clock shows them now. Set "
        "the zone.",
        "El dispositivo no indica su zona horaria, así que sus horas se toman como las muestra "
        "ahora su reloj. Configure la zona.",
    ),
    "zone_wrong": Words(
        "The clock does not show the time zone that is set, or summer time is not. Sereno goes by "
        "the clock; footage from before the last change of time may be an hour off. Set zone and "
        "summer time (DST).",
        "El reloj no muestra la zona horaria configurada, o falta el horario de verano. Sereno "
        "sigue al reloj; lo grabado antes del último cambio de hora puede estar corrido una hora. "
        "Configure zona y horario de verano (DST).",
    ),
    "summer_stale": Words(
        "Summer time (DST) is set for dates that have passed, so the next change of time will not "
        "happen. Set its dates for this year, or by weeks.",
        "El horario de verano (DST) tiene fechas ya pasadas, así que el próximo cambio de hora no "
        "ocurrirá. Ponga las fechas de este año, o por semanas.",
    ),
    "ntp_off": Words(
        "The clock is off by {seconds} s and no time server sets it. Turn on NTP.",
        "El reloj está desviado {seconds} s y ningún servidor de hora lo ajusta. Active NTP.",
    ),
    "recording_off": Words(
        "Recording of this channel is stopped on the device. Set it to automatic.",
        "La grabación de este canal está detenida en el dispositivo. Póngala en automático.",
    ),
    "event_unticked": Words(
        "Motion detection of this channel is off, so the device reports no motion. Turn it on.",
        "La detección de movimiento de este canal está apagada, así que el dispositivo no informa "
        "de movimiento. Actívela.",
    ),
    "right_missing": Words(
        "The account may not read these settings, or the device does not have them. Tick the right "
        "for the account on the device's user page.",
        "La cuenta no puede leer estos ajustes, o el dispositivo no los tiene. Marque el permiso "
        "para la cuenta en la página de usuarios del dispositivo.",
    ),
}


def advise(key: str, setting: str, channel: int | None = None, **params: object) -> Advice:
    """One piece of advice; `channel` counts from 1."""
    shown = None if channel is None else str(channel)
    return Advice(key, shown, setting, _WORDS[key].fill(**params))


def of_encoding(
    encodings: Mapping[int, list[Encoding]], channels: frozenset[int]
) -> Iterator[Advice]:
    """About the main streams; `channels` are those that exist, from 1."""
    for index, found in sorted(encodings.items()):
        if index + 1 not in channels or not found:
            continue
        main = found[0]
        path = f"Encode[{index}].MainFormat[0].Video"
        if main.gop_frames and main.fps and main.gop_frames / main.fps > LONGEST_GOP_SECONDS:
            seconds = f"{main.gop_frames / main.fps:.0f}"
            yield advise(
                "gop_long", f"{path}.GOP", index + 1, seconds=seconds, fps=f"{main.fps * 2:.0f}"
            )
        if main.is_smart:
            yield advise("h265_plus", f"{path}.SmartCodec", index + 1)


def of_clock(reading: WallReading, ntp: Table, locales: Table, now: datetime) -> Iterator[Advice]:
    """About its clock; `now` is its wall clock."""
    zone = read_zone(ntp, locales)
    if zone is None:
        yield advise("zone_unset", "NTP.TimeZone")
    elif reading.is_zone_wrong:
        yield advise("zone_wrong", "NTP.TimeZone, Locales.DSTEnable")
    if zone is not None and zone.summer is not None and zone.summer[1].year < now.year:
        yield advise("summer_stale", "Locales.DSTStart.Year, Locales.DSTEnd.Year")
    off_seconds = abs(reading.offset_seconds or 0.0)
    if off_seconds > LARGEST_OFFSET_SECONDS and as_bool(ntp.get("table.NTP.Enable")) is False:
        yield advise("ntp_off", "NTP.Enable", seconds=f"{off_seconds:.0f}")


def of_recording(modes: Table, motion: Table, channels: frozenset[int]) -> Iterator[Advice]:
    """About what is recorded and reported, of channels from 1."""
    for index, may_record in read_record_modes(modes).items():
        if index + 1 in channels and not may_record:
            yield advise("recording_off", f"RecordMode[{index}].Mode", index + 1)
    for index, row in by_index(motion, "table.MotionDetect").items():
        if index + 1 in channels and as_bool(row.get("Enable")) is False:
            yield advise("event_unticked", f"MotionDetect[{index}].Enable", index + 1)


def of_rights(denied: Set[str]) -> Iterator[Advice]:
    """About settings that every device has, and that this account was not shown."""
    for name in _EVERYWHERE:
        if name in denied:
            yield advise("right_missing", name)
