"""Since when something has been wrong that does not know its own beginning."""

from __future__ import annotations

from django.db import models


class Noticed(models.Model):
    """A problem that is on now, by `Problem.id`, and when it was first met."""

    problem = models.CharField(max_length=400, unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.problem
