"""What a device wrote, as one tree of plain parts: names without namespaces, and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """An element, or a member of a JSON object: its local name, text and what is inside it."""

    name: str
    text: str = ""
    inside: tuple[Part, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)

    def all(self, name: str) -> Iterator[Part]:
        """The parts directly inside that are called so, in any case."""
        wanted = name.lower()
        return (part for part in self.inside if part.name.lower() == wanted)

    def get(self, path: str) -> Part | None:
        """The first part at `a/b/c`."""
        here: Part | None = self
        for name in path.split("/"):
            here = next(here.all(name), None) if here is not None else None
        return here

    def say(self, path: str) -> str:
        """The text at `a/b/c`; empty where there is none."""
        part = self.get(path)
        return part.text if part is not None else ""

    def walk(self, name: str) -> Iterator[Part]:
        """This part and every one below that is called so, in the order written."""
        wanted = name.lower()
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part.name.lower() == wanted:
                yield part
            waiting.extend(reversed(part.inside))


def whole_number(text: str) -> int | None:
    """A number in `text`, or None: devices leave them empty, or write words."""
    found = re.fullmatch(r"\s*([+-]?\d{1,18})(?:\.\d+)?\s*", text, re.ASCII)
    return int(found[1]) if found else None


def fact(text: str) -> bool | None:
    """`true`, `false`, or None for anything else."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())
