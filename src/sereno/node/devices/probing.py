"""Finds out what stands at an address that no order names, as a person who adds it wants to know.

Credentials are shown once: where one port refuses them, no other is tried. Those that were refused
before are shown no more but where a person asks for it, and then once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from sereno.drivers.contract import Identity, Login
from sereno.drivers.errors import DeviceError, Garbled, Unreachable
from sereno.drivers.recognise import LAST_RESORT
from sereno.drivers.tools import Tools
from sereno.node.devices import shapes
from sereno.node.devices.facts import Asking, Facts
from sereno.node.devices.opening import Opened, login_of, open_device
from sereno.node.devices.story import Story
from sereno.wire.devices import DiscoveredDevice, ProbeParams

_USUAL = ((80, False), (443, True))
_ELSEWHERE = frozenset({"api_closed", "api_moved", "api_garbled"})
"""What speaks for another port of the same device."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One port of the address, as `opening.Placed`."""

    host: str
    port: int
    is_tls: bool
    username: str
    password: SecretStr
    rtsp_port: int | None = None


@dataclass(frozen=True, slots=True)
class Probing:
    """One probe; `run` tells its story and lets go of the device."""

    params: ProbeParams
    username: str
    password: SecretStr
    tools: Tools
    story: Story

    async def run(self) -> None:
        """Raises DeviceError."""
        self.story.say(step="connecting")
        opened, login = await self._open()
        try:
            await self._look_into(opened, login)
        finally:
            await opened.driver.close()

    async def _look_into(self, opened: Opened, login: Login) -> None:
        story, identity = self.story, opened.identity
        story.say(
            step="identifying",
            identity=shapes.identity(identity),
            clock_offset_seconds=shapes.finite(identity.clock_offset_seconds),
            discovered=(_place_of(login, identity),),
        )
        asking = Asking(opened.driver, self.tools.gate(login), Facts().of(identity))
        await asking.abilities()
        if asking.facts.capabilities is not None:
            story.say(capabilities=shapes.capabilities(asking.facts.capabilities))
        story.say(step="channels")
        await asking.inputs()
        if asking.facts.channels is not None:
            story.say(channels=shapes.channels(asking.facts.channels, {}))
        await asking.advices()
        story.say(advice=shapes.advice(asking.facts.advice or ()))

    async def _open(self) -> tuple[Opened, Login]:
        """At the first port where a maker's own interface answers, else at its video."""
        video: tuple[Opened, Login] | None = None
        first: DeviceError | None = None
        for place in self._places():
            login = login_of(place)
            if self.params.tries_again:
                self.tools.gate(login).lift()
            try:
                opened = await open_device(login, self.tools, self.params.vendor, self.params)
            except (Unreachable, Garbled) as error:
                first = first or error
                if error.reason.key not in _ELSEWHERE:
                    break
                continue
            if opened.identity.vendor != LAST_RESORT:
                await _close(video)
                return opened, login
            if video is None:
                video = opened, login
            else:
                await opened.driver.close()
        if video is not None:
            return video
        assert first is not None  # noqa: S101  there is a place
        raise first

    def _places(self) -> Iterator[_Place]:
        params = self.params
        if params.port is not None:
            ports: tuple[tuple[int, bool], ...] = ((params.port, params.is_tls),)
        else:
            ports = _USUAL[1:] if params.is_tls else _USUAL
        for port, is_tls in ports:
            yield _Place(params.host, port, is_tls, self.username, self.password)


def _place_of(login: Login, identity: Identity) -> DiscoveredDevice:
    """Where it was found, so that it can be added there."""
    told = shapes.identity(identity)
    return DiscoveredDevice(
        host=login.host,
        port=login.port,
        is_tls=login.is_tls,
        vendor=told.vendor,
        maker=told.maker,
        model=told.model,
        name=told.name,
    )


async def _close(video: tuple[Opened, Login] | None) -> None:
    if video is not None:
        await video[0].driver.close()
