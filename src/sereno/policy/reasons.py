"""Why a stream is not recorded: a key of the closed list, with parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sereno.base.errors import Words
from sereno.policy.reason_entry import Entry, Retry
from sereno.policy.reason_list import REASONS

NOTHING = "–"
"""For a parameter that has no value."""

_PARAMS = (
    *("host", "port", "status", "codec", "seconds", "mbps", "volume"),
    *("by", "why", "until", "next", "schedule", "name", "setting", "device"),
)
_NO_PARAMS = dict.fromkeys(_PARAMS, "?")


@dataclass(frozen=True, slots=True)
class Reason:
    """A key of `REASONS`, its parameters, and the raw text with secrets removed."""

    key: str
    params: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""

    def words(self) -> Words:
        """The sentences in both languages, parameters filled in."""
        return entry(self.key).words.fill(**{**_NO_PARAMS, **self.params})

    @property
    def retry(self) -> Retry:
        return entry(self.key).retry


def entry(key: str) -> Entry:
    """The list's entry for `key`; one that a newer node sent is unexplained."""
    return REASONS.get(key, REASONS["unexplained"])
