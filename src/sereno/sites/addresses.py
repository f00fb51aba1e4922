"""A camera's address, taken apart and put together again without its credentials; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote

from sereno.base.errors import Invalid, Words

LONGEST_ADDRESS = 2000
RTSP_SCHEMES = ("rtsp", "rtsps")
NETWORK_SCHEMES = (*RTSP_SCHEMES, "http", "https", "rtmp")
# A camera plugged into the node's own machine (Video4Linux).
USB_SCHEME = "v4l2"

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST_NAME = re.compile(r"^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$")
_LOOKS_LIKE_IPV4 = re.compile(r"^[0-9.]+$")
# Names that udev gives: by number, by plug, by maker.
_VIDEO_DEVICE = re.compile(r"^/dev/(video[0-9]{1,3}|v4l/by-(path|id)/[A-Za-z0-9_.:+-]{1,200})$")
# What makers call a password in a query or a path, unless it is empty.
_PASSWORD_INSIDE = re.compile(
    r"((?<![a-z])pass|userpass|passwd|password|passw|pwd|psw|loginpas)=(?!$|[&;/?]|_channel=)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address taken apart. `username` and `password` are None where it held none."""

    scheme: str
    host: str
    port: int | None
    rest: str
    username: str | None = None
    password: str | None = None

    @property
    def without_credentials(self) -> str:
        """The URL to store and show."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.rest}"


def _refuse(key: str, en: str, es: str) -> Invalid:
    return Invalid(f"address_{key}", Words(en, es), field="address")


def parse_address(text: str) -> ParsedAddress:
    """Take a camera's address apart. Raises Invalid with the field and what to correct.

    Form: `rtsp://[name[:password]@]host[:port][/path][?query]` (RFC 2326 section 3.2, with the
    credentials that people paste), likewise rtsps, http, https and rtmp; and
    `v4l2:///dev/video0` for a camera that is plugged in. Credentials are percent-decoded. No
    message repeats the text: it may hold a password.
    """
    text = text.strip()
    _check_characters(text)
    match = _SCHEME.match(text)
    if match is None:
        raise _refuse(
            "no_scheme",
            "The address does not say how to connect. Begin it with rtsp://",
            "La dirección no dice cómo conectarse. Comiéncela con rtsp://",
        )
    scheme = match.group(1).lower()
    if scheme == USB_SCHEME:
        return _parse_device(text[match.end() :])
    if scheme not in NETWORK_SCHEMES:
        raise _refuse(
            "scheme_unknown",
            "Such an address cannot be recorded. It begins with rtsp://, rtsps://, http://, "
            "https:// or rtmp://, or with v4l2:/// for a USB camera.",
            "Una dirección así no se puede grabar. Comienza con rtsp://, rtsps://, http://, "
            "https:// o rtmp://, o con v4l2:/// si es una cámara USB.",
        )
    authority, rest = _split_rest(text[match.end() :])
    if _PASSWORD_INSIDE.search(unquote(rest)):
        raise _refuse(
            "password_inside",
            "The address holds a password behind the camera's name, as in ?pwd=… "
            "Take it out, and put it in its own field, where it is kept encrypted.",
            "La dirección lleva una contraseña detrás del nombre de la cámara, como en ?pwd=… "
            "Quítela y póngala en su propio campo, donde se guarda cifrada.",
        )
    credentials, at, host_and_port = authority.rpartition("@")
    username, password = _parse_credentials(credentials) if at else (None, None)
    host, port = _parse_host_and_port(host_and_port, is_at_in_rest="@" in rest)
    return ParsedAddress(scheme, host, port, rest, username, password)


def _parse_device(text: str) -> ParsedAddress:
    if _VIDEO_DEVICE.match(text) is None:
        raise _refuse(
            "device_bad",
            "A USB camera's address names its device, such as v4l2:///dev/video0. "
            "It holds no user name and no password.",
            "La dirección de una cámara USB nombra su dispositivo, como v4l2:///dev/video0. "
            "No lleva usuario ni contraseña.",
        )
    return ParsedAddress(USB_SCHEME, "", None, text)


def _check_characters(text: str) -> None:
    if len(text) > LONGEST_ADDRESS:
        raise _refuse(
            "too_long",
            "The address is too long. Copy it again from the camera.",
            "La dirección es demasiado larga. Cópiela de nuevo de la cámara.",
        )
    if any(not character.isprintable() for character in text):
        raise _refuse(
            "control_character",
            "The address holds a line break or another invisible character. Type it anew.",
            "La dirección contiene un salto de línea u otro carácter invisible. "
            "Escríbala de nuevo.",
        )
    if "#" in text:
        raise _refuse(
            "fragment",
            "An address cannot hold a #. If it is part of the password, "
            "put the password in its own field.",
            "Una dirección no puede llevar #. Si es parte de la contraseña, "
            "ponga la contraseña en su propio campo.",
        )


def _split_rest(text: str) -> tuple[str, str]:
    end = min((at for mark in "/?" if (at := text.find(mark)) >= 0), default=len(text))
    authority, rest = text[:end], text[end:]
    if " " in rest:
        raise _refuse(
            "space",
            "There is a space in the address. Remove it, or write it as %20.",
            "Hay un espacio en la dirección. Quítelo o escríbalo como %20.",
        )
    return authority, rest


def _parse_credentials(text: str) -> tuple[str, str]:
    username, _, password = text.partition(":")
    try:
        decoded = unquote(username, errors="strict"), unquote(password, errors="strict")
    except UnicodeDecodeError:
        decoded = ("\0", "")
    for value in decoded:
        if any(not character.isprintable() for character in value):
            raise _refuse(
                "credentials_garbled",
                "User name or password in the address cannot be read. "
                "Put them in their own fields.",
                "No se entiende el usuario o la contraseña de la dirección. "
                "Póngalos en sus propios campos.",
            )
    return decoded


def _parse_host_and_port(text: str, *, is_at_in_rest: bool) -> tuple[str, int | None]:
    if text.startswith("["):
        host, bracket, after = text[1:].partition("]")
        is_whole = bracket == "]" and (after == "" or after.startswith(":"))
        port_text = after[1:] if after.startswith(":") else None
        return _check_ipv6(host if is_whole else ""), _parse_port(port_text, is_at_in_rest)
    host, colon, port_text = text.partition(":")
    port = _parse_port(port_text if colon else None, is_at_in_rest)
    return _check_host(host), port


def _parse_port(text: str | None, is_at_in_rest: bool) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536:
        return int(text[:6])
    if is_at_in_rest:
        raise _refuse(
            "credentials_not_escaped",
            "The password in the address holds a / or a ?. Put it in its own field.",
            "La contraseña de la dirección contiene / o ?. Póngala en su propio campo.",
        )
    raise _refuse(
        "port_bad",
        "The port is not a number from 1 to 65535. RTSP uses 554 unless set otherwise.",
        "El puerto no es un número de 1 a 65535. RTSP usa el 554 si no se cambió.",
    )


def _check_host(host: str) -> str:
    if not host:
        raise _refuse(
            "host_missing",
            "The address names no host. Write the camera's IP address after the ://",
            "La dirección no nombra ningún equipo. Escriba la IP de la cámara tras el ://",
        )
    if " " in host:
        raise _refuse(
            "host_space",
            "There is a space in the host's name. Remove it.",
            "Hay un espacio en el nombre del equipo. Quítelo.",
        )
    try:
        host = host.encode("idna").decode("ascii").lower()
        if _LOOKS_LIKE_IPV4.match(host):
            return str(IPv4Address(host))
    except (AddressValueError, UnicodeError):
        host = ""
    if not _HOST_NAME.match(host):
        raise _host_bad()
    return host


def _check_ipv6(host: str) -> str:
    try:
        return str(IPv6Address(host))
    except AddressValueError:
        raise _host_bad() from None


def _host_bad() -> Invalid:
    return _refuse(
        "host_bad",
        "The host is neither a name nor an IP address. Check it; IPv6 goes in [ ].",
        "El equipo no es un nombre ni una dirección IP. Revíselo; IPv6 va entre [ ].",
    )
