"""Which device a command is about, and how it is let in."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

import typer

from sereno.base.errors import Invalid, Words
from sereno.cli.language import say

if TYPE_CHECKING:
    from sereno.drivers.contract import Driver, Login
    from sereno.drivers.memory import Memory
    from sereno.drivers.tools import Tools

PASSWORD_VARIABLE = "SERENO_DEVICE_PASSWORD"  # noqa: S105 its name
_PORTS = {"http": 80, "https": 443}
_RTSP_PORTS = {"rtsp": 554, "rtsps": 322}

Address = Annotated[
    str,
    typer.Argument(
        metavar="ADDRESS",
        help=say(
            "Of the device: 192.168.1.64, its web address http(s)://host:port, or the address of "
            "its video, rtsp://host/path; in a path, {channel} stands for the channel's number.",
            "Del dispositivo: 192.168.1.64, su dirección web http(s)://host:puerto o la de su "
            "vídeo, rtsp://host/ruta; en una ruta, {channel} es el número del canal.",
        ),
    ),
]
User = Annotated[
    str,
    typer.Option("--user", "-u", help=say("Of the device's account.", "Cuenta del dispositivo.")),
]
PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help=say(
            "Read the password from standard input; else SERENO_DEVICE_PASSWORD, else it is asked.",
            "Leer la contraseña de la entrada estándar; si no, SERENO_DEVICE_PASSWORD; si no, se "
            "pregunta.",
        ),
    ),
]
Vendor = Annotated[
    str | None,
    typer.Option(
        "--vendor",
        help=say(
            "Which driver to use (hikvision, dahua, onvif, rtsp); else it is found out.",
            "Qué controlador usar (hikvision, dahua, onvif, rtsp); si no, se averigua.",
        ),
    ),
]
RtspPort = Annotated[
    int | None,
    typer.Option(
        "--rtsp-port",
        min=1,
        max=65535,
        help=say(
            "Of its video, where you know better than it says.",
            "De su vídeo, si lo sabe mejor que el propio dispositivo.",
        ),
    ),
]
Channels = Annotated[
    int,
    typer.Option(
        "--channels",
        min=1,
        max=512,
        metavar="N",
        help=say(
            "How many channels a video address with {channel} stands for.",
            "Cuántos canales representa una dirección de vídeo con {channel}.",
        ),
    ),
]
TryAgain = Annotated[
    bool,
    typer.Option(
        "--try-again",
        help=say(
            "Try, once, an account that the device refused or locked before.",
            "Probar, una vez, una cuenta que el dispositivo rechazó o bloqueó antes.",
        ),
    ),
]
Serial = Annotated[
    str,
    typer.Option(
        "--serial",
        metavar="NUMBER",
        help=say(
            "Only if this serial number stands there; else nothing of the device is used.",
            "Solo si allí está este número de serie; si no, no se usa nada del dispositivo.",
        ),
    ),
]

_UNCLEAR = Words(
    "“{text}” is no address of a device. Write 192.168.1.64, http://host:port, https://host or "
    "rtsp://host/path.",
    "«{text}» no es la dirección de un dispositivo. Escriba 192.168.1.64, http://host:puerto, "
    "https://host o rtsp://host/ruta.",
)
_PASSWORD_SHOWN = Words(
    "A password in the address can be read by everybody on this machine. Leave it out; give it "
    "with --password-stdin or SERENO_DEVICE_PASSWORD, or type it when asked.",
    "Una contraseña en la dirección la puede leer cualquiera en este equipo. Quítela; indíquela "
    "con --password-stdin o SERENO_DEVICE_PASSWORD, o escríbala cuando se le pida.",
)
_NO_PASSWORD = Words(
    "The user “{user}” needs a password. Give it with --password-stdin or SERENO_DEVICE_PASSWORD.",
    "El usuario «{user}» necesita contraseña. Indíquela con --password-stdin o "
    "SERENO_DEVICE_PASSWORD.",
)
_NO_USER = Words(
    "A password came without a user. Name the account with --user.",
    "Llegó una contraseña sin usuario. Indique la cuenta con --user.",
)


_NO_DRIVER = Words(
    "There is no driver “{vendor}”. There are: {known}.",
    "No existe el controlador «{vendor}». Existen: {known}.",
)


@dataclass(frozen=True, slots=True)
class Place:
    """What was typed. `template` is the address of video, where it is one."""

    host: str
    port: int
    is_tls: bool
    username: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One device and how to speak to it."""

    login: Login
    vendor: str | None
    template: str
    channel_count: int
    tries_again: bool
    serial: str = ""

    @property
    def place(self) -> str:
        return f"{self.login.host.lower()}:{self.login.port}"


def parse_place(text: str) -> Place:
    """What an address says. Raises Invalid, also for one with a password."""
    typed = text.strip()
    has_scheme = "://" in typed
    try:
        parts = urlsplit(typed if has_scheme else f"http://{typed}")
        host, port, username = parts.hostname, parts.port, unquote(parts.username or "")
    except ValueError:
        raise _unclear(text) from None
    if parts.password is not None:
        raise Invalid("password_shown", _PASSWORD_SHOWN, field="address")
    if not host or re.search(r"[\s/\\]", host):
        raise _unclear(text)
    if parts.scheme in _RTSP_PORTS:
        port = port or _RTSP_PORTS[parts.scheme]
        return Place(host, port, False, username, _without_user(typed))
    if parts.scheme not in _PORTS or parts.path not in ("", "/") or parts.query:
        raise _unclear(text)
    is_tls = parts.scheme == "https"
    return Place(host, port or _PORTS[parts.scheme], is_tls, username)


def target_of(
    address: str,
    user: str,
    password_stdin: bool,
    vendor: str | None = None,
    rtsp_port: int | None = None,
    channel_count: int = 1,
    try_again: bool = False,
    serial: str = "",
) -> Target:
    """Who is asked, with the password from where it may come. Raises Invalid."""
    from sereno.drivers.contract import Login

    place = parse_place(address)
    username = user or place.username
    password = read_password(username, from_stdin=password_stdin)
    login = Login(
        place.host, place.port, place.is_tls, username, password if username else "", rtsp_port
    )
    return Target(login, vendor, place.template, channel_count, try_again, serial)


def read_password(username: str, *, from_stdin: bool) -> str:
    """From standard input, the environment, or the person. Raises Invalid."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not username:
            raise Invalid("no_user", _NO_USER, field="--user")
        return password
    if (given := os.environ.get(PASSWORD_VARIABLE)) is not None or not username:
        return given or ""
    if not sys.stdin.isatty():
        raise Invalid("no_password", _NO_PASSWORD.fill(user=username), field="--password-stdin")
    return str(typer.prompt(say("Password", "Contraseña"), hide_input=True, err=True))


def own_memory() -> Memory:
    """What this person's commands remember of devices: refused accounts are not tried again."""
    import platformdirs

    from sereno.drivers.memory_file import FileMemory

    return FileMemory(platformdirs.user_state_path("sereno") / "devices.json")


@asynccontextmanager
async def opened(target: Target) -> AsyncIterator[Driver]:
    """The driver that fits. Raises DeviceError, and Invalid for a driver that there is not."""
    from sereno.base.clock import SystemClock
    from sereno.drivers.pinned import pinned
    from sereno.drivers.tools import Tools

    tools = Tools(own_memory(), SystemClock())
    if target.tries_again:
        tools.gate(target.login).lift()
    driver = pinned(await _driver(target, tools), target.serial, tools.clock)
    try:
        yield driver
    finally:
        await driver.close()


async def _driver(target: Target, tools: Tools) -> Driver:
    from sereno.drivers.recognise import recognise
    from sereno.drivers.registry import VENDORS
    from sereno.drivers.rtsp.driver import RtspDriver

    login, vendor = target.login, target.vendor
    if target.template:
        gate = tools.gate(login)
        return RtspDriver(login, gate, tools.clock, target.template, target.channel_count)
    if vendor is None:
        return (await recognise(login, tools)).driver
    if vendor not in VENDORS:
        words = _NO_DRIVER.fill(vendor=vendor, known=", ".join(VENDORS))
        raise Invalid("no_driver", words, field="--vendor")
    return VENDORS[vendor](login, tools)


def _without_user(address: str) -> str:
    scheme, _, rest = address.partition("://")
    netloc, slash, path = rest.partition("/")
    return f"{scheme}://{netloc.rpartition('@')[2]}{slash}{path}"


def _unclear(text: str) -> Invalid:
    return Invalid("address_unclear", _UNCLEAR.fill(text=text), field="address")
