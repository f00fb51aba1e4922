"""What lies on recorders, in the back office: to read."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from sereno.accounts.backoffice import ReadingAdmin, asker_of, column
from sereno.base.errors import Words
from sereno.devices.queries import device_ids_of
from sereno.footage.models import FoundFootage


@admin.register(FoundFootage)
class FoundFootageAdmin(ReadingAdmin):
    list_display = (
        *("channel", "start", "end", "size_bytes", "cause", "is_open", "state"),
        *("clock_offset_seconds", "found_at"),
    )
    list_filter = ("channel__device", "cause", "state")
    exclude = ("span",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FoundFootage]:
        there = device_ids_of(asker_of(request))
        rows = FoundFootage.objects.filter(channel__device__in=there)
        return rows.select_related("channel__device").order_by("-span")

    @column(Words("Start", "Inicio"), ordering="span")
    def start(self, found: FoundFootage) -> datetime:
        start: datetime = found.span.lower
        return start

    @column(Words("End", "Fin"))
    def end(self, found: FoundFootage) -> datetime:
        end: datetime = found.span.upper
        return end
