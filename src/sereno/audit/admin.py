"""The journal in the back office: to read, never to write."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from sereno.audit.models import Entry


@admin.register(Entry)
class EntryAdmin(ModelAdmin):
    list_display = ("number", "happened_at", "actor_kind", "actor_id", "act", "object_kind")
    list_filter = ("act", "actor_kind", "object_kind")
    search_fields = ("actor_id", "object_id")
    ordering = ("-number",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
