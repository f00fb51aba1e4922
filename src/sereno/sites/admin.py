"""Sites, nodes and groups of cameras in the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest

from sereno.accounts.backoffice import (
    ActingAdmin,
    ReadingAdmin,
    asker_of,
    both,
    column,
    in_ones_language,
)
from sereno.base.errors import Words
from sereno.sites import actions, actions_groups, queries
from sereno.sites.admin_parts import VersionedForm
from sereno.sites.models import CameraGroup, Node, Site

_ONCE = Words("once, within an hour", "una vez, en una hora")


@admin.register(Site)
class SiteAdmin(ActingAdmin):
    list_display = ("name", "time_zone")
    actions = ("make_enrolment_codes",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Site, form: forms.ModelForm[Site], change: bool
    ) -> None:
        asker = asker_of(request)
        if change:
            actions.change_site(asker, obj.pk, obj.name, obj.time_zone)
        else:
            obj.pk = actions.make_site(asker, obj.name, obj.time_zone).pk

    @admin.action(
        description=both(
            Words(
                "Make an enrolment code for a node",
                "Crear un código de registro para un nodo",
            )
        )
    )
    def make_enrolment_codes(self, request: HttpRequest, sites: QuerySet[Site]) -> None:
        for site in sites:
            code = actions.create_enrolment_code(asker_of(request), site)
            messages.success(request, f"{site}: {code} ({in_ones_language(_ONCE)})")


@admin.register(Node)
class NodeAdmin(ReadingAdmin):
    list_display = ("name", "site", "last_seen", "version", "enrolled_at", "revoked_at")
    exclude = ("token_hash",)
    actions = ("revoke",)

    @admin.action(
        description=both(
            Words("Revoke: its token opens nothing any more", "Revocar: su clave ya no abre nada")
        )
    )
    def revoke(self, request: HttpRequest, nodes: QuerySet[Node]) -> None:
        for node in nodes:
            actions.revoke_node(asker_of(request), node)


@admin.register(CameraGroup)
class GroupAdmin(ActingAdmin):
    list_display = ("name", "size", "changed_by", "changed_at")
    form = VersionedForm
    fields = ("name", "cameras", "if_version")
    filter_horizontal = ("cameras",)
    search_fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CameraGroup]:
        present = Count("cameras", filter=Q(cameras__removed_at=None))
        return queries.groups_of(asker_of(request)).annotate(size=present)

    @column(Words("Cameras", "Cámaras"), ordering="size")
    def size(self, group: CameraGroup) -> int:
        count: int = group.size  # type: ignore[attr-defined]  # counted by get_queryset
        return count

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options["queryset"] = queries.cameras_of(asker_of(request))
        return super().formfield_for_manytomany(db_field, request, **options)

    def save_model(
        self,
        request: HttpRequest,
        obj: CameraGroup,
        form: forms.ModelForm[CameraGroup],
        change: bool,
    ) -> None:
        asker, camera_ids = asker_of(request), {each.pk for each in form.cleaned_data["cameras"]}
        if change:
            seen = form.cleaned_data["if_version"]
            actions_groups.change_group(asker, obj.pk, obj.name, camera_ids, seen)
        else:
            obj.pk = actions_groups.make_group(asker, obj.name, camera_ids).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has done that."""

    def delete_model(self, request: HttpRequest, obj: CameraGroup) -> None:
        actions_groups.remove_group(asker_of(request), obj.pk)
