"""`sereno coverage` and `sereno alarms`: what became of what was promised."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from sereno.cli.camera_facts import words_of
from sereno.cli.finding import camera_ids, find
from sereno.cli.language import is_spanish, say
from sereno.cli.options import Data, From, Json, OfCameras, To


def coverage(
    start: From,
    end: To = "now",
    cameras: OfCameras = None,
    of_group: Annotated[
        str | None,
        typer.Option("--group", metavar="GROUP", help=say("Those of a group.", "Las de un grupo.")),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(
            metavar="SCHEDULE",
            help=say("Only what it asked for.", "Solo lo que pidió ese horario."),
        ),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help=say("For spreadsheets.", "Para hojas de cálculo."))
    ] = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.box.api import Api
    from sereno.box.settings import load_settings
    from sereno.cli.terminal import print_json
    from sereno.cli.times import parse_span

    settings = load_settings(data=data)
    span = parse_span(start, end, ZoneInfo(settings.time_zone), datetime.now(UTC))
    api = Api.of(settings.data_dir)
    query: dict[str, Any] = {
        "from": span[0].isoformat(),
        "to": span[1].isoformat(),
        "camera_id": camera_ids(api, cameras) if cameras else None,
        "group_id": None if of_group is None else find(api, "groups", of_group)["id"],
        "schedule_id": None if schedule is None else find(api, "schedules", schedule)["id"],
    }
    if as_csv:
        language = "es" if is_spanish() else "en"
        table = api.fetch("coverage", language, **query, format="csv").content
        sys.stdout.write(table.decode("utf-8"))
        return None
    found = api.get("coverage", **query)
    return print_json(found) if as_json else _show(found)


def _show(found: Mapping[str, Any]) -> None:
    """A row for each camera and one for all, then why what is missing is."""
    from sereno.cli.terminal import print_line, print_table

    heads = (
        say("CAMERA", "CÁMARA"),
        say("PROMISED", "PROMETIDO"),
        say("RECORDED", "GRABADO"),
        "%",
        say("NOT REPORTED", "SIN INFORMAR"),
    )
    rows = [(each["camera"], *_figures(each)) for each in found["cameras"]]
    print_table(heads, [*rows, (say("all", "todas"), *_figures(found))])
    if found["causes"]:
        print_line("")
        missing = [(_hours(each["seconds"]), words_of(each)) for each in found["causes"]]
        print_table((say("MISSING", "FALTA"), say("WHY", "POR QUÉ")), missing)


def _figures(sums: Mapping[str, Any]) -> tuple[str, str, str, str]:
    percent = "" if sums["percent"] is None else f"{_floored(sums['percent']):.1f} %"
    return (
        _hours(sums["promised_seconds"]),
        _hours(sums["covered_seconds"]),
        percent,
        _hours(sums["unreported_seconds"]),
    )


def _floored(percent: float) -> float:
    """To a tenth, downwards: what lacks a second is not 100 %."""
    return int(percent * 10) / 10


def _hours(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def alarms(
    is_open: Annotated[
        bool, typer.Option("--open", help=say("Those that last.", "Las que siguen."))
    ] = False,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.box.settings import load_settings
    from sereno.cli.running import api_of
    from sereno.cli.terminal import print_json, print_table
    from sereno.cli.times import show_moment

    all_of_them = api_of(data).get("alarms")
    found = [each for each in all_of_them if not is_open or each["ended_at"] is None]
    if as_json:
        return print_json(found)
    zone = ZoneInfo(load_settings(data=data).time_zone)
    lasts = say("it lasts", "sigue")
    heads = (
        say("CAMERA", "CÁMARA"),
        say("SINCE", "DESDE"),
        say("NOTICED", "ADVERTIDA"),
        say("ENDED", "FIN"),
        say("REASON", "MOTIVO"),
    )
    return print_table(
        heads,
        [
            (
                each["camera"],
                show_moment(each["since"], zone),
                show_moment(each["noticed_at"], zone),
                show_moment(each["ended_at"], zone) or lasts,
                words_of(each["reason"]),
            )
            for each in found
        ],
    )
