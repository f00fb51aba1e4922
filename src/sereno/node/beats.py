"""Which streams a heartbeat must tell of: those that changed, and those whose interval is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sereno.node.rows import StreamKey

Facts = tuple[object, ...]
"""What people want to see at once when it changes."""


class Item(NamedTuple):
    """A stream as it is now, and how often it is told of without a change."""

    facts: Facts
    interval_seconds: float


class _Told(NamedTuple):
    facts: Facts
    at: float


class Beats:
    """Times are monotonic seconds."""

    def __init__(self) -> None:
        self._told: dict[StreamKey, _Told] = {}

    def due(
        self, items: Mapping[StreamKey, Item], now: float, slack_seconds: float
    ) -> set[StreamKey]:
        """Those to tell of now; `slack_seconds`: so much too early is better than a beat late."""
        if self._told.keys() - items.keys():  # only a heartbeat that tells of all tells of an end
            self._told.clear()
        return {key for key, item in items.items() if self._is_due(key, item, now + slack_seconds)}

    def _is_due(self, key: StreamKey, item: Item, by: float) -> bool:
        told = self._told.get(key)
        return told is None or told.facts != item.facts or told.at + item.interval_seconds <= by

    def took(self, items: Mapping[StreamKey, Item], now: float) -> None:
        """The hub knows of these, as they were told."""
        self._told.update((key, _Told(item.facts, now)) for key, item in items.items())

    def forget(self) -> None:
        """Nobody knows what the hub took: the next heartbeat tells of all."""
        self._told.clear()
