"""What several people edit: a version counts the changes, so that nobody overwrites one unseen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from sereno.accounts.queries import Asker
from sereno.base.errors import Conflict, Words

_CHANGED = Words(
    "{by} changed this {ago}, after you opened it. Look at it again, then make your change.",
    "{by} lo cambió {ago}, después de que usted lo abriera. Vuelva a mirarlo y haga su cambio.",
)
_SOMEBODY = Words("Somebody", "Alguien")
_STEPS = (
    (timedelta(days=1), Words("{count} d ago", "hace {count} d")),
    (timedelta(hours=1), Words("{count} h ago", "hace {count} h")),
    (timedelta(minutes=1), Words("{count} min ago", "hace {count} min")),
    (timedelta(seconds=1), Words("{count} s ago", "hace {count} s")),
)
_NOW = Words("just now", "ahora mismo")


class Versioned(models.Model):
    """A row that people edit. Each change makes a new version of it."""

    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_by = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        abstract = True

    def make_version(self, asker: Asker, now: datetime | None = None) -> None:
        """Note who makes this change; to be saved with it."""
        if self.pk is not None:
            self.version += 1
        self.changed_at = now or timezone.now()
        self.changed_by = asker.name


def check_version(row: Versioned, seen: int | None, now: datetime | None = None) -> None:
    """Raises Conflict where `row`, locked, is not the version `seen` any more; None: any will do.

    Its words say who changed it, and how long ago.
    """
    if seen is None or seen == row.version:
        return
    ago, (en, es) = _ago((now or timezone.now()) - row.changed_at), _SOMEBODY
    words = Words(
        _CHANGED.en.format(by=row.changed_by or en, ago=ago.en),
        _CHANGED.es.format(by=row.changed_by or es, ago=ago.es),
    )
    raise Conflict("changed_meanwhile", words)


def _ago(age: timedelta) -> Words:
    for step, words in _STEPS:
        if age >= step:
            return words.fill(count=age // step)
    return _NOW
