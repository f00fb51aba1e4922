"""Found footage as a timeline shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sereno.base.spans import Span, union
from sereno.drivers.contract import Found

SEAM = timedelta(seconds=2)
"""Recorders cut continuous footage into files; less than this between two is no gap."""


def merged(found: Iterable[Found]) -> list[Span]:
    """When a channel's footage covers time, in order, without the seams between its files."""
    return union((one.span for one in found), join_within=SEAM - timedelta(microseconds=1))
