"""Cameras in the back office: what they are, how they are, and what people do to many at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from sereno.accounts.backoffice import ActingAdmin, asker_of, both, column, in_ones_language
from sereno.base.errors import Words
from sereno.enforcer.actions_leases import give_back
from sereno.enforcer.actions_moments import (
    end_pauses,
    enforce,
    pause_cameras,
    start_recording,
    stop_recording,
)
from sereno.enforcer.actions_profiles import (
    Applies,
    add_fitting_camera,
    change_fitting_camera,
    give_profile,
)
from sereno.enforcer.admin_parts import (
    AGE_COLOURS,
    STATE_COLOURS,
    CameraReasonFilter,
    CameraStateFilter,
    age_of,
    applies_field,
    command,
    reason_of,
    state_of,
    wide,
)
from sereno.enforcer.models import StreamProfile
from sereno.enforcer.queries import Desired, desires_of
from sereno.enforcer.queries_profiles import Given, given_to
from sereno.enforcer.queries_running import CameraState, states_of
from sereno.enforcer.rules_moments import EndSaid
from sereno.policy.knob_list import KNOB_OF
from sereno.sites import actions, queries
from sereno.sites.actions import CameraFields
from sereno.sites.models import Camera, Node

Act = Callable[[Any, HttpRequest, QuerySet[Camera]], None]

# What of its form is about the profile that a camera is given.
_OF_PROFILE = frozenset({"profile", "applies"})
# The camera's own fields and the knobs that they say.
_KNOB_FIELDS = {
    "engine": "engine",
    "transport": "rtsp_transport",
    "records_sound": "records_sound",
    "nice": "nice",
    "cpu_affinity": "cpu_affinity",
}


class CameraForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """The password can be set, never read."""

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

    profile = forms.ModelChoiceField(
        StreamProfile.objects.order_by("name"),
        required=False,
        label=both(Words("Profile", "Perfil")),
        widget=UnfoldAdminSelectWidget,
        help_text=both(
            Words(
                "How it is run. What the profile leaves unsaid, the fields below say.",
                "Cómo se lleva. Lo que el perfil no dice lo dicen los campos de abajo.",
            )
        ),
    )
    applies = applies_field()

    class Meta:
        model = Camera
        fields = (
            *("name", "address", "sub_address", "username", "node", "standby_node"),
            "budget_bytes",
            *_KNOB_FIELDS,
        )
        widgets = {"cpu_affinity": UnfoldAdminTextInputWidget}  # noqa: RUF012
        labels = {  # noqa: RUF012
            field: both(KNOB_OF[knob].label) for field, knob in _KNOB_FIELDS.items()
        }
        help_texts = {  # noqa: RUF012  Django's own form
            field: both(KNOB_OF[knob].what) for field, knob in _KNOB_FIELDS.items()
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        given = given_to([self.instance.pk]).get(self.instance.pk, Given())
        self.initial["profile"] = given.profile_id
        for name in ("node", "standby_node"):
            field = cast("forms.ModelChoiceField[Node]", self.fields[name])
            # Nobody need choose a node for a new camera: it gets one.
            field.required = False
            field.queryset = Node.objects.filter(revoked_at=None).order_by("name")


def _fields_in(form: forms.ModelForm[Camera]) -> CameraFields:
    """What the person changed of the camera itself. What was emptied is unsaid again."""
    given = {name: form.cleaned_data[name] for name in form.changed_data if name not in _OF_PROFILE}
    if "budget_bytes" in given:
        given["budget_bytes"] = given["budget_bytes"] or 0
    for name in {"node", "standby_node"} & given.keys():
        node = given.pop(name)
        given[f"{name}_id"] = node.pk if node else None
    emptied = {
        name
        for name in (*_KNOB_FIELDS, "standby_node_id")
        if name in given and given[name] in (None, "", [])
    }
    said = {name: value for name, value in given.items() if name not in emptied}
    if "cpu_affinity" in said:
        said["cpu_affinity"] = tuple(said["cpu_affinity"])
    return CameraFields(**said, unsaid=frozenset(emptied))


class ProfileFilter(admin.SimpleListFilter):
    title = both(Words("profile", "perfil"))
    parameter_name = "profile"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(str(each.pk), each.name) for each in StreamProfile.objects.order_by("name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Camera]) -> QuerySet[Camera]:
        chosen = self.value() or ""
        return queryset.filter(manner__profile=int(chosen)) if chosen.isdecimal() else queryset


def _pause(said: EndSaid, _: Any, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
    pause_cameras(asker_of(request), _ids(cameras), said)


def _give(profile_id: int | None, _: Any, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
    give_profile(asker_of(request), _ids(cameras), profile_id)


def _ids(cameras: QuerySet[Camera]) -> list[Any]:
    return list(cameras.values_list("pk", flat=True))


_PAUSES = {
    "pause_30_minutes": (EndSaid(minutes=30), Words("Pause 30 minutes", "Pausar 30 minutos")),
    "pause_2_hours": (EndSaid(minutes=120), Words("Pause 2 hours", "Pausar 2 horas")),
    "pause_until_tomorrow": (
        EndSaid(is_until_tomorrow=True),
        Words("Pause until tomorrow 08:00", "Pausar hasta mañana a las 08:00"),
    ),
}
_GIVE = Words(
    "Give the profile “{name}” at the next start", "Dar el perfil «{name}» en el próximo inicio"
)
_GIVE_NONE = Words("Take the profile away", "Quitar el perfil")
_NOTHING = "–"


@admin.register(Camera)
class CameraAdmin(ActingAdmin):
    form = CameraForm
    list_display = (
        *("name", "site", "state_shown", "why", "profile_shown", "paused_until", "heard"),
        *("address", "node"),
    )
    fields = (
        *("name", "address", "sub_address", "username", "password", "profile", "applies"),
        *("node", "standby_node", "budget_bytes", *_KNOB_FIELDS),
        *("state_said", "why", "paused_until", "command_shown"),
    )
    list_filter = (CameraStateFilter, ProfileFilter, CameraReasonFilter, "site", "groups")
    readonly_fields = ("state_said", "why", "paused_until", "command_shown")
    actions = (
        *("end_the_pause", "record_now", "stop_recording_now", "enforce_now", "try_again"),
        "give_back_to_own",
    )
    search_fields = ("name", "address")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Camera]:
        return queries.cameras_of(asker_of(request))

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """What all rows need is read once."""
        page: ChangeList = super().get_changelist_instance(request)
        page.result_list = _known(list(page.result_list))
        return page

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Camera | None:
        camera = super().get_object(request, object_id, from_field)
        return _known([camera])[0] if camera else None

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Besides those named above: pauses, and one for each profile."""
        found: dict[str, Any] = super().get_actions(request)
        for name, (said, words) in _PAUSES.items():
            found[name] = (partial(_pause, said), name, in_ones_language(words))
        for profile in StreamProfile.objects.order_by("name"):
            # Django formats what an action is called once more.
            called = profile.name.replace("%", "%%")
            name, words = f"give_profile_{profile.pk}", _GIVE.fill(name=called)
            found[name] = (partial(_give, profile.pk), name, in_ones_language(words))
        found["take_profile"] = (partial(_give, None), "take_profile", in_ones_language(_GIVE_NONE))
        return found

    @column(Words("State", "Estado"), colours=STATE_COLOURS)
    def state_shown(self, camera: Any) -> tuple[str, str]:
        return state_of(camera.known_state.shown)

    @column(Words("State", "Estado"))
    def state_said(self, camera: Any) -> str:
        return self.state_shown(camera)[1] if hasattr(camera, "known_state") else _NOTHING

    @column(Words("Reason", "Motivo"))
    def why(self, camera: Any) -> str:
        if not hasattr(camera, "known_state"):
            return ""
        return wide(reason_of(camera.known_state.shown.reason))

    @column(Words("Profile", "Perfil"))
    def profile_shown(self, camera: Any) -> str:
        profile = camera.known_desire.profile if hasattr(camera, "known_desire") else None
        return f"{profile.name} ({profile.version})" if profile else _NOTHING

    @column(Words("Paused until", "En pausa hasta"))
    def paused_until(self, camera: Any) -> Any:
        pause = camera.known_desire.pause if hasattr(camera, "known_desire") else None
        return pause.end if pause else None

    @column(Words("Last heard", "Última noticia"), colours=AGE_COLOURS)
    def heard(self, camera: Any) -> tuple[str, str] | None:
        runner = camera.known_state.runner
        return age_of(runner) if runner else None

    @column(Words("Effective command", "Comando efectivo"))
    def command_shown(self, camera: Any) -> str:
        runner = camera.known_state.runner if hasattr(camera, "known_state") else None
        return command(runner.effective_args) if runner else ""

    def save_model(
        self, request: HttpRequest, obj: Camera, form: forms.ModelForm[Camera], change: bool
    ) -> None:
        asker, fields = asker_of(request), _fields_in(form)
        if change:
            change_fitting_camera(asker, obj.pk, fields)
        else:
            obj.pk = add_fitting_camera(asker, fields).pk
        if "profile" in form.changed_data:
            profile: StreamProfile | None = form.cleaned_data["profile"]
            applies = cast(Applies, form.cleaned_data["applies"] or "next_spawn")
            give_profile(asker, [obj.pk], profile.pk if profile else None, applies)

    def delete_model(self, request: HttpRequest, obj: Camera) -> None:
        actions.remove_camera(asker_of(request), obj.pk)

    @admin.action(description=both(Words("End the pause", "Terminar la pausa")))
    def end_the_pause(self, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
        end_pauses(asker_of(request), _ids(cameras))

    @admin.action(
        description=both(Words("Record now, until stopped", "Grabar ahora, hasta que se detenga"))
    )
    def record_now(self, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
        start_recording(asker_of(request), _ids(cameras), EndSaid())

    @admin.action(
        description=both(Words("Stop what was started by hand", "Detener lo que se inició a mano"))
    )
    def stop_recording_now(self, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
        stop_recording(asker_of(request), _ids(cameras))

    @admin.action(description=both(Words("Enforce now", "Aplicar ahora")))
    def enforce_now(self, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
        enforce(asker_of(request), _ids(cameras))

    @admin.action(
        description=both(
            Words(
                "Try the first choice of engine and transport again",
                "Volver a probar la primera opción de motor y transporte",
            )
        )
    )
    def try_again(self, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
        for camera_id in _ids(cameras):
            actions.forget_memory(asker_of(request), camera_id)

    @admin.action(
        description=both(
            Words("Give it back to its own node", "Devolverla a su propio nodo"),
        )
    )
    def give_back_to_own(self, request: HttpRequest, cameras: QuerySet[Camera]) -> None:
        for camera_id in _ids(cameras):
            give_back(asker_of(request), camera_id)


def _known(cameras: list[Camera]) -> list[Any]:
    """Cameras with what a page shows of them: `known_state`, `known_desire`."""
    now = timezone.now()
    states: list[CameraState] = states_of(cameras, now)
    desires: list[Desired] = desires_of(cameras, now)
    known: list[Any] = list(cameras)
    for camera, state, desire in zip(known, states, desires, strict=True):
        camera.known_state, camera.known_desire = state, desire
    return known
