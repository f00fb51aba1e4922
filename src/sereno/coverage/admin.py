"""Alarms in the back office: to read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sereno.accounts.backoffice import ReadingAdmin, asker_of, column, in_ones_language
from sereno.base.errors import Words
from sereno.coverage.models import BrokenPromise
from sereno.coverage.queries import alarms_of


@admin.register(BrokenPromise)
class AlarmAdmin(ReadingAdmin):
    """The alarms that are on and those of the last 31 days."""

    list_display = ("camera", "since", "noticed_at", "ended_at", "why")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "reason_key")
    search_fields = ("camera__name",)
    fields = (*list_display, "reason_raw")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BrokenPromise]:
        return alarms_of(asker_of(request), timezone.now())

    @column(Words("Reason", "Motivo"))
    def why(self, alarm: BrokenPromise) -> str:
        return in_ones_language(alarm.reason.words())
