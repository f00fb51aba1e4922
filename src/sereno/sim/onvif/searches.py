"""Searches that are under way: begun, asked for pages, ended or forgotten after a while.

Source: ONVIF Recording Search Service Specification, chapter 5 (tokens, keep-alive, states).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sereno.sim.onvif.device import Device
from sereno.sim.onvif.soap import Fault, Markup, no_such_token

_MOST = 8
_LONGEST_KEEP_SECONDS = 60.0
_SLOW_ANSWERS = 2
_MOST_A_PAGE = 100


@dataclass(slots=True)
class _Search:
    kind: str
    results: Sequence[Markup]
    keep_seconds: float
    ends: datetime
    place: int = 0
    empty_left: int = 0


class Searches:
    """All searches of a device. There are few, and who forgets to end one leaves it a while."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._open: dict[str, _Search] = {}
        self._made = 0
        self.most_open = 0

    @property
    def open_count(self) -> int:
        """Searches that were neither ended nor forgotten."""
        self._forget()
        return len(self._open)

    def begin(self, kind: str, results: Callable[[], Sequence[Markup]], keep_seconds: float) -> str:
        """A new search's token. Raises Fault."""
        self._forget()
        quirks = self._device.quirks
        if len(self._open) >= quirks.get("few-searches", _MOST):
            raise Fault("Too many searches", "ter:Action", "ter:ResourceProblem", is_ours=True)
        self._made += 1
        token = f"SearchToken_{self._made}"
        keep = min(keep_seconds, _LONGEST_KEEP_SECONDS)
        slow = _SLOW_ANSWERS if "slow-search" in quirks else 0
        self._open[token] = _Search(kind, results(), keep, self._after(keep), empty_left=slow)
        self.most_open = max(self.most_open, len(self._open))
        return token

    def page(self, kind: str, token: str, most: int) -> tuple[str, Sequence[Markup]]:
        """The state of a search, and its next results. Raises Fault."""
        search = self._find(kind, token)
        search.ends = self._after(search.keep_seconds)
        if search.empty_left:
            search.empty_left -= 1
            return ("Queued" if search.empty_left else "Searching"), ()
        first = search.place
        search.place = min(first + min(most, _MOST_A_PAGE), len(search.results))
        is_done = search.place == len(search.results)
        return ("Completed" if is_done else "Searching"), search.results[first : search.place]

    def end(self, token: str) -> None:
        """Ends a search. Raises Fault."""
        self._find("", token)
        del self._open[token]

    def _find(self, kind: str, token: str) -> _Search:
        self._forget()
        search = self._open.get(token)
        if search is None or (kind and search.kind != kind):
            raise no_such_token("The search token is invalid")
        return search

    def _forget(self) -> None:
        now = self._device.now
        for token in [token for token, each in self._open.items() if each.ends <= now]:
            del self._open[token]

    def _after(self, seconds: float) -> datetime:
        return self._device.now + timedelta(seconds=seconds)
