"""`sereno schedules`: when cameras are recorded and analysed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli import intervals, schedule_options
from sereno.cli.finding import find, names_by_id, remove_asked, seen
from sereno.cli.language import say
from sereno.cli.options import Data, IfVersion, Json, OfCameras, Sure, group
from sereno.cli.schedule_options import PURPOSES, Purpose, Wish

app = group(
    say("Schedules: when cameras are run.", "Horarios: cuándo se ponen en marcha las cámaras.")
)

Name = Annotated[str, typer.Argument(metavar="SCHEDULE", help=say("Name or id.", "Nombre o id."))]
PREVIEW_DAYS = 14
_NOTHING_GIVEN = Words(
    "Nothing to change was given. `sereno schedules change --help` shows what can be.",
    "No se indicó nada que cambiar. `sereno schedules change --help` muestra qué se puede.",
)
_NO_KIND = Words(
    "Say when: --weekly, --daily, --once, --cron or --continuous.",
    "Indique cuándo: --weekly, --daily, --once, --cron o --continuous.",
)


@app.command("list", help=say("All schedules.", "Todos los horarios."))
def list_schedules(as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    api = api_of(data)
    found = api.get("schedules")
    if as_json:
        return print_json(found)
    profiles = names_by_id(api.get("profiles"))
    heads = (
        say("NAME", "NOMBRE"),
        say("FOR", "PARA"),
        say("WHEN", "CUÁNDO"),
        say("PROFILE", "PERFIL"),
        say("CAMERAS", "CÁMARAS"),
        say("GROUPS", "GRUPOS"),
        say("ENABLED", "ACTIVO"),
        "ID",
    )
    return print_table(
        heads,
        [
            (
                each["name"],
                say(*PURPOSES[each["purpose"]]),
                intervals.when(each, profiles),
                profiles.get(each["profile_id"]),
                len(each["camera_ids"]),
                len(each["group_ids"]),
                _yes_no(is_so=each["is_enabled"]),
                each["id"],
            )
            for each in found
        ],
    )


@app.command("show", help=say("Everything about one.", "Todo sobre uno."))
def show(name: Name, as_json: Json = False, data: Data = None) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table

    api = api_of(data)
    found = find(api, "schedules", name)
    if as_json:
        return print_json(found)
    profiles, cameras, groups, calendars = (
        names_by_id(api.get(kind)) for kind in ("profiles", "cameras", "groups", "calendars")
    )
    rests = [intervals.hours(each, profiles) for each in found["holiday_intervals"]]
    facts = [
        (say("name", "nombre"), found["name"]),
        ("id", found["id"]),
        (say("version", "versión"), found["version"]),
        (say("changed by", "cambiado por"), found["changed_by"]),
        (say("for", "para"), say(*PURPOSES[found["purpose"]])),
        (say("enabled", "activo"), _yes_no(is_so=found["is_enabled"])),
        (say("when", "cuándo"), intervals.when(found, profiles)),
        (say("profile", "perfil"), profiles.get(found["profile_id"])),
        (
            say("exceptions", "excepciones"),
            "\n".join(intervals.exception(day, profiles) for day in found["exceptions"]),
        ),
        (say("calendar", "calendario"), calendars.get(found["calendar_id"])),
        (say("on its days", "en sus días"), ", ".join(rests)),
        (say("cameras", "cámaras"), "\n".join(cameras[each] for each in found["camera_ids"])),
        (say("groups", "grupos"), "\n".join(groups[each] for each in found["group_ids"])),
    ]
    return print_table((), facts)


@app.command("add", help=say("Make a schedule; it counts at once.", "Crear uno; rige ya."))
def add(
    name: Annotated[str, typer.Argument(help=say("As people call it.", "Como lo llaman."))],
    weekly: schedule_options.Weekly = None,
    daily: schedule_options.Daily = None,
    once: schedule_options.Once = None,
    cron: schedule_options.Cron = None,
    minutes: schedule_options.CronMinutes = None,
    is_continuous: schedule_options.Continuous = False,
    exceptions: schedule_options.Except = None,
    calendar: schedule_options.OfCalendar = None,
    holidays: schedule_options.OnHolidays = None,
    cameras: OfCameras = None,
    groups: schedule_options.OfGroups = None,
    profile: schedule_options.OfProfile = None,
    purpose: schedule_options.For = None,
    is_dry_run: schedule_options.DryRun = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    wish = Wish(
        weekly, daily, once, cron, minutes, is_continuous, exceptions, calendar, holidays,
        cameras, groups, profile, purpose,
    )  # fmt: skip
    api = api_of(data)
    body = {"name": name} | wish.body(api)
    if "kind" not in body:
        raise Invalid("kind_missing", _NO_KIND)
    zone, checked = _check(api, body)
    if is_dry_run:
        return print_json(checked) if as_json else _show_check(name, zone, checked)
    made = api.post("schedules", body)
    if as_json:
        return print_json(made)
    text = say("The schedule “{name}” counts (id {id}).", "Rige el horario «{name}» (id {id}).")
    return print_line(text.format(**made))


@app.command(
    "change",
    help=say(
        "Change what is given; lists are replaced as a whole.",
        "Cambiar lo que se indica; las listas se reemplazan enteras.",
    ),
)
def change(
    schedule: Name,
    name: Annotated[str | None, typer.Option(help=say("A new name.", "Nombre nuevo."))] = None,
    weekly: schedule_options.Weekly = None,
    daily: schedule_options.Daily = None,
    once: schedule_options.Once = None,
    cron: schedule_options.Cron = None,
    minutes: schedule_options.CronMinutes = None,
    is_continuous: schedule_options.Continuous = False,
    exceptions: schedule_options.Except = None,
    calendar: schedule_options.OfCalendar = None,
    holidays: schedule_options.OnHolidays = None,
    cameras: OfCameras = None,
    groups: schedule_options.OfGroups = None,
    profile: schedule_options.OfProfile = None,
    purpose: schedule_options.For = None,
    unset: schedule_options.Unset = None,
    if_version: IfVersion = None,
    is_dry_run: schedule_options.DryRun = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_line

    wish = Wish(
        weekly, daily, once, cron, minutes, is_continuous, exceptions, calendar, holidays,
        cameras, groups, profile, purpose,
    )  # fmt: skip
    api = api_of(data)
    body = ({} if name is None else {"name": name}) | wish.body(api)
    body |= schedule_options.nothing_of(unset)
    if not body:
        raise Invalid("nothing_given", _NOTHING_GIVEN)
    found = find(api, "schedules", schedule)
    whole = {key: value for key, value in found.items() if key != "id"} | body
    zone, checked = _check(api, whole)
    if is_dry_run:
        return print_json(checked) if as_json else _show_check(whole["name"], zone, checked)
    changed = api.patch(f"schedules/{found['id']}", body | seen(found, if_version))
    if as_json:
        return print_json(changed)
    return print_line(say("“{name}” was changed.", "Se cambió «{name}».").format(**changed))


@app.command("enable", help=say("Let it count again.", "Que vuelva a regir."))
def enable(name: Name, data: Data = None) -> None:
    _switch(name, data, is_enabled=True)


@app.command("disable", help=say("Let it rest, and keep it.", "Dejarlo en reposo y conservarlo."))
def disable(name: Name, data: Data = None) -> None:
    _switch(name, data, is_enabled=False)


@app.command("remove", help=say("Take it away.", "Quitarlo."))
def remove(
    name: Name, if_version: IfVersion = None, is_sure: Sure = False, data: Data = None
) -> None:
    question = say(
        "Remove “{name}”? A camera that no schedule names is recorded always.",
        "¿Quitar «{name}»? Una cámara que ningún horario nombra se graba siempre.",
    )
    remove_asked(data, "schedules", name, None if is_sure else question, if_version)


@app.command(
    "preview",
    help=say("What cameras will do, as a picture.", "Lo que harán las cámaras, como dibujo."),
)
def preview(
    camera: Annotated[
        str | None, typer.Option(metavar="CAMERA", help=say("One alone.", "Una sola."))
    ] = None,
    of_group: Annotated[
        str | None,
        typer.Option("--group", metavar="GROUP", help=say("Those of a group.", "Las de un grupo.")),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=31, help=say("How many.", "Cuántos."))
    ] = PREVIEW_DAYS,
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help=say("From when on.", "Desde cuándo."))
    ] = "now",
    purpose: Purpose = "recording",
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.box.api import Api
    from sereno.box.settings import load_settings
    from sereno.cli.picture import show_plans
    from sereno.cli.terminal import print_json
    from sereno.cli.times import parse_moment

    settings = load_settings(data=data)
    begins = parse_moment(start, ZoneInfo(settings.time_zone), datetime.now(UTC))
    api = Api.of(settings.data_dir)
    query = {
        "camera_id": None if camera is None else api.camera(camera)["id"],
        "group_id": None if of_group is None else find(api, "groups", of_group)["id"],
        "from": begins.isoformat(),
    }
    found = api.get("preview", days=days, **query)
    return print_json(found) if as_json else show_plans(found["cameras"], purpose, days)


def _switch(name: str, data: schedule_options.Folder, *, is_enabled: bool) -> None:
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_line

    api = api_of(data)
    found = api.patch(f"schedules/{find(api, 'schedules', name)['id']}", {"is_enabled": is_enabled})
    on, off = (
        say("“{name}” counts.", "«{name}» rige."),
        say("“{name}” rests.", "«{name}» descansa."),
    )
    print_line((on if found["is_enabled"] else off).format(**found))


def _check(api: Any, schedule: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What it would do by itself, in the zone of its first camera or else of the first site.

    What people should know of it is told at once.
    """
    from sereno.cli.terminal import Terminal

    zones = {site["id"]: site["time_zone"] for site in api.get("sites")}
    chosen = set(schedule.get("camera_ids", ()))
    cameras = api.get("cameras") if chosen else []
    sites = (each["site_id"] for each in cameras if each["id"] in chosen)
    zone = zones[next(sites, min(zones))]
    checked = api.post("schedules/check", {"schedule": schedule, "time_zone": zone})
    for notice in checked["notices"]:
        Terminal().warn(Words(notice["en"], notice["es"]))
    return zone, checked


def _show_check(name: str, zone: str, checked: dict[str, Any]) -> None:
    """The next days of a schedule that is not saved."""
    from sereno.cli.picture import show_plans

    plan = {"name": name, "time_zone": zone, "recording": checked["pieces"]}
    show_plans([plan], "recording", PREVIEW_DAYS)


def _yes_no(*, is_so: bool) -> str:
    return say("yes", "sí") if is_so else say("no", "no")
