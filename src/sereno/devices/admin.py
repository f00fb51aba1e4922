"""Devices in the back office: what they are and how they are; they are changed through actions."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from sereno.accounts.backoffice import (
    ActingAdmin,
    ReadingAdmin,
    asker_of,
    both,
    column,
    in_ones_language,
)
from sereno.base.errors import Words
from sereno.devices import actions, queries
from sereno.devices.actions import DeviceFields
from sereno.devices.models import Device, DeviceChannel
from sereno.sites.models import Node

_COLOURS = {
    "online": "success",
    "connecting": "info",
    "not_assigned": "info",
    "offline": "danger",
    "refused": "danger",
    "locked": "warning",
    "other_device": "danger",
    "node_offline": "danger",
}
_VENDORS = (
    ("", both(Words("found out by itself", "se averigua"))),
    ("hikvision", "Hikvision"),
    ("dahua", "Dahua"),
    ("onvif", "ONVIF"),
    ("rtsp", "RTSP"),
)
_NO_CLOCK = "–"


class DeviceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The password can be set, never read."""

    vendor = forms.ChoiceField(
        choices=_VENDORS,
        required=False,
        label=both(Words("Driver", "Controlador")),
        widget=UnfoldAdminSelectWidget,
    )
    password = forms.CharField(
        required=False,
        strip=False,
        label=both(Words("Password", "Contraseña")),
        widget=UnfoldAdminPasswordWidget,
        help_text=both(
            Words(
                "Leave it empty to keep the one that is set.",
                "Déjela vacía para mantener la que está puesta.",
            )
        ),
    )

    class Meta:
        model = Device
        fields = (
            *("site", "name", "host", "port", "is_tls", "username", "password", "vendor", "node"),
            *("rtsp_port", "serial", "template", "template_sub", "template_channels"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["template_channels"].required = False
        node = cast("forms.ModelChoiceField[Node]", self.fields["node"])
        # Nobody need choose a node for a new device: it gets one.
        node.required = False
        node.queryset = Node.objects.filter(revoked_at=None).order_by("name")

    def to_fields(self) -> DeviceFields:
        """What the person changed. What was emptied is unsaid again."""
        given = {name: self.cleaned_data[name] for name in self.changed_data if name != "site"}
        if "node" in given:
            node = given.pop("node")
            given["node_id"] = node.pk if node else None
        if "template_channels" in given:
            given["template_channels"] = given["template_channels"] or 0
        is_unsaid = "rtsp_port" in given and given["rtsp_port"] is None
        return DeviceFields(**given, is_rtsp_port_unsaid=is_unsaid)


@admin.register(Device)
class DeviceAdmin(ActingAdmin):
    list_display = (
        *("name", "site", "host", "state", "model", "firmware", "offset", "channels", "cameras"),
        "reason",
    )
    list_filter = ("site", "found_vendor")
    search_fields = ("name", "host", "model", "serial")
    form = DeviceForm
    actions = ("sync", "try_again")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        return queries.devices_of(asker_of(request))

    def get_readonly_fields(
        self, request: HttpRequest, obj: Device | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("site",)

    @column(Words("State", "Estado"), colours=_COLOURS)
    def state(self, device: Device) -> tuple[str, str]:
        state = queries.shown_of(device, timezone.now()).state
        return state, state

    @column(Words("Reason", "Motivo"))
    def reason(self, device: Device) -> str:
        reason = queries.shown_of(device, timezone.now()).reason
        return in_ones_language(reason.words()) if reason else ""

    @column(Words("Clock ahead (s)", "Reloj adelantado (s)"))
    def offset(self, device: Device) -> str:
        return f"{device.clock['offset_seconds']:+.1f}" if device.clock else _NO_CLOCK

    @column(Words("Channels", "Canales"), ordering="channel_count")
    def channels(self, device: Device) -> int:
        count: int = device.channel_count  # type: ignore[attr-defined]  # by get_queryset
        return count

    @column(Words("Cameras", "Cámaras"), ordering="camera_count")
    def cameras(self, device: Device) -> int:
        count: int = device.camera_count  # type: ignore[attr-defined]  # by get_queryset
        return count

    @admin.action(description=both(Words("Ask everything anew", "Volver a preguntar todo")))
    def sync(self, request: HttpRequest, devices: QuerySet[Device]) -> None:
        for device in devices:
            actions.sync_device(asker_of(request), device.pk)

    @admin.action(
        description=both(
            Words("Show a refused password again", "Probar otra vez una contraseña rechazada")
        )
    )
    def try_again(self, request: HttpRequest, devices: QuerySet[Device]) -> None:
        for device in devices:
            actions.try_device_again(asker_of(request), device.pk)

    def save_model(
        self, request: HttpRequest, obj: Device, form: forms.ModelForm[Device], change: bool
    ) -> None:
        fields, asker = cast(DeviceForm, form).to_fields(), asker_of(request)
        if change:
            actions.change_device(asker, obj.pk, fields)
        else:
            obj.pk = actions.add_device(asker, obj.site_id, fields).pk

    def delete_model(self, request: HttpRequest, obj: Device) -> None:
        actions.remove_device(asker_of(request), obj.pk)


@admin.register(DeviceChannel)
class DeviceChannelAdmin(ReadingAdmin):
    list_display = (
        *("device", "number", "name", "is_online", "is_recording", "missing_since", "camera"),
    )
    list_filter = ("device",)
    search_fields = ("name", "device__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeviceChannel]:
        there = queries.device_ids_of(asker_of(request))
        rows = DeviceChannel.objects.filter(device__in=there).select_related("device", "camera")
        return rows.order_by("device__name", "number")
