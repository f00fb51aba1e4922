"""Stream profiles in the back office: each knob with what it controls and why it matters."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from sereno.accounts.backoffice import ActingAdmin, asker_of, both, column, in_ones_language
from sereno.base.errors import Words
from sereno.enforcer.actions_profiles import (
    Applies,
    ProfileFields,
    change_profile,
    make_profile,
    remove_profile,
)
from sereno.enforcer.admin_parts import applies_field
from sereno.enforcer.models import ProfileVersion, StreamProfile
from sereno.enforcer.queries_profiles import ProfileBook, profiles_of
from sereno.policy.knob_list import KNOBS, Knob
from sereno.sites.admin_parts import VersionedForm

_PREFIX = "knob_"
_ABOUT = Words(
    "{what} {why} Example: {example}. Where nothing is said: {default}.",
    "{what} {why} Ejemplo: {example}. Si no se dice nada: {default}.",
)
_UNSAID = Words("(not said here)", "(no se dice aquí)")
_DEFAULT = Words("default", "valor por defecto")
_YES_NO = {"yes": Words("yes", "sí"), "no": Words("no", "no")}


def _shown(value: object) -> str:
    """A knob's value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _about(knob: Knob) -> Words:
    default = _shown(knob.default) or "–"
    return Words(
        _ABOUT.en.format(what=knob.what.en, why=knob.why.en, example=knob.example, default=default),
        _ABOUT.es.format(what=knob.what.es, why=knob.why.es, example=knob.example, default=default),
    )


def _field_for(knob: Knob) -> forms.Field:
    options: dict[str, Any] = {
        "required": False,
        "label": both(knob.label),
        "help_text": both(_about(knob)),
    }
    choices = {choice: Words(choice, choice) for choice in knob.choices}
    if knob.kind == "yes_no":
        choices = _YES_NO
    if knob.kind not in {"yes_no", "choice"}:
        return forms.CharField(widget=UnfoldAdminTextInputWidget, **options)
    return forms.ChoiceField(
        choices=[("", both(_UNSAID)), *((key, both(words)) for key, words in choices.items())],
        widget=UnfoldAdminSelectWidget,
        **options,
    )


_KnobFields = type(
    "_KnobFields", (forms.Form,), {f"{_PREFIX}{knob.name}": _field_for(knob) for knob in KNOBS}
)


class ProfileForm(_KnobFields, VersionedForm):  # type: ignore[misc,valid-type]
    """A field for each knob; an empty one leaves it to the profile this one is based on."""

    applies = applies_field()

    class Meta:
        model = StreamProfile
        fields = ("name", "note", "based_on")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, value in self.instance.knobs.items():
            self.initial[f"{_PREFIX}{name}"] = _shown(value)

    def said(self) -> ProfileFields:
        """What stands in the form now."""
        given = self.cleaned_data
        knobs = {knob.name: given[f"{_PREFIX}{knob.name}"] for knob in KNOBS}
        base = given["based_on"]
        return ProfileFields(
            name=given["name"],
            note=given["note"],
            based_on=base.pk if base else None,
            has_no_base=base is None,
            knobs={name: value for name, value in knobs.items() if value != ""},
        )


class VersionInline(TabularInline):  # type: ignore[misc]  # unfold carries no types
    model = ProfileVersion
    fk_name = "profile"
    fields = readonly_fields = (
        *("version", "changed_at", "changed_by", "applies", "based_on_name", "knobs"),
    )
    ordering = ("-version",)
    extra = 0
    hide_title = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(StreamProfile)
class ProfileAdmin(ActingAdmin):
    form = ProfileForm
    list_display = ("name", "based_on", "says", "cameras", "version", "changed_by", "changed_at")
    list_select_related = ("based_on",)
    search_fields = ("name", "note")
    readonly_fields = ("merged",)
    inlines = (VersionInline,)
    fieldsets = (
        (None, {"fields": ("name", "note", "based_on")}),
        (
            both(Words("Knobs", "Ajustes")),
            {"fields": tuple(f"{_PREFIX}{knob.name}" for knob in KNOBS)},
        ),
        (both(Words("Result as saved", "Resultado guardado")), {"fields": ("merged",)}),
        (None, {"fields": ("applies", "if_version")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[StreamProfile]:
        return profiles_of(asker_of(request))

    @column(Words("Says", "Dice"))
    def says(self, profile: StreamProfile) -> str:
        return ", ".join(f"{name} = {_shown(value)}" for name, value in profile.knobs.items())

    @column(Words("Cameras", "Cámaras"))
    def cameras(self, profile: Any) -> int:
        return cast(int, profile.camera_count)

    @column(Words("What holds, and who says it", "Qué vale y quién lo dice"))
    def merged(self, profile: StreamProfile) -> str:
        if profile.pk is None:
            return "–"
        found = ProfileBook.read().merged(profile.pk)
        rows = (
            (
                in_ones_language(knob.label),
                _shown(getattr(found.manner, knob.name)) or "–",
                found.origins[knob.name].name or in_ones_language(_DEFAULT),
            )
            for knob in KNOBS
        )
        cells = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        return format_html('<table class="w-full">{}</table>', cells)

    def save_model(self, request: HttpRequest, obj: StreamProfile, form: Any, change: bool) -> None:
        asker, said = asker_of(request), form.said()
        if change:
            applies = cast(Applies, form.cleaned_data["applies"] or "next_spawn")
            seen = form.cleaned_data["if_version"]
            change_profile(asker, obj.pk, said, applies, if_version=seen)
        else:
            obj.pk = make_profile(asker, said).pk

    def delete_model(self, request: HttpRequest, obj: StreamProfile) -> None:
        remove_profile(asker_of(request), obj.pk)
