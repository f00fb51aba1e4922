"""What a device refuses to those who ask it concerns those who play its video, and the other way.

Both show the same credentials, one through gates of `sereno.drivers`, the other through doors of
`sereno.media`. A lock holds for whoever asks from here, so each side tells the other. A password
that the device took before and refuses now was changed: who plays its video is told, and does not
show it as well. What was weighed: docs/design/devices.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from sereno.drivers.contract import Identity
from sereno.drivers.tools import Tools
from sereno.media.doors import Doors
from sereno.node.devices.opening import login_of
from sereno.policy.reasons import NOTHING, Reason
from sereno.wire.orders import DeviceOrder

_DOUBTED = frozenset({"login_spared", "login_unanswered"})
"""Why a gate waits that has seen no lock: the password may be wrong."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The doors of recording, beside the gates of `tools`."""

    tools: Tools
    doors: Doors

    async def warn(self, order: DeviceOrder, identity: Identity | None) -> None:
        """The device took its credentials until now: whoever plays learns what it says of them."""
        state = self.tools.gate(login_of(order)).state
        if state.reason is None or (place := _place(order, identity)) is None:
            return
        if state.name == "halted":
            await self.doors.warn(*place, Reason("unauthorized"))
        elif state.reason.key == "login_locked":
            await self.doors.warn(*place, Reason("account_locked", _time_of(state.reason)))

    async def check(self, order: DeviceOrder, identity: Identity | None) -> None:
        """Raises Locked, once its gate knows, where its video said that the account is locked.

        An account that the gate spares, for its last attempts, is shown where its video takes it.
        """
        gate = self.tools.gate(login_of(order))
        state, place = gate.state, _place(order, identity)
        if place is None:
            return
        if state.name == "locked" and state.reason and state.reason.key in _DOUBTED:
            if await self.doors.is_played(*place):
                gate.lift()
            return
        reason = await self.doors.refusal(*place) if state.name == "open" else None
        if reason is not None and reason.key == "account_locked" and not _is_over(reason):
            raise gate.locked(Reason("login_locked", {"host": order.host} | _time_of(reason)))

    def forgive(self, order: DeviceOrder, identity: Identity | None) -> None:
        """A person wants the credentials to be shown once more."""
        self.tools.gate(login_of(order)).lift()
        if (place := _place(order, identity)) is not None:
            self.doors.forget(*place)


def _place(order: DeviceOrder, identity: Identity | None) -> tuple[str, str, str] | None:
    """Where its video is, and the credentials; None where there are none, or it is not known."""
    port = order.rtsp_port or (identity.rtsp_port if identity is not None else None)
    if port is None or not order.username:
        return None
    host = f"[{order.host}]" if ":" in order.host else order.host
    login = login_of(order)
    return f"rtsp://{host}:{port}/", login.username, login.password


def _is_over(lock: Reason) -> bool:
    """Whether less than a second of it is left, which would read as a lock of unknown length."""
    return lock.params.get("seconds") == "0"


def _time_of(reason: Reason) -> dict[str, str]:
    """How long a lock holds, as both kinds of reason say it."""
    known = {name: reason.params[name] for name in ("wait", "seconds") if name in reason.params}
    return {"wait": NOTHING} | known
