"""`sereno cameras pause, unpause, record, why, enforce, snapshot`: what people ask for at once."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Conflict, Invalid, Words
from sereno.cli.camera_facts import state_name, words_of
from sereno.cli.finding import camera_ids
from sereno.cli.language import say
from sereno.cli.options import Camera, Cameras, Data, Json, Minutes, Output, Until

_EXISTS = Words(
    "{path} exists already. Choose another file, or give --force.",
    "{path} ya existe. Elija otro archivo o indique --force.",
)
_STOP_AND_END = Words(
    "--stop ends at once: give neither --minutes nor --until with it.",
    "--stop termina ya: no indique con él --minutes ni --until.",
)


def pause(
    cameras: Cameras,
    minutes: Minutes = None,
    until: Until = None,
    is_until_tomorrow: Annotated[
        bool,
        typer.Option(
            "--until-tomorrow",
            help=say("08:00 at the camera's site.", "08:00 en el sitio de la cámara."),
        ),
    ] = False,
    why: Annotated[
        str, typer.Option(help=say("Shown with the gap.", "Se muestra con el hueco."))
    ] = "",
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line
    from sereno.cli.times import show_moment

    api, zone = api_of(data), _zone(data)
    body = _end(minutes, until, zone) | {"until_tomorrow": is_until_tomorrow, "why": why}
    paused = api.post("pauses", body | {"camera_ids": camera_ids(api, cameras)})
    if as_json:
        return print_json(paused)
    text = say("“{name}” is paused until {end}.", "«{name}» está en pausa hasta {end}.")
    for camera in paused:
        end = show_moment(camera["pause"]["until"], zone)
        print_line(text.format(name=camera["name"], end=end))
    return None


def unpause(cameras: Cameras, as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    ended = [api.delete(f"cameras/{each}/pause") for each in camera_ids(api, cameras)]
    if as_json:
        return print_json(ended)
    text = say("“{name}” is not paused any more.", "«{name}» ya no está en pausa.")
    for camera in ended:
        print_line(text.format(name=camera["name"]))
    return None


def record(
    cameras: Cameras,
    minutes: Minutes = None,
    until: Until = None,
    is_stop: Annotated[
        bool,
        typer.Option("--stop", help=say("End what was started.", "Terminar lo que se inició.")),
    ] = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api, zone = api_of(data), _zone(data)
    end = _end(minutes, until, zone)
    if is_stop and end:
        raise Invalid("stop_and_end", _STOP_AND_END)
    places = [f"cameras/{each}/recording" for each in camera_ids(api, cameras)]
    found = [api.delete(place) if is_stop else api.post(place, end) for place in places]
    if as_json:
        return print_json(found)
    for camera in found:
        print_line(_manual(camera, zone))
    return None


def _manual(camera: dict[str, Any], zone: ZoneInfo) -> str:
    from sereno.cli.times import show_moment

    if camera["manual"] is None:
        text = say("“{name}”: schedules count again.", "«{name}»: vuelven a regir los horarios.")
        return text.format(name=camera["name"])
    end = show_moment(camera["manual"]["until"], zone)
    lasts = end or say("it is stopped", "que se pare")
    text = say("“{name}” is recorded until {end}.", "«{name}» se graba hasta {end}.")
    return text.format(name=camera["name"], end=lasts)


def why(camera: Camera, as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    api, zone = api_of(data), _zone(data)
    found = api.get(f"cameras/{api.camera(camera)['id']}/why")
    if as_json:
        return print_json(found)
    rows = [
        (say("should be recorded", "debe grabarse"), _decision(found["recording"], zone)),
        (say("because", "porque"), words_of(found["recording"]["why"])),
        (say("should be analysed", "debe analizarse"), _decision(found["analysis"], zone)),
        (say("because", "porque"), words_of(found["analysis"]["why"])),
        (say("state", "estado"), state_name(found["status"])),
        (say("reason", "motivo"), words_of(found["status"]["reason"])),
    ]
    if (node := found["node"]) is not None:
        rows.append((say("run by", "la lleva"), _node(node, zone)))
    return print_table((), rows)


def _decision(decision: dict[str, Any], zone: ZoneInfo) -> str:
    from sereno.cli.times import show_moment

    told = [say("yes", "sí") if decision["runs"] else say("no", "no")]
    if decision["runs"] and decision["profile"]:
        told.append(say("with profile {profile}", "con el perfil {profile}").format(**decision))
    if end := show_moment(decision["until"], zone):
        told.append(say("until {end}", "hasta {end}").format(end=end))
    return ", ".join(told)


def _node(node: dict[str, Any], zone: ZoneInfo) -> str:
    """The node's name; where it needs a lease, with that."""
    from sereno.cli.times import show_moment

    if node["number"] is None:
        return str(node["node"])
    text = say("{node} (lease {number}, until: {end})", "{node} (derecho {number}, hasta: {end})")
    end = show_moment(node["expires_at"], zone) or say("no end yet", "sin fin todavía")
    return text.format(**node, end=end)


def enforce(
    cameras: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CAMERA…]", help=say("Default: all.", "Por omisión, todas.")),
    ] = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    asked = api.post("enforce", {"camera_ids": camera_ids(api, cameras) if cameras else None})
    if as_json:
        return print_json(asked)
    text = say("Nodes act now. Cameras: {cameras}.", "Los nodos actúan ya. Cámaras: {cameras}.")
    return print_line(text.format(**asked))


def snapshot(
    camera: Camera,
    output: Output,
    is_forced: Annotated[
        bool, typer.Option("--force", help=say("Replace the file.", "Reemplazar el archivo."))
    ] = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_line
    from sereno.cli.times import show_moment

    if output.exists() and not is_forced:
        raise Conflict("file_exists", _EXISTS.fill(path=output), field="output")
    api = api_of(data)
    answer = api.fetch(f"cameras/{api.camera(camera)['id']}/snapshot.jpg")
    output.write_bytes(answer.content)
    taken = answer.headers.get("Last-Modified")
    moment = parsedate_to_datetime(taken).isoformat() if taken else None
    text = say("Picture of {moment} written: {path}", "Imagen de {moment} escrita: {path}")
    print_line(text.format(moment=show_moment(moment, _zone(data)) or "–", path=output))


def _zone(data: Path | None) -> ZoneInfo:
    from sereno.box.settings import load_settings

    return ZoneInfo(load_settings(data=data).time_zone)


def _end(minutes: int | None, until: str | None, zone: ZoneInfo) -> dict[str, Any]:
    """As the API has ends; nothing where nothing was said."""
    from sereno.cli.times import parse_moment

    body: dict[str, Any] = {} if minutes is None else {"minutes": minutes}
    if until is not None:
        body["until"] = parse_moment(until, zone, datetime.now(UTC)).isoformat()
    return body
