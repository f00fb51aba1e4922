"""Where a device plays footage: at an address of its own, or at that of live view with times.

That can only be found out by asking. A device that knows the first address is believed; one that
refuses it is asked for the second only where it holds footage of that time, because live video must
never be taken for footage.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sereno.drivers.contract import Login
from sereno.drivers.dahua.addresses import monitor_playback_address, playback_address
from sereno.drivers.dahua.loadfile import Piece
from sereno.drivers.dahua.quirks import PLAYBACK_AS_USUAL, PLAYBACK_ON_MONITOR, Learned
from sereno.drivers.gate import Gate
from sereno.media.faults import StreamFault
from sereno.media.rtsp.addresses import parse_address
from sereno.media.rtsp.dialogue import Dialogue, Patience

_UNKNOWN_THERE = frozenset({"no_such_stream", "bad_request"})
_KEPT_OUT = frozenset({"unauthorized", "account_locked", "auth_unsafe"})


@dataclass(slots=True)
class Player:
    """Chooses the address, once per device."""

    login: Login
    gate: Gate
    learned: Learned
    _is_kept_out: bool = False

    async def address(self, piece: Piece, port: int, holds: Callable[[], Awaitable[bool]]) -> str:
        """Where the piece is played; `holds` tells whether the device has footage of it. Raises
        DeviceError."""
        host = self.login.host
        usual = playback_address(host, port, piece.channel, piece.start, piece.end)
        other = monitor_playback_address(host, port, piece.channel, piece.start, piece.end)
        if self.learned.has(PLAYBACK_ON_MONITOR):
            return other
        if self.learned.has(PLAYBACK_AS_USUAL):
            return usual
        is_known = await self._knows(usual)
        if is_known:
            self.learned.learn(PLAYBACK_AS_USUAL)
        elif is_known is False and await holds() and await self._knows(other):
            self.learned.learn(PLAYBACK_ON_MONITOR)
            return other
        return usual

    async def _knows(self, address: str) -> bool | None:
        """Whether there is something at an address; None where the device does not say. Only asked
        once HTTP has proven the credentials."""
        login = self.login
        async with self.gate.connection():
            if not self.gate.is_proven or self._is_kept_out:
                return None
            dialogue = Dialogue(parse_address(address), login.username, login.password, Patience())
            try:
                await dialogue.connect()
                await dialogue.ask("DESCRIBE", address, {"Accept": "application/sdp"})
            except StreamFault as fault:
                # Some devices have other accounts for RTSP: not asked again, lest one is locked.
                self._is_kept_out = fault.reason.key in _KEPT_OUT
                return False if fault.reason.key in _UNKNOWN_THERE else None
            finally:
                dialogue.close()
        return True
