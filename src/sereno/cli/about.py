"""Small commands about Sereno itself: version, settings, nodes, the administrator's link."""

from __future__ import annotations

import json
import subprocess
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Unavailable, Words
from sereno.cli.language import say
from sereno.cli.options import Data, Json, group

settings = group(say("Settings.", "Ajustes."))
nodes = group(say("Nodes.", "Nodos."))
admin = group(say("Administration.", "Administración."))

_NO_LINK = Words(
    "No link could be made. With SERENO_DEBUG=1 the reason is shown.",
    "No se pudo crear el enlace. Con SERENO_DEBUG=1 se muestra el motivo.",
)


def version(as_json: Json = False) -> None:
    from sereno import __version__
    from sereno.box.version import FORMATS
    from sereno.cli.terminal import print_json, print_line

    if as_json:
        return print_json({"version": __version__, "formats": dict(FORMATS)})
    return print_line(f"sereno {__version__}")


@settings.command("example", help=say("The text of .env.example.", "El texto de .env.example."))
def settings_example() -> None:
    import sys

    from sereno.box.example import example

    sys.stdout.write(example())


@nodes.command("list", help=say("Nodes and how they are.", "Los nodos y cómo están."))
def list_nodes(as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    found = api_of(data).get("nodes")
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    online, offline = say("online", "en línea"), say("offline", "sin conexión")
    heads = (
        say("NAME", "NOMBRE"),
        say("STATE", "ESTADO"),
        say("LAST SEEN", "VISTO"),
        say("DISKS", "DISCOS"),
        say("NOT REPORTED", "SIN INFORMAR"),
        "ID",
    )
    return print_table(
        heads,
        [
            (
                node["name"],
                online if node["is_online"] else offline,
                show_moment(node["last_seen"], zone),
                _disks(node["volumes"]),
                node["backlog"],
                node["id"],
            )
            for node in found
        ],
    )


_DISK_STATES = {
    "missing": Words("not there", "no está"),
    "full": Words("full", "lleno"),
    "failing": Words("failing", "con fallos"),
    "slow": Words("too slow", "demasiado lento"),
}


def _disks(volumes: list[dict[str, Any]]) -> str:
    """Each disk for footage: where it is, what room is left, and what is wrong with it."""
    free = say("free", "libres")
    told = []
    for volume in volumes:
        state = str(volume["state"])
        known = _DISK_STATES.get(state)
        trouble = "" if state == "ok" else f" ({say(*known) if known else state})"
        told.append(f"{volume['path']}: {volume['free_bytes'] / 1e9:.1f} GB {free}{trouble}")
    return "\n".join(told)


@admin.command(
    "link",
    help=say(
        "A new one-time link to choose an administrator's password.",
        "Un enlace nuevo, de un solo uso, para elegir la contraseña de administración.",
    ),
)
def link(
    username: Annotated[
        str | None,
        typer.Argument(
            metavar="[USER]",
            help=say("Whose; the first one.", "De quién; por omisión, el primero."),
        ),
    ] = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.box.address import read_address
    from sereno.box.database import served
    from sereno.box.fleet import environment, own_command
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_json, print_line

    box = load_settings(data=data)
    words = [] if username is None else [username]
    with served(box):
        # A process of its own: Django stays out of this one.
        done = subprocess.run(
            own_command("hub", "link", *words),
            env=environment(box),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        told = done.stderr.strip().splitlines()
        raise Unavailable("no_link", Words(*told[-2:]) if len(told) > 1 else _NO_LINK)
    token = json.loads(done.stdout.splitlines()[-1])["setup_token"]
    running = read_address(box.data_dir)
    address = f"{running.public_url if running else box.public_url}/setup#{token}"
    if as_json:
        return print_json({"link": address})
    return print_line(address)
