"""The manners of cameras in the field, each a named switch.

The lists of them say what each is called, what it does, where such a device was met, and in which
module it acts. A switch may carry a number: ``stall-after=3``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sereno.sim.media_quirks import MEDIA_QUIRKS
from sereno.sim.quirk import Quirk
from sereno.sim.request_quirks import REQUEST_QUIRKS

QUIRKS: dict[str, Quirk] = {quirk.name: quirk for quirk in (*REQUEST_QUIRKS, *MEDIA_QUIRKS)}


class Quirks(Mapping[str, float]):
    """The switches that are on, by name, with their numbers (0 where they take none)."""

    def __init__(self, numbers: Mapping[str, float]) -> None:
        self._numbers = dict(numbers)

    @classmethod
    def of(cls, *groups: Iterable[str], known: Mapping[str, Quirk] = QUIRKS) -> Quirks:
        """Reads ``name`` and ``name=number``; later groups win. Raises ValueError.

        ``known`` are the switches there are: those of cameras, or of another kind of device.
        """
        return cls(dict(_read(text, known) for group in groups for text in sorted(group)))

    def __getitem__(self, name: str) -> float:
        return self._numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def _read(text: str, known: Mapping[str, Quirk]) -> tuple[str, float]:
    name, equals, number = text.partition("=")
    quirk = known.get(name)
    if quirk is None:
        raise ValueError(f"no quirk is called {name!r}; there are: {', '.join(known)}")
    if not equals:
        return name, quirk.number or 0.0
    if quirk.number is None:
        raise ValueError(f"the quirk {name} takes no number")
    try:
        value = float(number)
    except ValueError:
        raise ValueError(f"the quirk {name} takes a number, not {number!r}") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"the quirk {name} takes a number above zero")
    return name, value
