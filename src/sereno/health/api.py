"""What is wrong, over HTTP."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from ninja import Router
from pydantic import BaseModel

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.base.errors import Words
from sereno.health.facts import Problem, SeverityName, SubjectKind
from sereno.health.queries import problems_now
from sereno.health.rules import is_well

router = Router(tags=["health"], auth=ANYBODY_KNOWN)


class SentenceAnswer(BaseModel):
    en: str
    es: str

    @classmethod
    def of(cls, words: Words) -> SentenceAnswer:
        return cls(en=words.en, es=words.es)


class SubjectAnswer(BaseModel):
    """What a problem is of; `id` is that of the camera, volume or node where it is one of those."""

    kind: SubjectKind
    id: str
    name: str


class CameraName(BaseModel):
    id: UUID
    name: str


class SiteName(BaseModel):
    id: int
    name: str


class ProblemAnswer(BaseModel):
    """One cause, told once. `id` stays the same as long as the problem does.

    `words` say what happened, `advice` what to do (empty where nothing is to be done), `raw` what a
    device or the system said. `concerns` is how many cameras it concerns. `link` is the page of the
    interface to go to.
    """

    id: str
    key: str
    severity: SeverityName
    subject: SubjectAnswer
    site: SiteName | None
    since: datetime
    words: SentenceAnswer
    advice: SentenceAnswer
    raw: str
    concerns: int
    cameras: list[CameraName]
    link: str

    @classmethod
    def of(cls, problem: Problem, now: datetime) -> ProblemAnswer:
        subject, site = problem.subject, problem.site
        return cls(
            id=problem.id,
            key=problem.key,
            severity=problem.severity.title,
            subject=SubjectAnswer(kind=subject.kind, id=subject.id, name=subject.name),
            site=SiteName(id=site.id, name=site.name) if site else None,
            since=problem.since or now,
            words=SentenceAnswer.of(problem.words),
            advice=SentenceAnswer.of(problem.advice),
            raw=problem.raw,
            concerns=len(problem.cameras),
            cameras=[CameraName(id=each.id, name=each.name) for each in problem.cameras],
            link=problem.link,
        )


class HealthAnswer(BaseModel):
    """`is_well`: nothing is critical or serious; what is minor may be there all the same."""

    is_well: bool
    checked_at: datetime
    problems: list[ProblemAnswer]


@router.get("/health", response=HealthAnswer, operation_id="get_health")
def get_health(request: KnownRequest) -> HealthAnswer:
    """What is wrong with cameras, disks, nodes, clocks and the hub: most severe first."""
    now = timezone.now()
    problems = problems_now(request.auth, now)
    return HealthAnswer(
        is_well=is_well(problems),
        checked_at=now,
        problems=[ProblemAnswer.of(each, now) for each in problems],
    )
