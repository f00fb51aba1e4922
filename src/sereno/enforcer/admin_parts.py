"""Parts that several pages of the back office show: states, ages, commands."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminRadioSelectWidget

from sereno.accounts.backoffice import both, in_ones_language
from sereno.base.errors import Words
from sereno.enforcer.models import RunnerState
from sereno.enforcer.queries_running import MAIN
from sereno.enforcer.rules import SILENT_AFTER, Shown
from sereno.policy.reasons import Reason

STATES = {
    "recording": Words("recording", "grabando"),
    "connecting": Words("connecting", "conectando"),
    "waiting": Words("waiting to try again", "en espera de otro intento"),
    "failed": Words("failed", "falló"),
    "stalled": Words("no picture", "sin imagen"),
    "no_disk": Words("no disk", "sin disco"),
    "paused": Words("paused", "en pausa"),
    "not_scheduled": Words("not scheduled", "fuera de horario"),
    "standby": Words("standby", "en reserva"),
    "silent": Words("silent", "sin noticias"),
    "node_offline": Words("node offline", "nodo desconectado"),
    "not_assigned": Words("no node", "sin nodo"),
}
_WORRYING = ("waiting", "failed", "stalled", "no_disk", "silent", "node_offline", "not_assigned")
STATE_COLOURS = {
    "recording": "success",
    "connecting": "info",
    **dict.fromkeys(("paused", "not_scheduled", "standby"), "warning"),
    **dict.fromkeys(_WORRYING, "danger"),
}
AGE_COLOURS = {"fresh": "success", "late": "warning", "silent": "danger"}
_AGO = Words("{seconds} s ago", "hace {seconds} s")
_COPY = Words("Copy", "Copiar")
_APPLIES = {
    "next_spawn": Words("at the next start of each stream", "en el próximo inicio de cada flujo"),
    "now": Words("now: streams that it concerns start anew", "ahora: los flujos se reinician"),
}


def applies_field() -> forms.ChoiceField:
    """When what runs goes over to a change; its values are those of `actions_profiles.Applies`."""
    return forms.ChoiceField(
        required=False,
        choices=[(key, both(words)) for key, words in _APPLIES.items()],
        initial="next_spawn",
        label=both(Words("A change is taken up", "Un cambio se aplica")),
        widget=UnfoldAdminRadioSelectWidget,
    )


def state_of(shown: Shown) -> tuple[str, str]:
    """A state for a coloured label: its key and its words."""
    words = STATES.get(shown.state)
    return shown.state, in_ones_language(words) if words else shown.state


def wide(text: str) -> str | SafeString:
    """A sentence in a list's cell, which would else be a word wide."""
    return format_html('<div style="min-width: 16rem">{}</div>', text) if text else ""


def reason_of(reason: Reason | None) -> str:
    """A reason in one's language; empty for none."""
    return in_ones_language(reason.words()) if reason else ""


def age_of(runner: RunnerState, now: datetime | None = None) -> tuple[str, str]:
    """How long ago a stream was told of, for a coloured label."""
    seconds = max(0.0, ((now or timezone.now()) - runner.heard_at).total_seconds())
    intervals = seconds / runner.hb_interval if runner.hb_interval else 0
    # A heartbeat that is a little late is no sign of anything.
    colour = "silent" if intervals >= SILENT_AFTER else "late" if intervals >= 2 else "fresh"
    return colour, in_ones_language(_AGO.fill(seconds=round(seconds)))


def command(text: str) -> str | SafeString:
    """A command with a button that copies it. The page's own library reads the attributes."""
    if not text:
        return ""
    return format_html(
        '<div x-data><code class="break-all" x-ref="command">{}</code> '
        '<button type="button" class="border rounded px-2" '
        'x-on:click="navigator.clipboard.writeText($refs.command.textContent)">{}</button></div>',
        text,
        in_ones_language(_COPY),
    )


class _OfRunner(admin.SimpleListFilter):
    """A filter by something of the main stream's runner; `path` leads to it from a page's rows."""

    path = ""
    field = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:  # type: ignore[type-arg]
        if self.value() is None:
            return queryset
        wanted = {f"{self.path}{self.field}": self.value()}
        if self.path:
            wanted[f"{self.path}stream"] = MAIN
        return queryset.filter(**wanted)


class StateFilter(_OfRunner):
    title = both(Words("state, as the node said", "estado, según el nodo"))
    parameter_name = "state"
    field = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        found = RunnerState.objects.values_list("state", flat=True).distinct().order_by("state")
        return [(key, in_ones_language(STATES.get(key, Words(key, key)))) for key in found]


class ReasonFilter(_OfRunner):
    title = both(Words("reason", "motivo"))
    parameter_name = "reason"
    field = "reason_key"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        kept = RunnerState.objects.exclude(reason_key="").values_list("reason_key", flat=True)
        return [(key, reason_of(Reason(key))) for key in kept.distinct().order_by("reason_key")]


class CameraStateFilter(StateFilter):
    path = "runnerstate__"


class CameraReasonFilter(ReasonFilter):
    path = "runnerstate__"
