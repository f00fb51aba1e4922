"""Schedules and calendars in the back office; the week as a picture is in the interface."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from pydantic import ValidationError
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from sereno.accounts.backoffice import ActingAdmin, asker_of, both, column, in_ones_language
from sereno.base.errors import Words
from sereno.enforcer.actions_schedules import (
    change_calendar,
    change_schedule,
    make_calendar,
    make_schedule,
    remove_calendar,
    remove_schedule,
)
from sereno.enforcer.api_schedules import ScheduleFields
from sereno.enforcer.models import Calendar, Schedule
from sereno.enforcer.rules_schedules import DaySaid, ScheduleSaid
from sereno.sites.queries import cameras_of

_WAYS = {
    "intervals": Words(
        'For daily and weekly. Example: [{"days": [1, 2, 3, 4, 5], "from": "08:00", '
        '"to": "13:00", "profile_id": null}]; 1 is Monday; an end before the start is on the '
        "day after.",
        'Para diario y semanal. Ejemplo: [{"days": [1, 2, 3, 4, 5], "from": "08:00", '
        '"to": "13:00", "profile_id": null}]; 1 es lunes; un final anterior al inicio es del '
        "día siguiente.",
    ),
    "once": Words(
        'For once, in local time. Example: {"from": "2026-11-21T08:00", "to": "2026-11-21T12:00"}',
        'Para una vez, en hora local. Ejemplo: {"from": "2026-11-21T08:00", '
        '"to": "2026-11-21T12:00"}',
    ),
    "cron": Words(
        "For cron: minute, hour, day, month, weekday. Example: 0 8 * * 1-5",
        "Para cron: minuto, hora, día, mes, día de la semana. Ejemplo: 0 8 * * 1-5",
    ),
    "exceptions": Words(
        'Days that are not like others. Example: [{"date": "2026-12-25", "name": "Christmas", '
        '"intervals": []}]',
        'Días que no son como los demás. Ejemplo: [{"date": "2026-12-25", "name": "Navidad", '
        '"intervals": []}]',
    ),
    "holiday_intervals": Words(
        "What counts on the calendar's days instead of the usual; [] is nothing.",
        "Lo que vale en los días del calendario en lugar de lo habitual; [] es nada.",
    ),
}
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
_DAY_WRONG = Words(
    "Write one day a line: the date, then its name. {line} is not so.",
    "Escriba un día por línea: la fecha y luego su nombre. {line} no es así.",
)
_DAYS = Words(
    "One day a line, such as: 2026-12-25 Christmas",
    "Un día por línea, como: 2026-12-25 Navidad",
)


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """As the API has it; what is wrong is said at its field."""

    class Meta:
        model = Schedule
        fields = (
            *("name", "purpose", "kind", "is_enabled", "intervals", "once", "cron"),
            *("cron_minutes", "exceptions", "calendar", "holiday_intervals", "profile"),
            *("cameras", "groups"),
        )
        widgets = {  # noqa: RUF012
            name: UnfoldAdminTextareaWidget(attrs={"rows": 3})
            for name in ("intervals", "once", "exceptions", "holiday_intervals")
        }
        help_texts = {name: both(words) for name, words in _WAYS.items()}  # noqa: RUF012

    purpose = forms.ChoiceField(
        label=both(Words("For", "Para")),
        choices=[(key, both(words)) for key, words in _PURPOSES.items()],
        widget=UnfoldAdminSelectWidget,
    )
    kind = forms.ChoiceField(
        label=both(Words("Kind", "Tipo")),
        choices=[(key, both(words)) for key, words in _KINDS.items()],
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("intervals", "exceptions", "holiday_intervals", "once", "calendar"):
            self.fields[name].required = False
        for name in ("cameras", "groups", "profile", "cron", "cron_minutes"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        try:
            self.said = _said(given)
        except ValidationError as error:
            field = str(error.errors()[0]["loc"][0])
            words = in_ones_language(_FORM_WRONG)
            self.add_error(field if field in self.fields else None, words)
        return given


def _said(given: dict[str, Any]) -> ScheduleSaid:
    """Raises pydantic's ValidationError."""
    calendar, profile = given.get("calendar"), given.get("profile")
    told = {
        **{name: given.get(name) or [] for name in ("intervals", "exceptions")},
        "holiday_intervals": given.get("holiday_intervals") or [],
        **{name: given.get(name) for name in ("name", "purpose", "kind", "is_enabled")},
        "once": given.get("once") or None,
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
    list_display = ("name", "kind", "purpose", "is_enabled", "profile", "calendar", "for_whom")
    list_filter = ("kind", "purpose", "is_enabled")
    list_select_related = ("profile", "calendar")
    search_fields = ("name",)
    filter_horizontal = ("cameras", "groups")

    @column(Words("For", "Para"))
    def for_whom(self, schedule: Schedule) -> str:
        named = [*schedule.groups.order_by("name"), *schedule.cameras.filter(removed_at=None)]
        return ", ".join(str(each) for each in named) or "–"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "cameras":
            options["queryset"] = cameras_of(asker_of(request))
        return super().formfield_for_manytomany(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: Schedule, form: Any, change: bool) -> None:
        asker, said = asker_of(request), form.said
        if change:
            fields = {name: getattr(said, name) for name in ScheduleSaid.__dataclass_fields__}
            change_schedule(asker, obj.pk, fields)
        else:
            obj.pk = make_schedule(asker, said).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has done that."""

    def delete_model(self, request: HttpRequest, obj: Schedule) -> None:
        remove_schedule(asker_of(request), obj.pk)


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The days as lines of text."""

    days = forms.CharField(
        required=False,
        label=both(Words("Days", "Días")),
        widget=UnfoldAdminTextareaWidget,
        help_text=both(_DAYS),
    )

    class Meta:
        model = Calendar
        fields = ("name",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        lines = (f"{day['date']} {day['name']}".strip() for day in self.instance.dates)
        self.initial["days"] = "\n".join(lines)

    def clean_days(self) -> list[DaySaid]:
        lines = filter(None, map(str.strip, self.cleaned_data["days"].splitlines()))
        return [_day(line) for line in lines]


def _day(line: str) -> DaySaid:
    text, _, name = line.partition(" ")
    try:
        return DaySaid(date.fromisoformat(text), name.strip()[:80])
    except ValueError:
        said = _DAY_WRONG.fill(line=json.dumps(line[:40], ensure_ascii=False))
        raise forms.ValidationError(in_ones_language(said)) from None


@admin.register(Calendar)
class CalendarAdmin(ActingAdmin):
    form = CalendarForm
    list_display = ("name", "days")
    search_fields = ("name",)

    @column(Words("Days", "Días"))
    def days(self, calendar: Calendar) -> int:
        return len(calendar.dates)

    def save_model(self, request: HttpRequest, obj: Calendar, form: Any, change: bool) -> None:
        asker, days = asker_of(request), form.cleaned_data["days"]
        if change:
            change_calendar(asker, obj.pk, obj.name, days)
        else:
            obj.pk = make_calendar(asker, obj.name, days).pk

    def delete_model(self, request: HttpRequest, obj: Calendar) -> None:
        remove_calendar(asker_of(request), obj.pk)
