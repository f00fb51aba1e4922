"""Calendars of holidays in the back office."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextareaWidget

from sereno.accounts.backoffice import ActingAdmin, asker_of, both, column, in_ones_language
from sereno.base.errors import Words
from sereno.enforcer.actions_schedules import change_calendar, make_calendar, remove_calendar
from sereno.enforcer.models import Calendar
from sereno.enforcer.rules_schedules import DaySaid
from sereno.sites.admin_parts import VersionedForm

_DAY_WRONG = Words(
    "Write one day a line: the date, then its name. {line} is not so.",
    "Escriba un día por línea: la fecha y luego su nombre. {line} no es así.",
)
_DAYS = Words(
    "One day a line, such as: 2026-12-25 Christmas",
    "Un día por línea, como: 2026-12-25 Navidad",
)


class CalendarForm(VersionedForm):
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
    list_display = ("name", "days", "changed_by", "changed_at")
    search_fields = ("name",)

    @column(Words("Days", "Días"))
    def days(self, calendar: Calendar) -> int:
        return len(calendar.dates)

    def save_model(self, request: HttpRequest, obj: Calendar, form: Any, change: bool) -> None:
        asker, days = asker_of(request), form.cleaned_data["days"]
        if change:
            change_calendar(asker, obj.pk, obj.name, days, form.cleaned_data["if_version"])
        else:
            obj.pk = make_calendar(asker, obj.name, days).pk

    def delete_model(self, request: HttpRequest, obj: Calendar) -> None:
        remove_calendar(asker_of(request), obj.pk)
