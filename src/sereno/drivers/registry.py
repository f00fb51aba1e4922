"""The drivers that there are. A vendor is loaded when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sereno.drivers.contract import Driver, Login
from sereno.drivers.tools import Tools

Opener = Callable[[Login, Tools], Driver]


def _hikvision(login: Login, tools: Tools) -> Driver:
    from sereno.drivers.hikvision.driver import open as opened

    return opened(login, tools)


def _dahua(login: Login, tools: Tools) -> Driver:
    from sereno.drivers.dahua.driver import open as opened

    return opened(login, tools)


def _onvif(login: Login, tools: Tools) -> Driver:
    from sereno.drivers.onvif.driver import open as opened

    return opened(login, tools)


def _rtsp(login: Login, tools: Tools) -> Driver:
    from sereno.drivers.rtsp.driver import open as opened

    return opened(login, tools)


VENDORS: Mapping[str, Opener] = {
    "hikvision": _hikvision,
    "dahua": _dahua,
    "onvif": _onvif,
    "rtsp": _rtsp,
}
"""By name, what opens a driver. Nothing is asked of the device until the driver is."""
