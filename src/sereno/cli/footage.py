"""`sereno timeline` and `sereno clip`: what was recorded, and a piece of it as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Conflict, Unavailable, Words
from sereno.cli.language import is_spanish, say
from sereno.cli.options import Camera, Data, From, Json, Output, To

if TYPE_CHECKING:
    from sereno.box.api import Api

_EXISTS = Words(
    "{path} exists already. Choose another file, or give --force.",
    "{path} ya existe. Elija otro archivo o indique --force.",
)
_CUT_OFF = Words(
    "The clip broke off after {got} of {size} bytes. Try again.",
    "El clip se interrumpió tras {got} de {size} bytes. Inténtelo de nuevo.",
)


def timeline(
    camera: Camera, start: From, end: To = "now", as_json: Json = False, data: Data = None
) -> None:
    from sereno.box.api import Api
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import parse_span

    settings = load_settings(data=data)
    zone = ZoneInfo(settings.time_zone)
    span = parse_span(start, end, zone, datetime.now(UTC))
    api = Api.of(settings.data_dir)
    camera_id = api.camera(camera)["id"]
    query = {"from": span[0].isoformat(), "to": span[1].isoformat()}
    found = api.get(f"cameras/{camera_id}/timeline", **query)
    if as_json:
        return print_json(found)
    heads = (say("FROM", "DESDE"), say("TO", "HASTA"), say("WHAT", "QUÉ"))
    return print_table(heads, _rows(found, zone))


def _rows(found: dict[str, Any], zone: ZoneInfo) -> Iterator[tuple[str | None, str | None, str]]:
    """Footage, gaps and what is not known yet, in the order of time."""
    from sereno.cli.times import show_moment

    language = "es" if is_spanish() else "en"
    unknown = say("not reported yet", "aún sin informe")
    told = [
        *((span, _covered(span)) for span in found["covered"]),
        *((span, span["reason"][language]) for span in found["gaps"]),
        *((span, unknown) for span in found["unreported"]),
    ]
    for span, what in sorted(told, key=lambda pair: datetime.fromisoformat(pair[0]["from"])):
        yield show_moment(span["from"], zone), show_moment(span["to"], zone), what


def _covered(span: dict[str, Any]) -> str:
    what = say("recording", "grabando") if span["is_open"] else say("recorded", "grabado")
    if not span["damaged_seconds"]:
        return what
    damage = say(
        "{what}; {seconds:.1f} s of it may be damaged: part of the video was lost on the way",
        "{what}; {seconds:.1f} s pueden estar dañados: parte del vídeo se perdió en el camino",
    )
    return damage.format(what=what, seconds=span["damaged_seconds"])


def clip(
    camera: Camera,
    start: From,
    end: To,
    output: Output,
    is_forced: Annotated[
        bool, typer.Option("--force", help=say("Replace the file.", "Reemplazar el archivo."))
    ] = False,
    data: Data = None,
) -> None:
    from sereno.box.api import Api
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_line
    from sereno.cli.times import parse_span

    if output.exists() and not is_forced:
        raise Conflict("file_exists", _EXISTS.fill(path=output), field="output")
    settings = load_settings(data=data)
    span = parse_span(start, end, ZoneInfo(settings.time_zone), datetime.now(UTC))
    api = Api.of(settings.data_dir)
    order = {
        "camera_id": api.camera(camera)["id"],
        "purpose": "clip",
        "from": span[0].isoformat(),
        "to": span[1].isoformat(),
    }
    _download(api, api.post("tickets", order)["ticket"], output)
    print_line(say("Clip written: {path}", "Clip escrito: {path}").format(path=output))


def _download(api: Api, ticket: str, output: Path) -> None:
    """The whole clip under its name, or what came of it as `.part`."""
    from sereno.cli.terminal import download_progress

    part = output.with_name(f"{output.name}.part")
    with (
        api.media_stream("clip.mp4", ticket) as answer,
        part.open("wb") as file,
        download_progress() as progress,
    ):
        size_bytes = int(answer.headers["Content-Length"])
        task = progress.add_task(output.name, total=size_bytes)
        for chunk in answer.iter_bytes(1 << 18):
            file.write(chunk)
            progress.update(task, completed=file.tell())
        got_bytes = file.tell()
    if got_bytes != size_bytes:
        raise Unavailable("clip_cut_off", _CUT_OFF.fill(got=got_bytes, size=size_bytes))
    part.replace(output)
