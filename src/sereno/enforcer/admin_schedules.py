"""Schedules in the back office, as lines of text; the week as a picture is in the interface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from pydantic import ValidationError
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from sereno.accounts.backoffice import ActingAdmin, asker_of, both, column, in_ones_language
from sereno.base.errors import Invalid, Words
from sereno.enforcer.actions_schedules import change_schedule, make_schedule, remove_schedule
from sereno.enforcer.api_schedules import ScheduleFields
from sereno.enforcer.models import Schedule, StreamProfile
from sereno.enforcer.queries_schedules import schedules_seen_by
from sereno.enforcer.rules_schedules import ScheduleSaid
from sereno.policy.schedule_text import (
    DAY_NAMES,
    parse_exception,
    parse_hours,
    parse_weekly,
    write_exception,
    write_hours,
    write_weekly,
)
from sereno.sites.admin_parts import VersionedForm
from sereno.sites.queries import cameras_of

_WHEN = Words("When", "Cuándo")
_INTERVALS = Words(
    "For weekly and daily. One line for days with the same hours: mon-fri 08:00-13:00, "
    "14:00-18:00. Without days: every day. An end before the start is on the day after. "
    "With @ and a profile's name at its end: 22:00-06:00 @Night.",
    "Para semanal y diario. Una línea por cada grupo de días con las mismas horas: lun-vie "
    "08:00-13:00, 14:00-18:00. Sin días: todos. Un final anterior al inicio es del día "
    "siguiente. Con @ y el nombre de un perfil al final: 22:00-06:00 @Noche.",
)
_ONCE = Words("For once, by the site's clock.", "Para una vez, según el reloj del sitio.")
_CRON = Words(
    "For cron: minute, hour, day, month, weekday. Example: 0 8 * * 1-5",
    "Para cron: minuto, hora, día, mes, día de la semana. Ejemplo: 0 8 * * 1-5",
)
_EXCEPTIONS = Words(
    "Days that are not like others, one a line: the date, then what counts on it instead; "
    "nothing, if no hours follow. Example: 2026-12-24 08:00-12:00 = Christmas Eve",
    "Días que no son como los demás, uno por línea: la fecha y lo que vale ese día en su lugar; "
    "nada, si no siguen horas. Ejemplo: 2026-12-24 08:00-12:00 = Nochebuena",
)
_HOLIDAYS = Words(
    "What counts on the calendar's days instead of the usual: 09:00-10:00. Empty: nothing.",
    "Lo que vale en los días del calendario en lugar de lo habitual: 09:00-10:00. Vacío: nada.",
)
_PURPOSES = {
    "recording": Words("recording", "grabación"),
    "analysis": Words("analysis", "análisis"),
}
_KINDS = {
    "weekly": Words("weekly", "semanal"),
    "daily": Words("daily", "diario"),
    "continuous": Words("continuous", "continuo"),
    "once": Words("once", "una vez"),
    "cron": Words("cron", "cron"),
}
_FORM_WRONG = Words("This is not of the form that is shown.", "No tiene la forma que se indica.")
_DATE_WRONG = Words(
    "A line begins with a date, such as 2026-12-24. “{text}” is none.",
    "Una línea comienza con una fecha, como 2026-12-24. «{text}» no lo es.",
)
_PROFILE_UNKNOWN = Words(
    "There is no profile “{name}”. Correct its name, or make it first.",
    "No existe el perfil «{name}». Corrija su nombre o créelo antes.",
)


class LocalTimeWidget(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # carries no types
    """The browser's own field for a date and a time of day."""

    input_type = "datetime-local"


def _lines(words: Words, about: Words, rows: int) -> forms.CharField:
    return forms.CharField(
        required=False,
        label=both(words),
        help_text=both(about),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": rows, "spellcheck": "false"}),
    )


def _choice(words: Words, choices: dict[str, Words]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=both(words),
        choices=[(key, both(named)) for key, named in choices.items()],
        widget=UnfoldAdminSelectWidget,
    )


def _local_time(words: Words) -> forms.CharField:
    return forms.CharField(
        required=False, label=both(words), help_text=both(_ONCE), widget=LocalTimeWidget
    )


class ScheduleForm(VersionedForm):
    """Hours as people write them; what is wrong is said at its field."""

    class Meta:
        model = Schedule
        fields = (
            *("name", "purpose", "kind", "is_enabled", "cron", "cron_minutes", "calendar"),
            *("profile", "cameras", "groups"),
        )
        help_texts = {"cron": both(_CRON)}  # noqa: RUF012

    purpose = _choice(Words("For", "Para"), _PURPOSES)
    kind = _choice(Words("Kind", "Tipo"), _KINDS)
    intervals = _lines(Words("Days and hours", "Días y horas"), _INTERVALS, rows=5)
    once_from = _local_time(Words("From", "Desde"))
    once_to = _local_time(Words("To", "Hasta"))
    exceptions = _lines(Words("Exceptions", "Excepciones"), _EXCEPTIONS, rows=3)
    holiday_intervals = _lines(Words("On its days", "En sus días"), _HOLIDAYS, rows=2)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("calendar", "profile", "cron", "cron_minutes", "cameras", "groups"):
            self.fields[name].required = False
        self._profiles = dict(StreamProfile.objects.values_list("pk", "name"))
        self.initial.update(_written(self.instance, self._profiles))

    def clean_intervals(self) -> list[dict[str, Any]]:
        return [each for line in self._read("intervals", parse_weekly) for each in line]

    def clean_holiday_intervals(self) -> list[dict[str, Any]]:
        return [each for line in self._read("holiday_intervals", parse_hours) for each in line]

    def clean_exceptions(self) -> list[dict[str, Any]]:
        return self._read("exceptions", _parse_day)

    def _read(self, name: str, parse: Callable[[str, Callable[[str], int]], Any]) -> list[Any]:
        """What `parse` makes of each line. Raises Django's ValidationError."""
        found, wrong = [], []
        for line in filter(None, map(str.strip, self.cleaned_data[name].splitlines())):
            try:
                found.append(parse(line, self._find_profile))
            except Invalid as error:
                wrong.append(in_ones_language(error.words))
        if wrong:
            raise forms.ValidationError(wrong)
        return found

    def _find_profile(self, name: str) -> int:
        """By its name, or by its number. Raises Invalid."""
        wanted = name.casefold()
        for key, called in self._profiles.items():
            if called.casefold() == wanted:
                return key
        if name.isdecimal() and int(name) in self._profiles:
            return int(name)
        raise Invalid("profile_unknown", _PROFILE_UNKNOWN.fill(name=name))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        try:
            self.said = _said(given)
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0])
            field = "once_from" if field == "once" else field
            words = in_ones_language(_FORM_WRONG)
            self.add_error(field if field in self.fields else None, words)
        return given


def _parse_day(line: str, find_profile: Callable[[str], int]) -> dict[str, Any]:
    day = parse_exception(line, find_profile)
    try:
        date.fromisoformat(day["date"])
    except ValueError:
        raise Invalid("date_unclear", _DATE_WRONG.fill(text=day["date"][:40])) from None
    return day


def _written(row: Schedule, profiles: dict[int, str]) -> dict[str, str]:
    """What the form shows of a schedule, beside its plain fields."""
    day_names = in_ones_language(DAY_NAMES).split()
    once = row.once or {"from": "", "to": ""}
    return {
        "intervals": "\n".join(write_weekly(row.intervals, profiles, day_names)),
        "once_from": once["from"][:16],
        "once_to": once["to"][:16],
        "exceptions": "\n".join(write_exception(day, profiles) for day in row.exceptions),
        "holiday_intervals": write_hours(row.holiday_intervals, profiles),
    }


def _said(given: dict[str, Any]) -> ScheduleSaid:
    """Raises pydantic's ValidationError."""
    calendar, profile = given.get("calendar"), given.get("profile")
    once = {"from": given.get("once_from"), "to": given.get("once_to")}
    told = {
        **{name: given.get(name) or [] for name in ("intervals", "exceptions")},
        "holiday_intervals": given.get("holiday_intervals") or [],
        **{name: given.get(name) for name in ("name", "purpose", "kind", "is_enabled")},
        "once": once if any(once.values()) else None,
        "cron": given.get("cron") or "",
        "cron_minutes": given.get("cron_minutes") or 0,
        "calendar_id": calendar.pk if calendar else None,
        "profile_id": profile.pk if profile else None,
        "camera_ids": [each.pk for each in given.get("cameras") or ()],
        "group_ids": [each.pk for each in given.get("groups") or ()],
    }
    return ScheduleFields.model_validate(told).said()


@admin.register(Schedule)
class ScheduleAdmin(ActingAdmin):
    form = ScheduleForm
    list_display = (
        *("name", "kind", "when", "purpose", "is_enabled", "profile", "calendar", "for_whom"),
        *("changed_by", "changed_at"),
    )
    list_filter = ("kind", "purpose", "is_enabled")
    list_select_related = ("profile", "calendar")
    search_fields = ("name",)
    filter_horizontal = ("cameras", "groups")
    fieldsets = (
        (None, {"fields": ("name", "purpose", "kind", "is_enabled")}),
        (
            both(_WHEN),
            {"fields": ("intervals", ("once_from", "once_to"), ("cron", "cron_minutes"))},
        ),
        (
            both(Words("Other days", "Otros días")),
            {"fields": ("exceptions", "calendar", "holiday_intervals")},
        ),
        (
            both(Words("For whom, and how", "Para quién y cómo")),
            {"fields": ("profile", "cameras", "groups", "if_version")},
        ),
    )

    @column(_WHEN)
    def when(self, schedule: Schedule) -> str:
        if schedule.kind == "once" and schedule.once:
            return "{from} – {to}".format(**schedule.once)
        if schedule.kind == "cron":
            return f"{schedule.cron} ({schedule.cron_minutes} min)"
        names = {profile.pk: profile.name for profile in schedule.profiles.all()}
        lines = write_weekly(schedule.intervals, names, in_ones_language(DAY_NAMES).split())
        rows = format_html_join("", "<div>{}</div>", ((line,) for line in lines))
        return format_html('<div style="min-width: 14rem">{}</div>', rows)

    @column(Words("For whom", "Para quién"))
    def for_whom(self, schedule: Schedule) -> str:
        present = [each for each in schedule.cameras.all() if each.removed_at is None]
        return ", ".join(map(str, [*schedule.groups.all(), *present])) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        found = schedules_seen_by(asker_of(request))
        return found.prefetch_related("profiles", "groups", "cameras")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "cameras":
            options["queryset"] = cameras_of(asker_of(request))
        return super().formfield_for_manytomany(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Schedule, form: Any, change: bool) -> None:
        asker, said = asker_of(request), form.said
        if change:
            fields = {name: getattr(said, name) for name in ScheduleSaid.__dataclass_fields__}
            change_schedule(asker, obj.pk, fields, form.cleaned_data["if_version"])
        else:
            obj.pk = make_schedule(asker, said).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has done that."""

    def delete_model(self, request: HttpRequest, obj: Schedule) -> None:
        remove_schedule(asker_of(request), obj.pk)
