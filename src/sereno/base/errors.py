"""The few kinds of error that leave a room, each with words for people.

SerenoError
├── Invalid          the input is wrong; `field` says where
├── NotFound         no such thing, or none that this person may see
├── Conflict         it contradicts what is there: a name taken, a newer version
├── Forbidden        known person, missing right
├── Unauthenticated  nobody known asked
├── Busy             right now it cannot be done; try later
├── Unavailable      something it needs does not answer
└── Garbled          bytes from outside that make no sense
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One sentence or two in each language: what happened and what to do next."""

    en: str
    es: str

    def fill(self, /, **params: object) -> Words:
        """Both texts with `{name}` places filled from `params`."""
        return Words(self.en.format(**params), self.es.format(**params))


class SerenoError(Exception):
    """An error somebody can act on.

    `key` is stable and machine-readable; `field` names the input at fault, if one is.
    """

    def __init__(self, key: str, words: Words, *, field: str | None = None) -> None:
        super().__init__(words.en)
        self.key = key
        self.words = words
        self.field = field


class Invalid(SerenoError):
    """The input is wrong."""


class NotFound(SerenoError):
    """There is no such thing, or none that the asker may see."""


class Conflict(SerenoError):
    """It contradicts what is there."""


class Forbidden(SerenoError):
    """The asker is known and lacks the right."""


class Unauthenticated(SerenoError):
    """Nobody known asked."""


class Busy(SerenoError):
    """It cannot be done right now; later it can."""


class Unavailable(SerenoError):
    """Something that is needed does not answer."""


class Garbled(SerenoError):
    """Bytes from outside that make no sense."""
