"""Sites, nodes and cameras in the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from sereno.accounts.backoffice import ActingAdmin, ReadingAdmin, asker_of
from sereno.sites import actions, queries
from sereno.sites.actions import CameraFields
from sereno.sites.models import Camera, Node, Site


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

    @admin.action(description="Make an enrolment code for a node")
    def make_enrolment_codes(self, request: HttpRequest, sites: QuerySet[Site]) -> None:
        for site in sites:
            code = actions.create_enrolment_code(asker_of(request), site)
            messages.success(request, f"{site}: {code} (once, within an hour)")


@admin.register(Node)
class NodeAdmin(ReadingAdmin):
    list_display = ("name", "site", "last_seen", "version", "enrolled_at", "revoked_at")
    exclude = ("token_hash",)
    actions = ("revoke",)

    @admin.action(description="Revoke: its token opens nothing any more")
    def revoke(self, request: HttpRequest, nodes: QuerySet[Node]) -> None:
        for node in nodes:
            actions.revoke_node(asker_of(request), node)


class CameraForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The password can be set, never read."""

    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput,
        help_text="Leave it empty to keep the one that is set.",
    )

    class Meta:
        model = Camera
        fields = (
            "name",
            "address",
            "username",
            "engine",
            "transport",
            "records_sound",
            "budget_bytes",
            "nice",
            "cpu_affinity",
        )
        help_texts = {  # noqa: RUF012  Django's own form
            "records_sound": "Recording sound may need people's consent where the camera is.",
        }


def _fields_in(form: forms.ModelForm[Camera]) -> CameraFields:
    """What the person changed."""
    given = {name: form.cleaned_data[name] for name in form.changed_data}
    if "budget_bytes" in given:
        given["budget_bytes"] = given["budget_bytes"] or 0
    if "cpu_affinity" in given:
        given["cpu_affinity"] = tuple(given["cpu_affinity"])
    return CameraFields(**given)


@admin.register(Camera)
class CameraAdmin(ActingAdmin):
    form = CameraForm
    list_display = ("name", "site", "address", "node", "created_at")
    actions = ("try_again",)
    search_fields = ("name", "address")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Camera]:
        return queries.cameras_of(asker_of(request))

    def save_model(
        self, request: HttpRequest, obj: Camera, form: forms.ModelForm[Camera], change: bool
    ) -> None:
        fields = _fields_in(form)
        if change:
            actions.change_camera(asker_of(request), obj.pk, fields)
        else:
            obj.pk = actions.add_camera(asker_of(request), fields).pk

    @admin.action(description="Try the first choice of engine and transport again")
    def try_again(self, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
        for camera in cameras:
            actions.forget_memory(asker_of(request), camera.pk)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        # Removing takes a camera from the lists; nothing that hangs on it goes.
        return [str(camera) for camera in objs], {"cameras": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Camera) -> None:
        actions.remove_camera(asker_of(request), obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        for camera in queryset:
            self.delete_model(request, camera)
