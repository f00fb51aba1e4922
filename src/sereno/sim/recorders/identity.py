"""Who a simulated recorder says it is."""

from __future__ import annotations

from sereno.sim.quirks import Quirks


class Serial:
    """A serial number, or of "serial-swap" first one and then another."""

    def __init__(self, serial: str, quirks: Quirks) -> None:
        self._serial = serial
        self._answers_left = quirks.get("serial-swap")

    def tell(self) -> str:
        """The serial number as it is told now; each call is an answer."""
        if self._answers_left is None:
            return self._serial
        self._answers_left -= 1
        return self._serial if self._answers_left >= 0 else f"{self._serial}9"
