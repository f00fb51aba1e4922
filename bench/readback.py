"""Counts the simulated cameras' frames that a recording holds, by the number in each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sereno.sim.marks import SEI_UUID

# The stamp stands in the access unit as plain digits (`sereno.sim.marks`), so any container shows.
_STAMP = re.compile(re.escape(SEI_UUID) + rb"[0-9a-f]{16}([0-9a-f]{16})")


def missing_frames(files: Iterable[Path]) -> int:
    """How many frames of one camera are not there, between the first and the last that are."""
    return len(missing_in(frames_in(files)))


def frames_in(files: Iterable[Path]) -> set[int]:
    """The numbers of the frames of one camera that are there."""
    return {int(found, 16) for file in files for found in _STAMP.findall(file.read_bytes())}


def missing_in(numbers: set[int]) -> set[int]:
    """The numbers between the first and the last that are not among them."""
    return set(range(min(numbers), max(numbers))) - numbers if numbers else set()


def stretches_of(numbers: set[int]) -> list[range]:
    """Those that follow each other without a break, together."""
    firsts = sorted(number for number in numbers if number - 1 not in numbers)
    lasts = sorted(number for number in numbers if number + 1 not in numbers)
    return [range(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]
