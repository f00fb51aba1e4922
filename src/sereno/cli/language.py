"""The language of the person at the terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping

from sereno.base.errors import Words

UNEXPECTED = Words(
    "Something unexpected happened ({what}). Try again; "
    "with SERENO_DEBUG=1 the whole story is shown for a report.",
    "Ocurrió algo inesperado ({what}). Inténtelo de nuevo; "
    "con SERENO_DEBUG=1 se muestra toda la historia para informar del fallo.",
)


def is_spanish(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the locale's messages are Spanish (locale(7))."""
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((environ[name] for name in variables if environ.get(name)), "")
    return chosen.lower().startswith("es")


def pick(words: Words) -> str:
    """The sentence in the person's language."""
    return words.es if is_spanish() else words.en


def say(en: str, es: str) -> str:
    """One of two short texts, such as a column's head."""
    return pick(Words(en, es))
