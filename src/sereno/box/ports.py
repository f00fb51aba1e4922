"""Whether the one open port can be had."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from pathlib import Path

from sereno.base.errors import Conflict, Forbidden, Invalid, SerenoError, Words

_POLL_SECONDS = 0.1

_IN_USE = Words(
    "Port {port} is in use by another program. Choose another one with --port, or end that one.",
    "Otro programa usa el puerto {port}. Elija otro puerto con --port o cierre ese programa.",
)
_RESERVED = Words(
    "Port {port} needs rights that this user lacks. Choose one above 1023 with --port.",
    "El puerto {port} exige permisos que este usuario no tiene. Elija uno mayor que 1023 con "
    "--port.",
)
_NOT_OURS = Words(
    "{listen} is not an address of this machine. Choose one of its own with --listen.",
    "{listen} no es una dirección de esta máquina. Elija una propia con --listen.",
)


async def claim_port(listen: str, port: int, wait_seconds: float = 0.0) -> None:
    """See that the port can be listened on, waiting for one that is just being given back.

    Raises Conflict, Forbidden or Invalid with words.
    """
    deadline = time.monotonic() + wait_seconds
    while (refusal := _refusal(listen, port)) is not None:
        if time.monotonic() >= deadline or not isinstance(refusal, Conflict):
            raise refusal
        await asyncio.sleep(_POLL_SECONDS)


def _refusal(listen: str, port: int) -> SerenoError | None:
    family, kind, protocol, _, address = socket.getaddrinfo(
        listen, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            return _explain(error, listen, port)
    return None


def _explain(error: OSError, listen: str, port: int) -> SerenoError:
    if error.errno == errno.EADDRINUSE:
        return Conflict("port_in_use", _IN_USE.fill(port=port), field="port")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return Forbidden("port_reserved", _RESERVED.fill(port=port), field="port")
    if error.errno == errno.EADDRNOTAVAIL:
        return Invalid("address_not_ours", _NOT_OURS.fill(listen=listen), field="listen")
    raise error


async def takes_connections(address: Path) -> bool:
    """Whether somebody accepts connections on a unix socket."""
    try:
        _, writer = await asyncio.open_unix_connection(address)
    except OSError:
        return False
    writer.close()
    return True
