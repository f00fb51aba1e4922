"""`sereno cameras`: what is watched."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli import diagnose, moments, status
from sereno.cli.camera_facts import facts_of, state_name, words_of
from sereno.cli.finding import find
from sereno.cli.language import say
from sereno.cli.options import (
    Budget,
    Camera,
    Cpus,
    Data,
    Engine,
    Json,
    Nice,
    Now,
    OwnNode,
    PasswordFile,
    Profile,
    Sound,
    Standby,
    SubAddress,
    Sure,
    Transport,
    User,
    group,
    part_of,
)
from sereno.policy.knob_list import parse_knobs

if TYPE_CHECKING:
    from sereno.box.api import Api

app = group(
    say("Cameras: add, list, show, change, remove.", "Cámaras: añadir, ver, cambiar, quitar.")
)

ADDRESS_HELP = "rtsp(s)://host:554/path, http(s)://…, rtmp://…, v4l2:///dev/video0"

_UNSAID = {
    "engine": "engine",
    "transport": "transport",
    "sound": "records_sound",
    "nice": "nice",
    "cpus": "cpu_affinity",
}
Unset = Annotated[
    list[str] | None,
    typer.Option(
        "--unset",
        metavar="PART",
        help=say(
            "Leave engine, transport, sound, nice or cpus to its profile and the default.",
            "Dejar engine, transport, sound, nice o cpus a su perfil y a lo normal.",
        ),
    ),
]

_NO_PASSWORD = Words(
    "A user name needs a password. Give it with --password-file or SERENO_CAMERA_PASSWORD.",
    "Un usuario necesita contraseña. Indíquela con --password-file o SERENO_CAMERA_PASSWORD.",
)
_NOTHING_GIVEN = Words(
    "Nothing to change was given. `sereno cameras change --help` shows what can be.",
    "No se indicó nada que cambiar. `sereno cameras change --help` muestra qué se puede.",
)
_NO_FILE = Words(
    "The password file {path} cannot be read. Check its path and permissions.",
    "No se puede leer el archivo de contraseña {path}. Revise su ruta y sus permisos.",
)


@app.command("add", help=say("Add a camera and record it.", "Añadir una cámara y grabarla."))
def add(
    name: Annotated[str, typer.Argument(help=say("As people call it.", "Como la llaman."))],
    address: Annotated[str, typer.Argument(help=ADDRESS_HELP)],
    username: User = None,
    password_file: PasswordFile = None,
    engine: Engine = None,
    transport: Transport = None,
    records_sound: Sound = None,
    budget_gb: Budget = None,
    sub_address: SubAddress = None,
    profile: Profile = None,
    nice: Nice = None,
    cpus: Cpus = None,
    node: OwnNode = None,
    standby: Standby = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    password = ask_password(password_file, is_needed=needs_password(address, username))
    body = {"name": name, "address": address} | _given(username=username, password=password)
    body |= _manners(engine, transport, records_sound, budget_gb)
    body |= _given(sub_address=sub_address, nice=nice, cpu_affinity=_cpus(cpus))
    api = api_of(data)
    body |= _nodes(api, node, standby or None)
    # Looked up before: a camera whose profile there is not is not added.
    profile_id = find(api, "profiles", profile)["id"] if profile else None
    camera = api.post("cameras", body)
    if profile_id is not None:
        choice = {"profile_id": profile_id, "applies": "now"}
        camera = api.put(f"cameras/{camera['id']}/profile", choice)
    if as_json:
        return print_json(camera)
    text = say("“{name}” was added (id {id}).", "Se añadió «{name}» (id {id}).")
    return print_line(text.format(**camera))


@app.command("change", help=say("Change what is given.", "Cambiar lo que se indica."))
def change(
    camera: Camera,
    name: Annotated[str | None, typer.Option(help=say("A new name.", "Nombre nuevo."))] = None,
    address: Annotated[str | None, typer.Option(help=ADDRESS_HELP)] = None,
    username: User = None,
    password_file: PasswordFile = None,
    engine: Engine = None,
    transport: Transport = None,
    records_sound: Sound = None,
    budget_gb: Budget = None,
    sub_address: SubAddress = None,
    profile: Profile = None,
    is_now: Now = False,
    nice: Nice = None,
    cpus: Cpus = None,
    node: OwnNode = None,
    standby: Standby = None,
    unset: Unset = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    body = _given(name=name, address=address, username=username)
    body |= _manners(engine, transport, records_sound, budget_gb)
    if password_file is not None or username is not None or address is not None:
        is_needed = needs_password(address or "", username)
        body |= _given(password=ask_password(password_file, is_needed=is_needed))
    body |= _given(sub_address=sub_address, nice=nice, cpu_affinity=_cpus(cpus))
    body |= {part_of(part, _UNSAID): None for part in unset or ()}
    if not body and node is None and standby is None and profile is None:
        raise Invalid("nothing_given", _NOTHING_GIVEN)
    api = api_of(data)
    body |= _nodes(api, node, standby)
    profile_id = find(api, "profiles", profile)["id"] if profile else None
    place = f"cameras/{api.camera(camera)['id']}"
    changed = api.patch(place, body) if body else {}
    if profile is not None:
        applies = "now" if is_now else "next_spawn"
        changed = api.put(f"{place}/profile", {"profile_id": profile_id, "applies": applies})
    if as_json:
        return print_json(changed)
    return print_line(say("“{name}” was changed.", "Se cambió «{name}».").format(**changed))


@app.command(
    "try-again",
    help=say(
        "Forget what worked and what was refused, and try again.",
        "Olvidar lo que servía y lo que se rechazó, y probar de nuevo.",
    ),
)
def try_again(camera: Camera, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_line

    api = api_of(data)
    found = api.post(f"cameras/{api.camera(camera)['id']}/try-again", {})
    text = say("“{name}” is being tried again.", "Se prueba de nuevo «{name}».")
    print_line(text.format(**found))


@app.command(
    "give-back",
    help=say(
        "Let the node that took it over give it back to its own.",
        "Que el nodo que la relevó la devuelva al suyo.",
    ),
)
def give_back(camera: Camera, as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    found = api.post(f"cameras/{api.camera(camera)['id']}/give-back", {})
    if as_json:
        return print_json(found)
    lease = found["lease"]
    if lease is None or not lease["is_ending"]:
        text = say("“{name}” is with its own node.", "«{name}» está con su propio nodo.")
    else:
        text = say(
            "“{name}” goes back to its own node when {node} has stopped, within a minute.",
            "«{name}» vuelve a su propio nodo cuando {node} pare, en menos de un minuto.",
        )
    return print_line(text.format(name=found["name"], node=lease and lease["node"]))


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
            (
                camera["name"],
                state_name(camera["status"]),
                words_of(camera["status"]["reason"]),
                camera["id"],
            )
            for camera in cameras
        ],
    )


@app.command("show", help=say("Everything about one camera.", "Todo sobre una cámara."))
def show(camera: Camera, as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    found = api_of(data).camera(camera)
    if as_json:
        return print_json(found)
    return print_table((), facts_of(found, ZoneInfo(load_settings(data=data).time_zone)))


@app.command("remove", help=say("Stop and forget a camera.", "Detener y olvidar una cámara."))
def remove(
    camera: Camera,
    is_sure: Sure = False,
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


def _given(**fields: object) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def _manners(
    engine: str | None,
    transport: str | None,
    records_sound: bool | None,
    budget_gb: float | None,
) -> dict[str, Any]:
    """How it is recorded, as far as it was given."""
    budget_bytes = None if budget_gb is None else round(budget_gb * 1e9)
    return _given(
        engine=engine,
        transport=transport,
        records_sound=records_sound,
        budget_bytes=budget_bytes,
    )


def _nodes(api: Api, node: str | None, standby: str | None) -> dict[str, Any]:
    """Who is to run it and who stands by, as far as it was given; an empty one is none."""
    given = _given(node_id=node, standby_node_id=standby)
    return {name: find(api, "nodes", said)["id"] if said else None for name, said in given.items()}


def _cpus(text: str | None) -> list[int] | None:
    """CPUs by number from `0-1,4`. Raises Invalid."""
    if text is None:
        return None
    return list(parse_knobs({"cpu_affinity": text}).cpu_affinity or ())


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


for _name, _command, _help in (
    ("status", status.status, say("What each does, and why.", "Qué hace cada una y por qué.")),
    ("why", moments.why, say("Should it run now, and why.", "Si debe funcionar ahora y por qué.")),
    ("pause", moments.pause, say("Record nothing for a while.", "No grabar nada por un tiempo.")),
    ("unpause", moments.unpause, say("End a pause.", "Terminar una pausa.")),
    (
        "record",
        moments.record,
        say("Record whatever schedules say.", "Grabar digan lo que digan los horarios."),
    ),
    ("enforce", moments.enforce, say("Let nodes act now.", "Que los nodos actúen ya.")),
    (
        "diagnose",
        diagnose.diagnose,
        say("Try it step by step, and what to change.", "Probarla paso a paso, y qué cambiar."),
    ),
    ("snapshot", moments.snapshot, say("The newest picture.", "La imagen más reciente.")),
):
    app.command(_name, help=_help)(_command)
