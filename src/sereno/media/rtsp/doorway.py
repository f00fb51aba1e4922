"""What a session tells others who use the same credentials, and learns from them."""

from __future__ import annotations

from typing import Protocol


class Doorway(Protocol):
    """The way by which a session came in."""

    @property
    def is_doubted(self) -> bool:
        """Whether the credentials were right and may not be any more: sign nothing needless."""
        ...

    def accepted(self) -> None:
        """The server took the credentials."""
        ...

    def doubt(self) -> None:
        """The server refused, within a session, credentials that it had accepted."""
        ...

    def answered(self) -> None:
        """PLAY was answered."""
        ...


class OpenDoorway:
    """Of a session that nobody else hears of."""

    def __init__(self) -> None:
        self.is_doubted = False

    def accepted(self) -> None:
        self.is_doubted = False

    def doubt(self) -> None:
        self.is_doubted = True

    def answered(self) -> None:
        """Nobody waits for that."""
