"""Reading the journal."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.audit.models import Entry
from sereno.audit.rules import FIRST_HASH, hash_of


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """Whether the journal is as it was written; `first_bad` is the number where it is not."""

    entries: int
    first_bad: int | None

    @property
    def is_intact(self) -> bool:
        return self.first_bad is None


def newest_number() -> int:
    """The number of the newest entry; 0 before the first.

    Entries are numbered in the order in which their acts are committed: while this is the same,
    nobody has done anything.
    """
    return Entry.objects.order_by("-number").values_list("number", flat=True).first() or 0


def verify_chain() -> ChainCheck:
    """Read the whole journal and hash it anew.

    Finds rows changed, put in or taken out. Rows taken off the end leave no trace in the chain
    itself: keep the newest number and hash somewhere else to find those.
    """
    previous_hash, count = FIRST_HASH, 0
    for entry in Entry.objects.order_by("number").iterator():
        count += 1
        is_next = entry.number == count and entry.previous_hash == previous_hash
        if not is_next or entry.hash != hash_of(previous_hash, entry.content()):
            return ChainCheck(count, count)
        previous_hash = entry.hash
    return ChainCheck(count, None)
