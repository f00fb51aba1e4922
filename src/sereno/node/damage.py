"""Where a run may be damaged: few spans, however many losses there were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from sereno.base.clock import from_us
from sereno.wire.reports import MOST_DAMAGED_SPANS, DamagedSpan

Damage = list[tuple[int, int]]
"""Start and end of each damaged part, microseconds since 1970, in order and apart."""

_TOUCHING_US = 2_000  # wall time is corrected by as much from one fragment to the next


def add_damage(damage: Damage, start_us: int, end_us: int) -> None:
    """Add a part that is not before the others; touching ones become one, and over
    `MOST_DAMAGED_SPANS` the two that are nearest to each other do."""
    if damage and start_us <= damage[-1][1] + _TOUCHING_US:
        damage[-1] = (damage[-1][0], max(damage[-1][1], end_us))
        return
    damage.append((start_us, end_us))
    if len(damage) > MOST_DAMAGED_SPANS:
        gaps = [later[0] - earlier[1] for earlier, later in pairwise(damage)]
        place = gaps.index(min(gaps))
        damage[place : place + 2] = [(damage[place][0], damage[place + 1][1])]


def damage_of(parts: Iterable[tuple[int, int]]) -> Damage:
    """All these parts, which may overlap and come in any order."""
    damage: Damage = []
    for start_us, end_us in sorted(parts):
        add_damage(damage, start_us, end_us)
    return damage


def duration_of(damage: Iterable[tuple[int, int]]) -> int:
    """Microseconds, of parts that do not overlap."""
    return sum(end_us - start_us for start_us, end_us in damage)


def outside(damage: Damage, start_us: int, end_us: int) -> Damage:
    """What lies before or after [start_us, end_us)."""
    before = [(start, min(end, start_us)) for start, end in damage if start < start_us]
    return before + [(max(start, end_us), end) for start, end in damage if end > end_us]


def damaged_spans(damage: Damage, start_us: int, end_us: int) -> Iterator[DamagedSpan]:
    """The parts that lie in [start_us, end_us), as they travel."""
    for start, end in damage:
        if (first := max(start, start_us)) < (last := min(end, end_us)):
            yield DamagedSpan(start=from_us(first), end=from_us(last))
