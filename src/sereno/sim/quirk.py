"""What is said of each switch of a simulated camera."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.base.errors import Words


@dataclass(frozen=True, slots=True)
class Quirk:
    """One oddity. ``number`` is its default where it takes one, ``unit`` what that counts.

    ``acts_in`` is the module of this package that asks for it; ``met_on`` says on what devices it
    is known (None: on many, or it comes of chance). ``rows`` number the failures in the field that
    it brings about (docs/ref/devices.md), where it does.
    """

    name: str
    acts_in: str
    words: Words
    number: float | None = None
    unit: str = ""
    met_on: Words | None = None
    rows: tuple[int, ...] = ()
