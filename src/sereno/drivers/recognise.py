"""Finds out what stands at an address, and opens its driver.

What was known before comes first, then what its answers to a stranger speak for, then ONVIF, then
RTSP. The vendor's own answer decides. Whatever is tried, a wrong password is shown once: all
drivers go through one gate.
"""

from __future__ import annotations

from dataclasses import dataclass

from sereno.drivers.contract import Driver, Identity, Login
from sereno.drivers.errors import (
    DeviceError,
    Garbled,
    Locked,
    Missing,
    Refused,
    Unreachable,
    Unsupported,
)
from sereno.drivers.fingerprint import PATHS, Seen, vendors_of
from sereno.drivers.gate import Gate
from sereno.drivers.http.faults import reason_at
from sereno.drivers.http.showing import MOST_MOVES
from sereno.drivers.http.wire import Call, Reply, Wire
from sereno.drivers.registry import VENDORS
from sereno.drivers.tools import Tools

GENERAL = "onvif"
LAST_RESORT = "rtsp"

_ANOTHER = (Unsupported, Missing, Garbled)
"""What a driver says of a device that is not its own."""

_FINAL = frozenset({"name_unknown", "api_moved", "api_tls_untrusted"})
"""What no other driver would find otherwise, or what should not be passed over."""

_SECONDS = 10.0
_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Recognised:
    """A device and the driver that speaks to it; whoever asked closes it."""

    driver: Driver
    identity: Identity


async def recognise(login: Login, tools: Tools, stored_vendor: str = "") -> Recognised:
    """What stands there. Raises DeviceError; Unsupported where it is nothing that is known."""
    if stored_vendor in VENDORS and (found := await _as(stored_vendor, login, tools)) is not None:
        return found
    nobody: DeviceError | None = None
    likely: list[str] = []
    try:
        likely = await fingerprint(login, tools)
    except (Unreachable, Garbled) as error:
        if error.reason.key in _FINAL:
            raise
        nobody = error
    if not isinstance(nobody, Unreachable):
        likely.append(GENERAL)
    for vendor in filter(VENDORS.__contains__, likely):
        if vendor != stored_vendor and (found := await _as(vendor, login, tools)) is not None:
            return found
    return await _by_rtsp(login, tools, nobody)


async def fingerprint(login: Login, tools: Tools) -> list[str]:
    """Whose device it may be, the likeliest first. Asks without credentials. Raises DeviceError."""
    return vendors_of(await seen_at(login, tools))


async def seen_at(login: Login, tools: Tools) -> list[Seen]:
    """What strangers are told there. Raises DeviceError."""
    gate, wire = tools.gate(login), Wire(login)
    try:
        return [await _look(gate, wire, path) for path in PATHS]
    finally:
        await wire.close()


async def _look(gate: Gate, wire: Wire, path: str) -> Seen:
    async with gate.connection():
        reply = await _reply(gate, wire, path)
        for _ in range(MOST_MOVES):
            if (target := reply.moved_target()) is not None:
                await reply.close()
                reply = await _reply(gate, wire, target)
        try:
            body = await reply.read(_BODY_BYTES)
        except Garbled:  # a page of some other thing
            body = b""
        return Seen(path, reply.status, reply.headers, body)


async def _reply(gate: Gate, wire: Wire, target: str) -> Reply:
    try:
        reply = await wire.send(Call("GET", target, _SECONDS, is_brief=True))
    except Unreachable as error:
        gate.missed(error.reason)
        raise
    gate.reached()
    await reply.check_moved()
    return reply


async def _as(vendor: str, login: Login, tools: Tools) -> Recognised | None:
    """The device as this vendor's, or None where it is another's."""
    driver = VENDORS[vendor](login, tools)
    try:
        return Recognised(driver, await driver.identify())
    except BaseException as error:
        await driver.close()
        if isinstance(error, _ANOTHER):
            return None
        raise


async def _by_rtsp(login: Login, tools: Tools, nobody: DeviceError | None) -> Recognised:
    """Whatever plays. What keeps us from its web port is told where it does not play either."""
    try:
        found = await _as(LAST_RESORT, login, tools)
    except (Refused, Locked):
        raise
    except DeviceError as error:
        raise nobody or _unknown(login, error.reason.key) from None
    if found is None:
        raise nobody or _unknown(login)
    return found


def _unknown(login: Login, raw: str = "") -> Unsupported:
    return Unsupported(reason_at(login, "device_unknown", raw))
