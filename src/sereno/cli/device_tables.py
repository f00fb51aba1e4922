"""What `sereno device` shows to people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from sereno.base.errors import Words
from sereno.cli.device_shapes import event as shape_of_event
from sereno.cli.language import pick, say
from sereno.cli.terminal import download_progress, print_line, print_table, share_progress
from sereno.cli.times import show_moment
from sereno.drivers.contract import DeviceEvent
from sereno.drivers.discovery.discovered import Looked, OnLooked
from sereno.drivers.fetching import Fetching, OnFetching, Stage

Shape = Mapping[str, Any]

_KINDS = {
    "recorder": Words("recorder", "grabador"),
    "camera": Words("camera", "cámara"),
    "doorbell": Words("doorbell", "videoportero"),
    "encoder": Words("encoder", "codificador"),
    "other": Words("other", "otro"),
}
_ABILITIES = {
    "channels": Words("channels", "canales"),
    "snapshot": Words("pictures", "imágenes"),
    "find": Words("search of footage", "búsqueda de grabaciones"),
    "fetch": Words("download", "descarga"),
    "fetch_by_time": Words("download by time", "descarga por hora"),
    "playback": Words("playback", "reproducción"),
    "events": Words("events", "eventos"),
    "health": Words("health", "estado"),
    "clock": Words("clock", "reloj"),
}
_DISKS = {
    "ok": Words("well", "bien"),
    "sleeping": Words("sleeps", "en reposo"),
    "unformatted": Words("not formatted", "sin formato"),
    "read_only": Words("read-only", "solo lectura"),
    "failing": Words("failing", "fallando"),
}
_STATES = {
    "started": Words("begins", "empieza"),
    "ended": Words("ends", "termina"),
    "moment": Words("", ""),
}
_STAGES = {
    Stage.FETCHING: Words("fetching", "trayendo"),
    Stage.CONVERTING: Words("converting", "convirtiendo"),
}


def print_identity(found: Shape) -> None:
    """One fact a line; what the device does not say is a dash."""
    offset = found["clock_offset_seconds"]
    able = [pick(_ABILITIES[name]) for name, is_able in found["capabilities"].items() if is_able]
    print_table((), [
        (say("Maker", "Fabricante"), found["maker"] or found["vendor"]),
        (say("Model", "Modelo"), found["model"]),
        (say("Serial number", "Número de serie"), found["serial"]),
        (say("Firmware", "Firmware"), found["firmware"]),
        (say("What it is", "Qué es"), pick(_KINDS[found["kind"]])),
        (say("Name", "Nombre"), found["name"]),
        (say("Clock", "Reloj"), None if offset is None else f"{offset:+.1f} s"),
        (say("Video port (RTSP)", "Puerto de vídeo (RTSP)"), found["rtsp_port"]),
        (say("Driver", "Controlador"), found["vendor"]),
        (say("Can do", "Sabe hacer"), ", ".join(able)),
    ])  # fmt: skip


def print_discovered(found: Iterable[Shape]) -> None:
    """The address is what the other commands take."""
    heads = (
        say("ADDRESS", "DIRECCIÓN"), say("NAME", "NOMBRE"), say("MODEL", "MODELO"),
        say("DRIVER", "CONTROLADOR"),
    )  # fmt: skip
    rows = [(_address(each), each["name"], each["model"], each["vendor"]) for each in found]
    if rows:
        print_table(heads, rows)
    else:
        text = say(
            "Nothing answered. Devices may have discovery (ONVIF) turned off, or be on another "
            "network: name it with --subnet, or give `sereno device probe` their address.",
            "Nada respondió. Los dispositivos pueden tener el descubrimiento (ONVIF) desactivado "
            "o estar en otra red: indíquela con --subnet, o dé su dirección a `sereno device "
            "probe`.",
        )
        print_line(text)


def _address(found: Shape) -> str:
    scheme, usual = ("https", 443) if found["is_tls"] else ("http", 80)
    port = "" if found["port"] == usual else f":{found['port']}"
    is_plain = not port and not found["is_tls"]
    return str(found["host"]) if is_plain else f"{scheme}://{found['host']}{port}"


def print_channels(found: Iterable[Shape]) -> None:
    """A line for each stream; the channel is named once."""
    heads = (
        "ID", say("NAME", "NOMBRE"), say("ONLINE", "EN LÍNEA"), say("STREAM", "FLUJO"),
        say("CODEC", "CÓDEC"), say("SIZE", "TAMAÑO"), "FPS", say("ADDRESS", "DIRECCIÓN"),
    )  # fmt: skip
    print_table(heads, [row for channel in found for row in _channel_rows(channel)])


def _channel_rows(channel: Shape) -> Iterator[tuple[object, ...]]:
    head: tuple[object, ...] = (channel["id"], channel["name"], _yes_no(channel["online"]))
    for stream in channel["streams"]:
        size = f"{stream['width']}×{stream['height']}" if stream["width"] else None
        yield (*head, stream["role"], stream["codec"], size, stream["fps"], stream["address"])
        head = (" ", " ", " ")
    if not channel["streams"]:
        yield (*head, None, None, None, None, None)


def print_footage(found: Sequence[Shape], zone: ZoneInfo) -> None:
    """The handle is what `download` takes. That a clock was put right is told."""
    heads = (say("FROM", "DESDE"), say("TO", "HASTA"), "MB", say("CAUSE", "MOTIVO"), "ITEM")
    print_table(heads, [
        (
            show_moment(each["start"], zone), show_moment(each["end"], zone),
            _megabytes(each["size_bytes"]), each["cause"], each["handle"],
        )
        for each in found
    ])  # fmt: skip
    if found and found[0]["start"] != found[0]["device_start"]:
        text = say(
            "The device's clock is off by {seconds:+.0f} s; these times are put right.",
            "El reloj del dispositivo se aparta {seconds:+.0f} s; estas horas están corregidas.",
        )
        print_line(text.format(seconds=found[0]["clock_offset_seconds"]))


def print_downloaded(done: Shape) -> None:
    """Where it is now."""
    text = say(
        "Written: {path} ({seconds:.0f} s, {codec})", "Escrito: {path} ({seconds:.0f} s, {codec})"
    )
    print_line(text.format(**done))
    if done["original"] is not None:
        print_line(say("Original: {original}", "Original: {original}").format(**done))


def print_event(event: DeviceEvent, zone: ZoneInfo, *, as_json: bool) -> None:
    """One line, as soon as it comes; for programs one JSON object a line."""
    shape = shape_of_event(event)
    if as_json:
        print_line(json.dumps(shape, ensure_ascii=False))
    else:
        where = "" if event.channel is None else say("channel {}", "canal {}").format(event.channel)
        words = (
            show_moment(shape["at"], zone),
            event.kind,
            where,
            pick(_STATES[event.state.value]),
        )
        print_line("  ".join(filter(None, words)))
    sys.stdout.flush()


def print_health(found: Shape) -> None:
    """Disks, then channels."""
    heads = (say("DISK", "DISCO"), say("STATE", "ESTADO"), "GB", say("FREE GB", "GB LIBRES"))
    print_table(heads, [
        (
            disk["name"] or disk["id"], pick(_DISKS[disk["state"]]),
            _gigabytes(disk["size_bytes"]), _gigabytes(disk["free_bytes"]),
        )
        for disk in found["disks"]
    ])  # fmt: skip
    print_line("")
    columns = (say("CHANNEL", "CANAL"), say("ONLINE", "EN LÍNEA"), say("RECORDING", "GRABA"))
    print_table(columns, [
        (each["channel"], _yes_no(each["online"]), _yes_no(each["recording"]))
        for each in found["channels"]
    ])  # fmt: skip


def print_advice(found: Iterable[Shape]) -> None:
    """What to change, by the device's own name of the setting."""
    given = list(found)
    if not given:
        print_line(say("There is nothing to change on it.", "No hay nada que cambiar en él."))
    for each in given:
        where = say("channel {}", "canal {}").format(each["channel"]) if each["channel"] else ""
        print_line(": ".join(filter(None, (where, say(each["en"], each["es"])))))
        print_line(f"    {each['setting']}")


@contextmanager
def looking_progress() -> Iterator[OnLooked]:
    """How far it is and how much was found, where a person looks on."""
    with share_progress() as progress:
        task = progress.add_task("", total=1.0)
        words = say("{} found", "{} encontrados")

        def show(looked: Looked) -> None:
            description = words.format(len(looked.found))
            progress.update(task, completed=looked.progress, description=description)

        show(Looked(0.0, ()))
        yield show


@contextmanager
def fetching_progress(name: str) -> Iterator[OnFetching]:
    """A bar of bytes while the device sends, and while it is put into MP4."""
    with download_progress() as progress:
        task = progress.add_task(name, total=None)

        def show(done: Fetching) -> None:
            of_seconds = f" {done.seconds:.0f} s" if done.seconds is not None else ""
            description = f"{name}, {pick(_STAGES[done.stage])}{of_seconds}"
            progress.update(
                task, completed=done.size_bytes, total=done.expected_bytes, description=description
            )

        yield show


def _yes_no(is_so: bool | None) -> str | None:
    return None if is_so is None else say("yes", "sí") if is_so else "no"


def _megabytes(size_bytes: int | None) -> str | None:
    return None if size_bytes is None else f"{size_bytes / 1e6:,.1f}"


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.0f}"
