"""`sereno cameras`: what is watched."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli.language import is_spanish, say
from sereno.cli.options import Camera, Data, Json, PasswordFile, User, group

app = group(say("Cameras: add, list, show, remove.", "Cámaras: agregar, ver, quitar."))

_NO_PASSWORD = Words(
    "A user name needs a password. Give it with --password-file or SERENO_CAMERA_PASSWORD.",
    "Un usuario necesita contraseña. Indíquela con --password-file o SERENO_CAMERA_PASSWORD.",
)
_NO_FILE = Words(
    "The password file {path} cannot be read. Check its path and permissions.",
    "No se puede leer el archivo de contraseña {path}. Revise su ruta y sus permisos.",
)


@app.command("add", help=say("Add a camera and record it.", "Agregar una cámara y grabarla."))
def add(
    name: Annotated[str, typer.Argument(help=say("As people call it.", "Como la llaman."))],
    address: Annotated[str, typer.Argument(help="rtsp://host:554/path")],
    username: User = None,
    password_file: PasswordFile = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    body: dict[str, Any] = {"name": name, "address": address}
    if username is not None:
        body["username"] = username
    password = ask_password(password_file, is_needed=needs_password(address, username))
    if password is not None:
        body["password"] = password
    camera = api_of(data).post("cameras", body)
    if as_json:
        return print_json(camera)
    text = say("“{name}” was added (id {id}).", "Se agregó «{name}» (id {id}).")
    return print_line(text.format(**camera))


@app.command("list", help=say("All cameras and their state.", "Todas las cámaras y su estado."))
def list_cameras(as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    cameras = api_of(data).get("cameras")
    if as_json:
        return print_json(cameras)
    heads = (say("NAME", "NOMBRE"), say("STATE", "ESTADO"), say("REASON", "MOTIVO"), "ID")
    return print_table(
        heads,
        [
            (camera["name"], state_name(camera["status"]), _reason(camera), camera["id"])
            for camera in cameras
        ],
    )


@app.command("show", help=say("Everything about one camera.", "Todo sobre una cámara."))
def show(camera: Camera, as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    found = api_of(data).camera(camera)
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    status = found["status"]
    return print_table(
        (),
        [
            (say("name", "nombre"), found["name"]),
            ("id", found["id"]),
            (say("address", "dirección"), found["address"]),
            (say("user", "usuario"), found["username"]),
            (say("state", "estado"), state_name(status)),
            (say("reason", "motivo"), _reason(found)),
            (say("picture", "imagen"), _picture(status)),
            (say("newest", "última imagen"), show_moment(status["newest_at"], zone)),
            (say("command", "orden"), status["effective_args"]),
        ],
    )


@app.command("remove", help=say("Stop and forget a camera.", "Detener y olvidar una cámara."))
def remove(
    camera: Camera,
    is_sure: Annotated[
        bool, typer.Option("--yes", "-y", help=say("Ask nothing.", "No preguntar nada."))
    ] = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_line

    api = api_of(data)
    found = api.camera(camera)
    question = say(
        "Remove “{name}”? Its footage stays on disk.",
        "¿Quitar «{name}»? Sus grabaciones quedan en el disco.",
    )
    if not is_sure:
        typer.confirm(question.format(**found), abort=True)
    api.delete(f"cameras/{found['id']}")
    print_line(say("“{name}” was removed.", "Se quitó «{name}».").format(**found))


def needs_password(address: str, username: str | None) -> bool:
    """Whether a user is named and no password with it."""
    parts = urlsplit(address)
    return bool(username or parts.username) and not parts.password


def ask_password(file: Path | None, *, is_needed: bool) -> str | None:
    """From the file, the environment, or the person; None where none is needed. Raises Invalid."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except OSError:
            raise Invalid("password_file", _NO_FILE.fill(path=file), field="password") from None
    if (given := os.environ.get("SERENO_CAMERA_PASSWORD")) is not None:
        return given
    if not is_needed:
        return None
    if not sys.stdin.isatty():
        raise Invalid("no_password", _NO_PASSWORD, field="password")
    return str(typer.prompt(say("Password", "Contraseña"), hide_input=True, err=True))


_STATES = {
    "recording": Words("recording", "grabando"),
    "connecting": Words("connecting", "conectando"),
    "waiting": Words("waiting to try again", "a la espera de reintentar"),
    "failed": Words("failed", "fallida"),
    "stalled": Words("no picture", "sin imagen"),
    "no_disk": Words("no disk space", "sin espacio en disco"),
    "node_offline": Words("node offline", "nodo sin conexión"),
    "not_assigned": Words("not assigned", "sin asignar"),
}


def state_name(status: dict[str, Any]) -> str:
    """The state in the person's words; one that is not known here as it came."""
    state = str(status["state"])
    known = _STATES.get(state)
    return say(*known) if known else state


def _reason(camera: dict[str, Any]) -> str:
    reason = camera["status"]["reason"]
    return str(reason["es" if is_spanish() else "en"]) if reason else ""


def _picture(status: dict[str, Any]) -> str:
    if not status["codec"]:
        return ""
    megabits = status["bitrate_bps"] / 1e6
    size = f"{status['width']}×{status['height']}"
    return f"{status['codec']}, {size}, {status['fps']:.1f} fps, {megabits:.2f} Mbit/s"
