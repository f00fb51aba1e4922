"""`sereno clips`: pieces of footage that the box makes and keeps as files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Conflict, Unavailable, Words
from sereno.cli.finding import find
from sereno.cli.language import is_spanish, pick, say
from sereno.cli.options import Camera, Data, From, Json, OfCameras, Sure, To, group

if TYPE_CHECKING:
    from sereno.box.api import Api

app = group(say("Clips: footage as files that are kept.", "Clips: grabaciones en archivo."))

LOOK_SECONDS = 1.0
# Between tries that bring nothing: a node that was restarted is back by then.
AGAIN_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
CHUNK_BYTES = 1 << 18
Clip = Annotated[str, typer.Argument(metavar="CLIP", help=say("Name or id.", "Nombre o id."))]
Name = Annotated[str | None, typer.Option("--name", help=say("How to call it.", "Cómo llamarlo."))]
Stream = Annotated[Literal["main", "sub"], typer.Option(help=say("Which stream.", "Qué flujo."))]
KeepDays = Annotated[
    int | None,
    typer.Option(
        min=1,
        help=say("Delete it after so many days.", "Borrarlo después de tantos días."),
    ),
]
Wait = Annotated[
    bool,
    typer.Option(
        "--wait/--no-wait", help=say("Until it is ready.", "Esperar hasta que esté listo.")
    ),
]
File = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help=say(
            "Where to write it; else by its name.", "Dónde escribirlo; si no, según su nombre."
        ),
    ),
]
Forced = Annotated[
    bool, typer.Option("--force", help=say("Replace the file.", "Reemplazar el archivo."))
]
Sidecar = Annotated[
    bool,
    typer.Option(
        "--sidecar",
        help=say("Also the JSON that says what it is.", "También el JSON que dice qué es."),
    ),
]

_STATES = {
    "waiting": Words("waits", "espera"),
    "making": Words("is being made", "se está haciendo"),
    "ready": Words("ready", "listo"),
    "failed": Words("failed", "falló"),
}
_EXISTS = Words(
    "{path} exists already. Choose another file, or give --force.",
    "{path} ya existe. Elija otro archivo o indique --force.",
)
_FAILED = Words(
    "The clip cannot be made. {why}",
    "No se puede hacer el clip. {why}",
)
_SPOILT = Words(
    "What came is not the clip: its digest differs. Download it again.",
    "Lo que llegó no es el clip: su huella no coincide. Descárguelo de nuevo.",
)


@app.command(
    "list", help=say("All clips, the newest first.", "Todos los clips, primero el último.")
)
def list_clips(cameras: OfCameras = None, as_json: Json = False, data: Data = None) -> None:
    from sereno.box.api import Api
    from sereno.box.settings import load_settings
    from sereno.cli.finding import camera_ids
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    settings = load_settings(data=data)
    zone, api = ZoneInfo(settings.time_zone), Api.of(settings.data_dir)
    wanted = camera_ids(api, cameras or ())
    found = [each for each in api.get("clips") if not wanted or each["camera_id"] in wanted]
    if as_json:
        return print_json(found)
    heads = (
        say("NAME", "NOMBRE"), say("CAMERA", "CÁMARA"), say("FROM", "DESDE"), say("TO", "HASTA"),
        say("STATE", "ESTADO"), "MB", "ID",
    )  # fmt: skip
    return print_table(heads, [
        (
            each["name"], each["camera"], show_moment(each["from"], zone),
            show_moment(each["to"], zone), _state(each), _megabytes(each["size_bytes"]), each["id"],
        )
        for each in found
    ])  # fmt: skip


@app.command("make", help=say("Make one and keep it.", "Hacer uno y guardarlo."))
def make_clip(
    camera: Camera,
    start: From,
    end: To,
    name: Name = None,
    stream: Stream = "main",
    keep_days: KeepDays = None,
    waits: Wait = True,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.box.api import Api
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_json, print_line
    from sereno.cli.times import parse_span

    settings, now = load_settings(data=data), datetime.now(UTC)
    span = parse_span(start, end, ZoneInfo(settings.time_zone), now)
    api = Api.of(settings.data_dir)
    order: dict[str, Any] = {
        "camera_id": api.camera(camera)["id"],
        "stream": stream,
        "from": span[0].isoformat(),
        "to": span[1].isoformat(),
        "name": name,
    }
    if keep_days is not None:
        order["expires_at"] = (now + timedelta(days=keep_days)).isoformat()
    clip = api.post("clips", order)
    if waits:
        clip = _until_made(api, clip)
    if as_json:
        return print_json(clip)
    told = say("The clip “{name}” {state} (id {id}).", "El clip «{name}»: {state} (id {id}).")
    return print_line(told.format(name=clip["name"], state=_state(clip), id=clip["id"]))


@app.command("download", help=say("Fetch one; goes on where it broke off.",
                                  "Traer uno; sigue donde se interrumpió."))  # fmt: skip
def download_clip(
    name: Clip,
    output: File = None,
    is_forced: Forced = False,
    with_sidecar: Sidecar = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    clip = _until_made(api, find(api, "clips", name))
    path = output or Path(_file_name(clip["name"]))
    if path.exists() and not is_forced:
        raise Conflict("file_exists", _EXISTS.fill(path=path), field="output")
    _download(api, clip, path)
    if with_sidecar:
        ticket = api.post(f"clips/{clip['id']}/ticket", {})["ticket"]
        beside = path.with_suffix(".json")
        beside.write_bytes(api.media(f"clips/{clip['id']}.json", ticket).content)
    if as_json:
        return print_json(clip | {"path": str(path)})
    return print_line(say("Clip written: {path}", "Clip escrito: {path}").format(path=path))


@app.command("delete", help=say("The file goes; its footage stays.",
                                "El archivo se borra; la grabación queda."))  # fmt: skip
def delete_clip(name: Clip, is_sure: Sure = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_line

    api = api_of(data)
    clip = find(api, "clips", name)
    if not is_sure:
        question = say("Delete the clip “{name}”?", "¿Borrar el clip «{name}»?")
        typer.confirm(question.format(**clip), abort=True)
    api.delete(f"clips/{clip['id']}")
    print_line(say("“{name}” was deleted.", "Se borró «{name}».").format(**clip))


def _state(clip: dict[str, Any]) -> str:
    told = pick(_STATES[clip["state"]])
    if clip["state"] == "making" and clip["size_bytes"]:
        return f"{told} ({clip['done_bytes'] * 100 // clip['size_bytes']} %)"
    why = clip["reason"]
    return f"{told}: {why['es' if is_spanish() else 'en']}" if why else told


def _megabytes(size_bytes: int | None) -> str | None:
    return None if size_bytes is None else f"{size_bytes / 1_000_000:,.1f}"


def _until_made(api: Api, clip: dict[str, Any]) -> dict[str, Any]:
    """The clip once it is ready, with a bar meanwhile. Raises Conflict where it never will be."""
    import time

    from sereno.cli.terminal import download_progress

    with download_progress() as progress:
        task = progress.add_task(clip["name"], total=clip["size_bytes"])
        while clip["state"] in {"waiting", "making"}:
            description = clip["name"] if clip["state"] == "making" else _state(clip)
            progress.update(
                task, total=clip["size_bytes"], completed=clip["done_bytes"],
                description=description,
            )  # fmt: skip
            time.sleep(LOOK_SECONDS)
            clip = api.get(f"clips/{clip['id']}")
    if clip["state"] == "failed":
        why = Words(clip["reason"]["en"], clip["reason"]["es"])
        words = Words(_FAILED.en.format(why=why.en), _FAILED.es.format(why=why.es))
        raise Conflict("clip_failed", words)
    return clip


def _download(api: Api, clip: dict[str, Any], path: Path) -> None:
    """The whole clip under its name; what came of it so far as `.part`, to go on with.

    A line that breaks is taken up again, until tries bring nothing for a minute.
    """
    import time

    from sereno.cli.terminal import download_progress

    part, pauses = path.with_name(f"{path.name}.part"), iter(AGAIN_SECONDS)
    with download_progress() as progress:
        task = progress.add_task(path.name, total=clip["size_bytes"])
        while (size_bytes := _size_of(part)) < clip["size_bytes"]:
            failure: Unavailable | None = None
            try:
                for done_bytes in _fetch(api, clip, part, size_bytes):
                    progress.update(task, completed=done_bytes)
            except Unavailable as error:
                failure = error
            if _size_of(part) != size_bytes:
                pauses = iter(AGAIN_SECONDS)
            elif (pause := next(pauses, None)) is not None:
                time.sleep(pause)
            else:
                raise failure or Unavailable("clip_spoilt", _SPOILT)
    if _digest(part) != clip["sha256"]:
        part.unlink()
        raise Unavailable("clip_spoilt", _SPOILT)
    part.replace(path)


def _fetch(api: Api, clip: dict[str, Any], part: Path, start: int) -> Any:
    """Go on at byte `start`; how much there is after each piece. Raises Unavailable."""
    ticket = api.post(f"clips/{clip['id']}/ticket", {})["ticket"]
    headers = {"Range": f"bytes={start}-", "If-Range": f'"{clip["sha256"]}"'}
    with api.media_stream(f"clips/{clip['id']}.mp4", ticket, headers) as answer:
        is_rest = answer.status_code == 206
        with part.open("ab" if is_rest else "wb") as file:
            for chunk in answer.iter_bytes(CHUNK_BYTES):
                file.write(chunk)
                yield file.tell()


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_name(name: str) -> str:
    return f"{name.replace('/', '_')}.mp4"
