"""Why a stream is not recorded: a key of the closed list, with parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sereno.base.errors import Words
from sereno.policy.exit_words import exit_words
from sereno.policy.reason_entry import Entry, Retry
from sereno.policy.reason_list import REASONS

NOTHING = "–"
"""For a parameter that has no value."""

UNSAID = "?"
"""For a parameter that an older node did not tell."""


class _Values(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return UNSAID


@dataclass(frozen=True, slots=True)
class Reason:
    """A key of `REASONS`, its parameters, and the raw text with secrets removed."""

    key: str
    params: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""

    def words(self) -> Words:
        """What happened and what to do next in both languages, parameters filled in."""
        return self._fill(entry(self.key).words)

    def what(self) -> Words:
        """What happened."""
        return self._fill(entry(self.key).what)

    def advice(self) -> Words:
        """What people can do; empty where there is nothing to do."""
        return self._fill(entry(self.key).advice)

    @property
    def retry(self) -> Retry:
        return entry(self.key).retry

    def _fill(self, words: Words) -> Words:
        how = exit_words(self.params.get("how", UNSAID))
        en, es = (_Values(self.params, how=said) for said in how)
        return Words(words.en.format_map(en), words.es.format_map(es))


def entry(key: str) -> Entry:
    """The list's entry for `key`; one that a newer node sent is unexplained."""
    return REASONS.get(key, REASONS["unexplained"])
