"""What runs now, in the back office: to read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sereno.accounts.backoffice import ReadingAdmin, asker_of, both, column
from sereno.base.errors import Words
from sereno.enforcer.actions_moments import end_pauses
from sereno.enforcer.admin_parts import (
    AGE_COLOURS,
    STATE_COLOURS,
    ReasonFilter,
    StateFilter,
    age_of,
    command,
    reason_of,
    state_of,
    wide,
)
from sereno.enforcer.leases import leases_of
from sereno.enforcer.models import Lease, Pause, RunnerState
from sereno.enforcer.queries_profiles import ProfileBook
from sereno.enforcer.queries_running import shown_of
from sereno.sites.queries import cameras_of


class RunnerProfileFilter(admin.SimpleListFilter):
    title = both(Words("profile", "perfil"))
    parameter_name = "profile"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        book = ProfileBook.read()
        return [(str(each.pk), each.name) for each in book.profiles.values()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RunnerState]
    ) -> QuerySet[RunnerState]:
        chosen = self.value() or ""
        if not chosen.isdecimal():
            return queryset
        given = Q(profile="", camera__manner__profile=int(chosen))
        return queryset.filter(Q(profile=chosen) | given)


@admin.register(RunnerState)
class RunnerAdmin(ReadingAdmin):
    """Every stream that a node has told of."""

    list_display = (
        "camera",
        "stream",
        "state_shown",
        "why",
        "heard",
        "engine",
        "transport",
        "profile_shown",
        "pid",
        "shared_by",
        "nice",
        "cpu_affinity",
        "restarts",
        "bitrate",
        "frames",
        "lost_packets",
    )
    list_filter = (StateFilter, RunnerProfileFilter, ReasonFilter, "engine")
    search_fields = ("camera__name", "effective_args")
    ordering = ("camera__name", "stream")
    list_per_page = 500
    fields = (
        *("camera", "node", "stream", "state_said", "since", "why", "next_try", "heard_said"),
        *("profile_shown", "profile_version", "is_pending", "engine", "transport", "clock"),
        *("codec", "sound", "width", "height", "frames", "bitrate", "lost_packets"),
        *("pid", "shared_by", "nice", "cpu_affinity", "started_at", "restarts", "last_exit"),
        *("last_error_shown", "command_shown", "ffmpeg_shown"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RunnerState]:
        seen = RunnerState.objects.filter(camera__in=cameras_of(asker_of(request)).order_by())
        return seen.select_related("camera__node", "camera__site", "node")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """What all rows need is read once."""
        page: ChangeList = super().get_changelist_instance(request)
        rows = list(page.result_list)
        leases, book = leases_of({row.camera for row in rows}), ProfileBook.read()
        for row in rows:
            row.known_lease, row.known_book = leases.get(row.camera_id), book
        page.result_list = rows
        return page

    @column(Words("State", "Estado"), colours=STATE_COLOURS)
    def state_shown(self, row: Any) -> tuple[str, str]:
        lease = row.known_lease if hasattr(row, "known_lease") else _lease(row)
        return state_of(shown_of(row.camera, row, lease, timezone.now()))

    @column(Words("State", "Estado"))
    def state_said(self, row: RunnerState) -> str:
        return self.state_shown(row)[1]

    @column(Words("Reason", "Motivo"))
    def why(self, row: RunnerState) -> str:
        return wide(reason_of(row.reason))

    @column(Words("Last heard", "Última noticia"), colours=AGE_COLOURS, ordering="heard_at")
    def heard(self, row: RunnerState) -> tuple[str, str]:
        return age_of(row)

    @column(Words("Last heard", "Última noticia"))
    def heard_said(self, row: RunnerState) -> str:
        return age_of(row)[1]

    @column(Words("Profile", "Perfil"))
    def profile_shown(self, row: Any) -> str:
        book = row.known_book if hasattr(row, "known_book") else ProfileBook.read()
        return book.name(row.profile) or row.profile_version or "–"

    @column(Words("kbit/s", "kbit/s"), ordering="bitrate_bps")
    def bitrate(self, row: RunnerState) -> int:
        return round(row.bitrate_bps / 1000)

    @column(Words("Frames/s", "Imágenes/s"), ordering="fps")
    def frames(self, row: RunnerState) -> str:
        said = f" / {row.advertised_fps:g}" if row.advertised_fps else ""
        return f"{row.fps:.1f}{said}"

    @column(Words("Last error", "Último error"))
    def last_error_shown(self, row: RunnerState) -> str:
        return row.last_error["raw"] or row.last_error["key"] if row.last_error else ""

    @column(Words("Effective command", "Comando efectivo"))
    def command_shown(self, row: RunnerState) -> str:
        return command(row.effective_args)

    @column(Words("ffmpeg's command", "Comando de ffmpeg"))
    def ffmpeg_shown(self, row: RunnerState) -> str:
        return command(row.ffmpeg_args)


def _lease(row: RunnerState) -> Lease | None:
    return leases_of([row.camera]).get(row.camera_id)


@admin.register(Lease)
class LeaseAdmin(ReadingAdmin):
    """Who runs each camera that has a standby node."""

    list_display = ("camera", "node", "number", "granted_at", "expires_at")
    list_select_related = ("camera", "node")
    fields = list_display
    search_fields = ("camera__name", "node__name")


@admin.register(Pause)
class PauseAdmin(ReadingAdmin):
    """The pauses that are on or to come, and those of the last 31 days."""

    list_display = ("camera", "start", "end", "by", "why")
    list_select_related = ("camera",)
    search_fields = ("camera__name", "by", "why")
    ordering = ("-end",)
    actions = ("end_now",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pause]:
        seen = Pause.objects.filter(camera__in=cameras_of(asker_of(request)).order_by())
        return seen.filter(end__gt=timezone.now() - timedelta(days=31)).select_related("camera")

    @admin.action(description=both(Words("End these pauses now", "Terminar estas pausas ahora")))
    def end_now(self, request: HttpRequest, pauses: QuerySet[Pause]) -> None:
        end_pauses(asker_of(request), set(pauses.values_list("camera", flat=True)))
