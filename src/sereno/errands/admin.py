"""Diagnoses in the back office: to read."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from sereno.accounts.backoffice import ReadingAdmin, asker_of, column, in_ones_language
from sereno.base.errors import Words
from sereno.errands.models import Errand
from sereno.errands.queries import errands_of
from sereno.errands.rules import state_of
from sereno.policy.diagnosis import name_of, summary_of
from sereno.wire.errands import StepReport


@admin.register(Errand)
class ErrandAdmin(ReadingAdmin):
    """The diagnoses of the last day."""

    list_display = ("camera", "address", "stream", "asked_at", "asked_by", "state", "summary")
    list_filter = (("done_at", admin.EmptyFieldListFilter),)
    search_fields = ("camera__name", "address")
    fields = (*list_display, "node", "engine", "found")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Errand]:
        return errands_of(asker_of(request))

    @column(Words("State", "Estado"))
    def state(self, errand: Errand) -> str:
        return state_of(errand.started_at, errand.done_at, errand.expires_at, timezone.now())

    @column(Words("Result", "Resultado"))
    def summary(self, errand: Errand) -> str:
        if errand.done_at is None:
            return "–"
        return in_ones_language(summary_of(step.to_finding() for step in _steps(errand)))

    @column(Words("Steps", "Pasos"))
    def found(self, errand: Errand) -> str:
        lines = (
            f"{in_ones_language(name_of(step.step))}: {step.verdict} {step.saw}".rstrip()
            for step in _steps(errand)
        )
        return "\n".join(lines) or "–"


def _steps(errand: Errand) -> list[StepReport]:
    return [StepReport.model_validate(step) for step in errand.steps]
