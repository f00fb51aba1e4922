"""The list of recordings, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Query, Router
from pydantic import AwareDatetime, BaseModel, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.footage.models import CoverageRun
from sereno.footage.queries_recordings import Cause, Wanted, causes_of, page_of, recordings_of
from sereno.footage.rules_recordings import MOST_ON_A_PAGE, Order, search_window, unpack_place
from sereno.policy.choices import StreamName
from sereno.sites.answers import ReasonAnswer

router = Router(tags=["footage"], auth=ANYBODY_KNOWN, by_alias=True)

_LARGEST = (1 << 63) - 1  # of the column
Bytes = Annotated[int, Field(ge=0, le=_LARGEST)]
Seconds = Annotated[float, Field(ge=0, le=10**10, allow_inf_nan=False)]


class RecordingsAsked(BaseModel):
    """Of which recordings: those with a moment in the time, of whose facts all fit."""

    start: AwareDatetime = Field(alias="from")
    end: AwareDatetime = Field(alias="to")
    camera_id: list[UUID] = Field(default=[], description="of all cameras where none is named")
    stream: StreamName | None = None
    cause: list[str] = Field(default=[], description="why they ended: keys of reasons")
    is_open: bool | None = Field(default=None, description="only those that go on, or that ended")
    least_bytes: Bytes = 0
    most_bytes: Bytes | None = None
    least_seconds: Seconds = 0
    most_seconds: Seconds | None = None

    def to_wanted(self) -> Wanted:
        """Raises Invalid."""
        return Wanted(
            window=search_window(self.start, self.end),
            camera_ids=self.camera_id,
            stream=self.stream,
            causes=self.cause,
            is_open=self.is_open,
            least_bytes=self.least_bytes,
            most_bytes=self.most_bytes,
            least_seconds=self.least_seconds,
            most_seconds=self.most_seconds,
        )


class PageAsked(RecordingsAsked):
    order: Order = Order.NEWEST
    after: str = Field(default="", description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=MOST_ON_A_PAGE)


class RecordingAnswer(BaseModel):
    """Unbroken footage of one stream: all of it, also what lies outside of the time asked for.

    `end`: why it ended; null while it goes on, or where nobody said.
    """

    run_id: UUID
    camera_id: UUID
    camera: str
    site: str
    stream: StreamName
    start: datetime = Field(alias="from")
    to: datetime
    is_open: bool
    seconds: float
    size_bytes: int
    damaged_seconds: float
    end: ReasonAnswer | None
    node_id: UUID | None
    node: str

    @classmethod
    def of(cls, run: CoverageRun) -> Self:
        start, end, reason = run.span.lower, run.span.upper, run.end_reason
        return cls.model_validate(
            {
                "run_id": run.run_id,
                "camera_id": run.camera_id,
                "camera": run.camera.name,
                "site": run.camera.site.name,
                "stream": run.stream,
                "from": start,
                "to": end,
                "is_open": run.is_open,
                "seconds": (end - start).total_seconds(),
                "size_bytes": run.size_bytes,
                "damaged_seconds": run.damaged_seconds,
                "end": None if reason is None else ReasonAnswer.of(reason),
                "node_id": run.node_id,
                "node": run.node.name if run.node else "",
            }
        )


class RecordingsAnswer(BaseModel):
    """A page; `next` leads to the one after it, null: there is none."""

    recordings: list[RecordingAnswer]
    next: str | None


class CauseCountAnswer(BaseModel):
    """Why recordings ended: what happened, without what differs from one to the next."""

    key: str
    en: str
    es: str
    count: int

    @classmethod
    def of(cls, cause: Cause) -> Self:
        words = cause.reason.what()
        return cls(key=cause.reason.key, en=words.en, es=words.es, count=cause.count)


@router.get("/recordings", response=RecordingsAnswer, operation_id="list_recordings")
def list_recordings(
    request: KnownRequest, asked: Annotated[PageAsked, Query()]
) -> RecordingsAnswer:
    """Recordings with a moment in a time of at most 366 days, in pages."""
    after = unpack_place(asked.after, asked.order) if asked.after else None
    found = recordings_of(request.auth, asked.to_wanted())
    page, place = page_of(found, asked.order, after, asked.limit)
    answers = [RecordingAnswer.of(run) for run in page]
    return RecordingsAnswer(recordings=answers, next=place.pack() if place else None)


@router.get(
    "/recordings/causes", response=list[CauseCountAnswer], operation_id="list_recording_causes"
)
def list_recording_causes(
    request: KnownRequest, asked: Annotated[RecordingsAsked, Query()]
) -> list[CauseCountAnswer]:
    """Why recordings of a time ended, the most frequent cause first."""
    return [
        CauseCountAnswer.of(cause)
        for cause in causes_of(recordings_of(request.auth, asked.to_wanted()))
    ]
