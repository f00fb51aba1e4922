"""Who has dialled and does not play yet: how hard a device is knocked at."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Knocks:
    """What all connections of a server count together. ``most`` were at the door at once."""

    count: int = 0
    most: int = 0
    _waiting: set[object] = field(default_factory=set)

    def come(self, who: object) -> None:
        """Somebody has dialled."""
        self.count += 1
        self._waiting.add(who)
        self.most = max(self.most, len(self._waiting))

    def go(self, who: object) -> None:
        """They play, or have left."""
        self._waiting.discard(who)
