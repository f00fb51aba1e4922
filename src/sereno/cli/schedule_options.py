"""What can be said of a schedule on the command line, and as the API has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli import intervals
from sereno.cli.finding import camera_ids, find, find_ids
from sereno.cli.language import say
from sereno.cli.options import part_of
from sereno.policy.schedule_text import (
    FindProfile,
    parse_exception,
    parse_hours,
    parse_weekly,
)

if TYPE_CHECKING:
    from sereno.box.api import Api

PURPOSES = {
    "recording": Words("recording", "grabación"),
    "analysis": Words("analysis", "análisis"),
}

Folder = Path | None
PurposeName = Literal["recording", "analysis"]
Purpose = Annotated[
    PurposeName, typer.Option(help=say("Which of the two.", "Cuál de las dos cosas."))
]
For = Annotated[
    PurposeName | None,
    typer.Option(
        "--for", help=say("What it asks for; default recording.", "Qué pide; por omisión, grabar.")
    ),
]
Weekly = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DAYS HOURS",
        help=say(
            '"mon-fri 08:00-13:00,14:00-18:00"; with @PROFILE at its end, that one. May be '
            "repeated.",
            '"lun-vie 08:00-13:00,14:00-18:00"; con @PERFIL al final, ese. Se puede repetir.',
        ),
    ),
]
Daily = Annotated[
    list[str] | None,
    typer.Option(
        metavar="HOURS",
        help=say("22:00-06:00, every day; likewise.", "22:00-06:00, cada día; igualmente."),
    ),
]
Once = Annotated[
    str | None,
    typer.Option(
        metavar="START/END",
        help="2026-11-21T08:00/2026-11-21T12:00",
    ),
]
Cron = Annotated[
    str | None,
    typer.Option(help=say('Starts, as in crontab(5): "0 8 * * 1-5".', "Inicios, como crontab(5).")),
]
CronMinutes = Annotated[
    int | None,
    typer.Option("--minutes", help=say("How long, with --cron.", "Cuánto dura, con --cron.")),
]
Continuous = Annotated[bool, typer.Option("--continuous", help=say("Always.", "Siempre."))]
Except = Annotated[
    list[str] | None,
    typer.Option(
        "--except",
        metavar="DATE",
        help=say(
            '2026-12-25: nothing; "2026-12-24 08:00-12:00": that instead. With =NAME at its end. '
            "May be repeated.",
            '2026-12-25: nada; "2026-12-24 08:00-12:00": eso en su lugar. Con =NOMBRE al final. '
            "Se puede repetir.",
        ),
    ),
]
OfCalendar = Annotated[
    str | None,
    typer.Option(metavar="CALENDAR", help=say("It rests on its days.", "Descansa en sus días.")),
]
OnHolidays = Annotated[
    str | None,
    typer.Option(
        "--on-holidays",
        metavar="HOURS",
        help=say("What counts on the calendar's days.", "Lo que rige en los días del calendario."),
    ),
]
OfGroups = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        metavar="GROUP",
        help=say("All its cameras; may be repeated.", "Todas sus cámaras; se puede repetir."),
    ),
]
OfProfile = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILE",
        help=say("Run with it; else with the camera's own.", "Con él; si no, el de la cámara."),
    ),
]
Unset = Annotated[
    list[str] | None,
    typer.Option(
        "--unset",
        metavar="PART",
        help=say(
            "profile, calendar, exceptions, on-holidays, cameras or groups; may be repeated.",
            "profile, calendar, exceptions, on-holidays, cameras o groups; se puede repetir.",
        ),
    ),
]
DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help=say("Show it, save nothing.", "Mostrar sin guardar nada.")),
]

_NOTHING: dict[str, tuple[str, object]] = {
    "profile": ("profile_id", None),
    "calendar": ("calendar_id", None),
    "exceptions": ("exceptions", []),
    "on-holidays": ("holiday_intervals", []),
    "cameras": ("camera_ids", []),
    "groups": ("group_ids", []),
}
_ONE_KIND = Words(
    "Say only one of --weekly, --daily, --once, --cron and --continuous.",
    "Indique solo uno de --weekly, --daily, --once, --cron y --continuous.",
)


def nothing_of(parts: list[str] | None) -> dict[str, object]:
    """Those fields of the API, empty. Raises Invalid."""
    return dict(part_of(part, _NOTHING) for part in parts or ())


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said of a schedule; None where nothing was."""

    weekly: list[str] | None
    daily: list[str] | None
    once: str | None
    cron: str | None
    minutes: int | None
    is_continuous: bool
    exceptions: list[str] | None
    calendar: str | None
    holidays: str | None
    cameras: list[str] | None
    groups: list[str] | None
    profile: str | None
    purpose: PurposeName | None

    def body(self, api: Api) -> dict[str, Any]:
        """The API's fields of what was said. Raises Invalid, NotFound."""

        def profile_id(name: str) -> int:
            return int(find(api, "profiles", name)["id"])

        fields = self._when(profile_id)
        if self.minutes is not None:
            fields["cron_minutes"] = self.minutes
        if self.exceptions:
            told = [parse_exception(each, profile_id) for each in self.exceptions]
            fields["exceptions"] = told
        if self.calendar is not None:
            fields["calendar_id"] = find(api, "calendars", self.calendar)["id"]
        if self.holidays is not None:
            fields["holiday_intervals"] = parse_hours(self.holidays, profile_id)
        if self.cameras:
            fields["camera_ids"] = camera_ids(api, self.cameras)
        if self.groups:
            fields["group_ids"] = find_ids(api, "groups", self.groups)
        if self.profile is not None:
            fields["profile_id"] = profile_id(self.profile)
        if self.purpose is not None:
            fields["purpose"] = self.purpose
        return fields

    def _when(self, profile_id: FindProfile) -> dict[str, Any]:
        kinds = [self.weekly, self.daily, self.once, self.cron, self.is_continuous or None]
        if sum(each is not None for each in kinds) > 1:
            raise Invalid("kinds_many", _ONE_KIND)
        if self.weekly is not None:
            told = [one for text in self.weekly for one in parse_weekly(text, profile_id)]
            return {"kind": "weekly", "intervals": told}
        if self.daily is not None:
            told = [one for text in self.daily for one in parse_hours(text, profile_id)]
            return {"kind": "daily", "intervals": told}
        if self.once is not None:
            return {"kind": "once", "once": intervals.parse_once(self.once)}
        if self.cron is not None:
            return {"kind": "cron", "cron": self.cron}
        return {"kind": "continuous"} if self.is_continuous else {}
