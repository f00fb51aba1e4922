"""Who stands at an address, and the driver that speaks to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr

from sereno.drivers.contract import Driver, Identity, Login
from sereno.drivers.errors import DeviceError
from sereno.drivers.recognise import LAST_RESORT, recognise
from sereno.drivers.rtsp.driver import RtspDriver
from sereno.drivers.tools import Tools


class Templated(Protocol):
    """Orders and errands that may name the addresses of video, `{channel}` standing for each."""

    @property
    def template(self) -> str: ...
    @property
    def template_sub(self) -> str: ...
    @property
    def template_channels(self) -> int: ...


class Placed(Protocol):
    """Where a device is, and who we are there."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def is_tls(self) -> bool: ...
    @property
    def rtsp_port(self) -> int | None: ...
    @property
    def username(self) -> str: ...
    @property
    def password(self) -> SecretStr: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A device and its driver, which whoever opened it closes. `stands_in`: only its video is
    spoken to, for want of an interface of its own that answers."""

    driver: Driver
    identity: Identity
    stands_in: bool = False


def login_of(placed: Placed) -> Login:
    """What a driver is told."""
    return Login(
        host=placed.host,
        port=placed.port,
        is_tls=placed.is_tls,
        username=placed.username,
        password=placed.password.get_secret_value() if placed.username else "",
        rtsp_port=placed.rtsp_port,
    )


async def open_device(login: Login, tools: Tools, vendor: str, templated: Templated) -> Opened:
    """The device as its maker's, else by its template. Raises DeviceError.

    Credentials that its own interface refuses are not shown to its video as well.
    """
    if not templated.template:
        found = await recognise(login, tools, vendor)
        is_video = found.identity.vendor == LAST_RESORT
        return Opened(found.driver, found.identity, is_video and vendor != LAST_RESORT)
    try:
        if vendor != LAST_RESORT:
            found = await recognise(login, tools, vendor)
            if found.identity.vendor != LAST_RESORT:
                return Opened(found.driver, found.identity)
            await found.driver.close()
    except DeviceError as error:
        if tools.gate(login).state.name in ("halted", "locked"):
            raise
        return await _stand_in(login, tools, templated, error)
    return await _stand_in(login, tools, templated)


async def _stand_in(
    login: Login, tools: Tools, templated: Templated, why: DeviceError | None = None
) -> Opened:
    """Raises what kept us from its own interface, where its video does not answer either."""
    driver = RtspDriver(
        login,
        tools.gate(login),
        tools.clock,
        templated.template,
        max(templated.template_channels, 1),
        template_sub=templated.template_sub,
    )
    try:
        return Opened(driver, await driver.identify(), stands_in=True)
    except DeviceError as error:
        await driver.close()
        if why is None or tools.gate(login).state.name in ("halted", "locked"):
            raise
        raise why from error
    except BaseException:
        await driver.close()
        raise
