"""`sereno groups` and `sereno calendars`: cameras, and days, that are spoken of together."""

from __future__ import annotations

from typing import Annotated

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli.finding import camera_ids, find, names_by_id, remove_asked, seen
from sereno.cli.intervals import parse_date
from sereno.cli.language import say
from sereno.cli.options import Data, IfVersion, Json, OfCameras, Sure, group

groups = group(say("Groups of cameras.", "Grupos de cámaras."))
calendars = group(say("Calendars of holidays.", "Calendarios de feriados."))

Name = Annotated[str, typer.Argument(help=say("As people call it.", "Como lo llaman."))]
Group = Annotated[str, typer.Argument(metavar="GROUP", help=say("Name or id.", "Nombre o id."))]
Calendar = Annotated[
    str, typer.Argument(metavar="CALENDAR", help=say("Name or id.", "Nombre o id."))
]
NewName = Annotated[str | None, typer.Option("--name", help=say("A new name.", "Nombre nuevo."))]
Dates = Annotated[
    list[str] | None,
    typer.Option(
        "--date",
        metavar="DATE[=NAME]",
        help=say("2026-12-25=Christmas; may be repeated.", "2026-12-25=Navidad; se puede repetir."),
    ),
]
_NOTHING_GIVEN = Words(
    "Nothing to change was given. --help shows what can be.",
    "No se indicó nada que cambiar. --help muestra qué se puede.",
)


@groups.command("list", help=say("All groups.", "Todos los grupos."))
def list_groups(as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    api = api_of(data)
    found = api.get("groups")
    if as_json:
        return print_json(found)
    names = names_by_id(api.get("cameras"))
    rows = [
        (each["name"], "\n".join(names[one] for one in each["camera_ids"]), each["id"])
        for each in found
    ]
    return print_table((say("NAME", "NOMBRE"), say("CAMERAS", "CÁMARAS"), "ID"), rows)


@groups.command("add", help=say("Make a group.", "Crear un grupo."))
def add_group(
    name: Name, cameras: OfCameras = None, as_json: Json = False, data: Data = None
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    api = api_of(data)
    made = api.post("groups", {"name": name, "camera_ids": camera_ids(api, cameras or ())})
    if as_json:
        return print_json(made)
    text = say("The group “{name}” was made (id {id}).", "Se creó el grupo «{name}» (id {id}).")
    return print_line(text.format(**made))


@groups.command("change", help=say("Change what is given.", "Cambiar lo que se indica."))
def change_group(
    found: Group,
    name: NewName = None,
    cameras: OfCameras = None,
    added: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="CAMERA", help=say("Into it.", "Incluirla.")),
    ] = None,
    taken: Annotated[
        list[str] | None,
        typer.Option("--take", metavar="CAMERA", help=say("Out of it.", "Sacarla.")),
    ] = None,
    if_version: IfVersion = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    if name is None and not cameras and not added and not taken:
        raise Invalid("nothing_given", _NOTHING_GIVEN)
    api = api_of(data)
    row = find(api, "groups", found)
    members = set(camera_ids(api, cameras) if cameras else row["camera_ids"])
    members = members.union(camera_ids(api, added or ())) - set(camera_ids(api, taken or ()))
    body = {"name": name, "camera_ids": sorted(members), **seen(row, if_version)}
    changed = api.patch(f"groups/{row['id']}", body)
    if as_json:
        return print_json(changed)
    return print_line(say("“{name}” was changed.", "Se cambió «{name}».").format(**changed))


@groups.command("remove", help=say("Its cameras stay.", "Sus cámaras quedan."))
def remove_group(
    found: Group, if_version: IfVersion = None, is_sure: Sure = False, data: Data = None
) -> None:
    question = say("Remove the group “{name}”?", "¿Quitar el grupo «{name}»?")
    remove_asked(data, "groups", found, None if is_sure else question, if_version)


@calendars.command("list", help=say("All calendars.", "Todos los calendarios."))
def list_calendars(as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    found = api_of(data).get("calendars")
    if as_json:
        return print_json(found)
    rows = [
        (
            each["name"],
            "\n".join(f"{day['date']} {day['name']}".rstrip() for day in each["dates"]),
            each["id"],
        )
        for each in found
    ]
    return print_table((say("NAME", "NOMBRE"), say("DAYS", "DÍAS"), "ID"), rows)


@calendars.command("add", help=say("Make a calendar.", "Crear un calendario."))
def add_calendar(name: Name, dates: Dates = None, as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    body = {"name": name, "dates": [parse_date(each) for each in dates or ()]}
    made = api_of(data).post("calendars", body)
    if as_json:
        return print_json(made)
    text = say("The calendar “{name}” was made (id {id}).", "Se creó «{name}» (id {id}).")
    return print_line(text.format(**made))


@calendars.command("change", help=say("Change what is given.", "Cambiar lo que se indica."))
def change_calendar(
    found: Calendar,
    name: NewName = None,
    dates: Dates = None,
    taken: Annotated[
        list[str] | None,
        typer.Option("--take", metavar="DATE", help=say("Out of it.", "Sacarlo.")),
    ] = None,
    if_version: IfVersion = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    if name is None and not dates and not taken:
        raise Invalid("nothing_given", _NOTHING_GIVEN)
    api = api_of(data)
    row = find(api, "calendars", found)
    days = {day["date"]: day for day in row["dates"]}
    days |= {day["date"]: day for day in map(parse_date, dates or ())}
    kept = [days[date] for date in sorted(days) if date not in (taken or ())]
    body = {"name": name, "dates": kept, **seen(row, if_version)}
    changed = api.patch(f"calendars/{row['id']}", body)
    if as_json:
        return print_json(changed)
    return print_line(say("“{name}” was changed.", "Se cambió «{name}».").format(**changed))


@calendars.command("remove", help=say("One that no schedule uses.", "Uno que ningún horario usa."))
def remove_calendar(
    found: Calendar, if_version: IfVersion = None, is_sure: Sure = False, data: Data = None
) -> None:
    question = say("Remove the calendar “{name}”?", "¿Quitar el calendario «{name}»?")
    remove_asked(data, "calendars", found, None if is_sure else question, if_version)
