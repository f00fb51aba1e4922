"""A report of coverage as a table for a spreadsheet (RFC 4180); pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Literal

from sereno.base.errors import Words
from sereno.base.spans import Span
from sereno.coverage.rules import Sums

Language = Literal["en", "es"]

_COLUMNS = (
    Words("Site", "Sitio"),
    Words("Camera", "Cámara"),
    Words("From (UTC)", "Desde (UTC)"),
    Words("To (UTC)", "Hasta (UTC)"),
    Words("Promised, s", "Prometido, s"),
    Words("Recorded, s", "Grabado, s"),
    Words("Recorded of what is known, %", "Grabado de lo conocido, %"),
    Words("Not reported yet, s", "Sin informar aún, s"),
)
_MISSING = Words("Missing, s: {cause}", "Falta, s: {cause}")
_ALL = Words("All", "Todas")


def spreadsheet(
    window: Span, whole: Sums, cameras: Iterable[tuple[str, str, Sums]], language: Language
) -> str:
    """A row for each camera (site, name, sums) and one for all; a column for each cause."""
    keys = [cause.reason.key for cause in whole.causes]
    causes = [_in(cause.reason.words(), language).split(". ")[0] for cause in whole.causes]
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            *(_in(column, language) for column in _COLUMNS),
            *(_in(_MISSING.fill(cause=cause.rstrip(".")), language) for cause in causes),
        ]
    )
    rows = [*cameras, ("", _in(_ALL, language), whole)]
    for site, name, sums in rows:
        writer.writerow([_plain(site), _plain(name), *_times(window), *_figures(sums, keys)])
    return text.getvalue()


def _times(window: Span) -> tuple[str, str]:
    return window.start.isoformat(), window.end.isoformat()


def _figures(sums: Sums, keys: Sequence[str]) -> list[str]:
    missing = {cause.reason.key: cause.seconds for cause in sums.causes}
    percent = "" if sums.percent is None else f"{sums.percent:.3f}"
    figures = [
        f"{sums.promised_seconds:.0f}",
        f"{sums.covered_seconds:.0f}",
        percent,
        f"{sums.unreported_seconds:.0f}",
    ]
    return figures + [f"{missing.get(key, 0):.0f}" for key in keys]


def _plain(name: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{name}" if name[:1] in {"=", "+", "-", "@"} else name


def _in(words: Words, language: Language) -> str:
    return words.es if language == "es" else words.en
