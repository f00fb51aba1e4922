"""Diagnoses over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import BaseModel, SecretStr

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.base.errors import Words
from sereno.errands.actions import AddressSaid, diagnose_address, diagnose_camera
from sereno.errands.models import Errand
from sereno.errands.queries import access_errand
from sereno.errands.rules import StateName, state_of
from sereno.policy.choices import StreamName
from sereno.policy.diagnosis import (
    OverallName,
    VerdictName,
    name_of,
    summary_of,
    verdict_of,
)
from sereno.policy.reasons import Reason
from sereno.wire.errands import StepReport

router = Router(tags=["diagnoses"], auth=ANYBODY_KNOWN)


class WordsAnswer(BaseModel):
    """The same in both languages."""

    en: str
    es: str

    @classmethod
    def of(cls, words: Words) -> WordsAnswer:
        return cls(en=words.en, es=words.es)


class AdviceAnswer(WordsAnswer):
    """What should be changed."""

    key: str

    @classmethod
    def of_reason(cls, reason: Reason) -> AdviceAnswer:
        words = reason.words()
        return cls(key=reason.key, en=words.en, es=words.es)


class StepAnswer(BaseModel):
    """`saw` is in no language: an address, a reply, a format. `words`: why it failed."""

    step: str
    name: WordsAnswer
    verdict: VerdictName
    ms: float | None
    saw: str
    words: WordsAnswer | None
    advice: list[AdviceAnswer]
    raw: str

    @classmethod
    def of(cls, step: StepReport) -> StepAnswer:
        found = step.to_finding()
        reason = found.reason
        return cls(
            step=step.step,
            name=WordsAnswer.of(name_of(step.step)),
            verdict=step.verdict,
            ms=step.ms,
            saw=step.saw,
            words=None if reason is None else WordsAnswer.of(reason.words()),
            advice=[AdviceAnswer.of_reason(each) for each in found.advice],
            raw="" if reason is None else reason.raw,
        )


class DiagnosisAnswer(BaseModel):
    """`verdict` and `summary` come with its end; `expired`: the node did not tell in time."""

    id: UUID
    state: StateName
    verdict: OverallName | None
    started_at: datetime | None
    engine: str
    steps: list[StepAnswer]
    summary: WordsAnswer | None

    @classmethod
    def of(cls, errand: Errand, now: datetime) -> DiagnosisAnswer:
        steps = [StepReport.model_validate(step) for step in errand.steps]
        findings = [step.to_finding() for step in steps]
        state = state_of(errand.started_at, errand.done_at, errand.expires_at, now)
        verdict: OverallName | None = None
        summary: Words | None = None
        if state == "done":
            verdict, summary = verdict_of(findings), summary_of(findings)
        elif state == "expired":
            key = "diagnosis_untaken" if errand.started_at is None else "diagnosis_broken_off"
            summary = Reason(key).words()
        return cls(
            id=errand.pk,
            state=state,
            verdict=verdict,
            started_at=errand.started_at,
            engine=errand.engine,
            steps=[StepAnswer.of(step) for step in steps],
            summary=None if summary is None else WordsAnswer.of(summary),
        )


class AskedAnswer(Schema):
    """Ask for it by this id, every half second or so, until it is done or expired."""

    id: UUID


class CameraDiagnosis(Schema):
    """Which of the camera's streams."""

    stream: StreamName = "main"


class AddressDiagnosis(Schema):
    """Credentials stand in the address or in their fields. `node_id`: null for any of the site."""

    address: str
    username: str | None = None
    password: SecretStr | None = None
    node_id: UUID | None = None


_MAIN = CameraDiagnosis()


@router.post(
    "/cameras/{camera_id}/diagnoses",
    response={202: AskedAnswer},
    operation_id="diagnose_camera",
)
def ask_for_camera(
    request: KnownRequest, camera_id: UUID, body: CameraDiagnosis = _MAIN
) -> Status[AskedAnswer]:
    """Have the camera's node try it now, step by step, with its stored credentials."""
    errand = diagnose_camera(request.auth, camera_id, body.stream)
    return Status(202, AskedAnswer(id=errand.pk))


@router.post(
    "/sites/{site_id}/diagnoses", response={202: AskedAnswer}, operation_id="diagnose_address"
)
def ask_for_address(
    request: KnownRequest, site_id: int, body: AddressDiagnosis
) -> Status[AskedAnswer]:
    """Have a node of the site try an address of which there is no camera yet."""
    password = None if body.password is None else body.password.get_secret_value()
    said = AddressSaid(body.address, body.username, password)
    errand = diagnose_address(request.auth, site_id, said, body.node_id)
    return Status(202, AskedAnswer(id=errand.pk))


@router.get("/diagnoses/{errand_id}", response=DiagnosisAnswer, operation_id="get_diagnosis")
def get_diagnosis(request: KnownRequest, errand_id: UUID) -> DiagnosisAnswer:
    """What is known by now; kept for a day."""
    return DiagnosisAnswer.of(access_errand(request.auth, errand_id), timezone.now())
