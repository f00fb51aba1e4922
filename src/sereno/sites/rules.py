"""What a camera's name and address may be, and when a node counts as online; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import unquote

from sereno.base.errors import Invalid, Words

CODE_LIFETIME = timedelta(hours=1)
OFFLINE_AFTER = timedelta(seconds=20)
LONGEST_NAME = 80
LONGEST_ADDRESS = 2000
DEFAULT_RTSP_PORT = 554

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST_NAME = re.compile(r"^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$")
_LOOKS_LIKE_IPV4 = re.compile(r"^[0-9.]+$")


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
    credentials that people paste). Credentials are percent-decoded. No message repeats the text:
    it may hold a password.
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
    if scheme != "rtsp":
        raise _refuse(
            "scheme_unknown",
            "Only addresses that begin with rtsp:// can be recorded for now. "
            "Look up the camera's RTSP address.",
            "Por ahora solo se pueden grabar direcciones que comienzan con rtsp:// "
            "Busque la dirección RTSP de la cámara.",
        )
    authority, rest = _split_rest(text[match.end() :])
    credentials, at, host_and_port = authority.rpartition("@")
    username, password = _parse_credentials(credentials) if at else (None, None)
    host, port = _parse_host_and_port(host_and_port, is_at_in_rest="@" in rest)
    return ParsedAddress(scheme, host, port, rest, username, password)


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
            "The address names no host. Write the camera's IP address after rtsp://",
            "La dirección no nombra ningún equipo. Escriba la IP de la cámara tras rtsp://",
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


def one_place(
    parsed: ParsedAddress, username: str | None, password: str | None
) -> tuple[str, str] | None:
    """User name and password from the address or from the fields, None where neither has any.

    Raises Invalid when both have them: nobody could tell which ones count.
    """
    in_fields = bool(username) or bool(password)
    if parsed.username is None:
        return (username or "", password or "") if in_fields else None
    if in_fields:
        raise Invalid(
            "credentials_twice",
            Words(
                "User name and password are in the address and in their fields. "
                "Keep them in one place.",
                "El usuario y la contraseña están en la dirección y en sus campos. "
                "Déjelos en un solo lugar.",
            ),
            field="username" if username else "password",
        )
    return parsed.username, parsed.password or ""


def check_name(text: str) -> str:
    """The name without spaces around it. Raises Invalid."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "name_bad",
            Words(
                "A name has 1 to 80 characters, none of them a line break or invisible.",
                "Un nombre tiene de 1 a 80 caracteres, ninguno de ellos salto de línea "
                "ni invisible.",
            ),
            field="name",
        )
    return name


def check_credentials(username: str, password: str) -> None:
    """Raises Invalid for characters that no camera's login can hold."""
    for field, value in (("username", username), ("password", password)):
        if len(value) > 200 or any(not character.isprintable() for character in value):
            raise Invalid(
                f"{field}_bad",
                Words(
                    "At most 200 characters, none of them a line break or invisible.",
                    "200 caracteres como máximo, ninguno de ellos salto de línea ni invisible.",
                ),
                field=field,
            )


def is_online(last_seen: datetime | None, now: datetime) -> bool:
    """Whether a node was heard lately."""
    return last_seen is not None and now - last_seen < OFFLINE_AFTER
