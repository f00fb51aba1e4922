"""Keeping in mind since when something is wrong. Telling, not acting: not journalled."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sereno.accounts.queries import SYSTEM
from sereno.health.models import Noticed
from sereno.health.queries import problems_now


@transaction.atomic
def notice_problems(now: datetime) -> None:
    """Write down what is newly wrong, and forget what is well again.

    Several workers may do so at once: each problem is written down once.
    """
    ids = sorted({problem.id[:400] for problem in problems_now(SYSTEM, now)})
    known = set(Noticed.objects.values_list("problem", flat=True))
    if gone := known.difference(ids):
        Noticed.objects.filter(problem__in=gone).delete()
    if new := [each for each in ids if each not in known]:
        rows = [Noticed(problem=each, since=now) for each in new]
        Noticed.objects.bulk_create(rows, ignore_conflicts=True)
