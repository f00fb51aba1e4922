"""What footage there is, over HTTP."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Annotated
from uuid import UUID

from ninja import Query, Router
from pydantic import BaseModel

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.footage import queries
from sereno.sites.queries import access_camera

router = Router(tags=["footage"], auth=ANYBODY_KNOWN)

MONTH = r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"


class DaysAnswer(BaseModel):
    days: list[date]


@router.get("/cameras/{camera_id}/days", response=DaysAnswer, operation_id="list_days")
def list_days(
    request: KnownRequest,
    camera_id: UUID,
    month: Annotated[str, Query(pattern=MONTH, description="such as 2026-11")],
) -> DaysAnswer:
    """The days of a month, in the site's zone, that have footage."""
    camera = access_camera(request.auth, camera_id)
    first = date.fromisoformat(f"{month}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return DaysAnswer(days=queries.days_with_footage(camera, first, last))
