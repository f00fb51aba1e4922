"""`sereno users`: who there is, and what each may do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from sereno.accounts.rules import ROLE_NAMES, Role
from sereno.base.errors import Invalid, Words
from sereno.cli.finding import pick_one
from sereno.cli.language import pick, say
from sereno.cli.options import Data, Json, group

if TYPE_CHECKING:
    from sereno.box.api import Api

app = group(say("People and what they may do.", "Personas y lo que pueden hacer."))

Name = Annotated[str, typer.Argument(metavar="USER", help=say("Name or id.", "Nombre o id."))]
RoleName = Literal["viewer", "operator", "administrator"]
_ROLES = say(
    "viewer: looks; operator: also pauses, records by hand, enforces, diagnoses, searches "
    "recorders, makes clips, shares layouts; administrator: all.",
    "viewer: mira; operator: además pausa, graba a mano, aplica, diagnostica, busca en grabadores, "
    "hace clips, comparte distribuciones; administrator: todo.",
)
_NOTHING_GIVEN = Words(
    "Nothing to change was given. `sereno users change --help` shows what can be.",
    "No se indicó nada que cambiar. `sereno users change --help` muestra qué se puede.",
)


@app.command("list", help=say("Everybody.", "Todas las personas."))
def list_users(as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    found = api_of(data).get("users")
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    heads = (
        say("NAME", "NOMBRE"),
        say("ROLE", "ROL"),
        say("MAY SIGN IN", "PUEDE ENTRAR"),
        say("LAST SIGNED IN", "ÚLTIMO ACCESO"),
        "ID",
    )
    rows = [
        (
            each["username"],
            _role(each),
            say("yes", "sí") if each["is_active"] else say("no", "no"),
            show_moment(each["last_login"], zone),
            each["id"],
        )
        for each in found
    ]
    return print_table(heads, rows)


@app.command("add", help=say("Tells the link to choose a password.", "Da el enlace de contraseña."))
def add(
    name: Annotated[str, typer.Argument(help=say("To sign in with.", "Para entrar."))],
    role: Annotated[RoleName, typer.Option(help=_ROLES)] = "viewer",
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    made = api.post("users", {"username": name, "role": role})
    made["setup_link"] = _whole(made["setup_link"], data)
    return print_json(made) if as_json else print_line(made["setup_link"])


@app.command("change", help=say("Role, or access.", "El rol o el acceso."))
def change(
    name: Name,
    role: Annotated[RoleName | None, typer.Option(help=_ROLES)] = None,
    is_active: Annotated[
        bool | None,
        typer.Option("--let-in/--keep-out", help=say("May sign in.", "Puede entrar.")),
    ] = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    if role is None and is_active is None:
        raise Invalid("nothing_given", _NOTHING_GIVEN)
    api = api_of(data)
    body = {"role": role, "is_active": is_active}
    changed = api.patch(f"users/{_find(api, name)['id']}", body)
    if as_json:
        return print_json(changed)
    text = say("“{username}” is {name} now.", "«{username}» es ahora {name}.")
    if not changed["is_active"]:
        text = say("“{username}” is kept out.", "«{username}» no puede entrar.")
    return print_line(text.format(username=changed["username"], name=_role(changed)))


@app.command("link", help=say("A new link to choose a password.", "Otro enlace de contraseña."))
def link(name: Name, as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    made = api.post(f"users/{_find(api, name)['id']}/setup-link", {})
    address = _whole(made["setup_link"], data)
    return print_json({"setup_link": address}) if as_json else print_line(address)


@app.command(
    "tokens", help=say("Programs' tokens of a person.", "Claves de programas de una persona.")
)
def tokens(name: Name, as_json: Json = False, data: Data = None) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    api = api_of(data)
    found = api.get(f"users/{_find(api, name)['id']}/tokens")
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    heads = (say("NAME", "NOMBRE"), say("MADE", "CREADA"), say("LAST USED", "ÚLTIMO USO"), "ID")
    rows = [
        (
            each["name"],
            show_moment(each["created_at"], zone),
            show_moment(each["last_used_at"], zone),
            each["id"],
        )
        for each in found
    ]
    return print_table(heads, rows)


@app.command(
    "add-token",
    help=say(
        "A token with which a program does what this person may; it is told only now.",
        "Una clave con la que un programa hace lo que puede esta persona; solo se dice ahora.",
    ),
)
def add_token(
    name: Name,
    token_name: Annotated[
        str,
        typer.Argument(metavar="NAME", help=say("What it is for.", "Para qué es.")),
    ],
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    made = api.post(f"users/{_find(api, name)['id']}/tokens", {"name": token_name})
    return print_json(made) if as_json else print_line(made["token"])


@app.command("revoke-token", help=say("It opens nothing any more.", "Ya no abre nada."))
def revoke_token(
    name: Name,
    token: Annotated[
        int, typer.Argument(metavar="ID", help=say("As `tokens` shows.", "Según `tokens`."))
    ],
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_line

    api = api_of(data)
    api.delete(f"users/{_find(api, name)['id']}/tokens/{token}")
    print_line(say("The token was revoked.", "Se revocó la clave."))


def _role(user: dict[str, Any]) -> str:
    return pick(ROLE_NAMES[Role(user["role"])])


def _find(api: Api, name_or_id: str) -> dict[str, Any]:
    """Raises NotFound, Conflict."""
    known = [each | {"name": each["username"]} for each in api.get("users")]
    return pick_one(known, "users", name_or_id)


def _whole(path: str, data: Path | None) -> str:
    """The address that people open."""
    from sereno.box.address import read_address
    from sereno.box.settings import load_settings

    box = load_settings(data=data)
    running = read_address(box.data_dir)
    return f"{running.public_url if running else box.public_url}{path}"
