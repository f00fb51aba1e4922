"""What a failed connection or call means, in the drivers' few kinds."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx

from sereno.base.redact import redact
from sereno.drivers.contract import Login
from sereno.drivers.errors import DeviceError, Garbled, Unreachable
from sereno.media.faults import secrets_of
from sereno.policy.reasons import Reason

_RAW_LIMIT = 500
_NO_PATH = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN}
_CUT_OFF = ("closed connection", "disconnected", "incomplete", "body shorter")


def reason_at(login: Login, key: str, raw: str = "", **params: object) -> Reason:
    """A reason with `host` and `port` of the device; its raw text is short, without secrets."""
    texts = {"host": login.host, "port": str(login.port)}
    texts |= {name: str(value) for name, value in params.items()}
    secrets = secrets_of(login.username, login.password)
    return Reason(key, texts, redact(raw, secrets)[:_RAW_LIMIT])


def transport_error(error: httpx.HTTPError, login: Login, seconds: float) -> DeviceError:
    """What a connection that failed means; `seconds` is how long was waited for an answer."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            said = cause.verify_message or str(cause)
            return Unreachable(reason_at(login, "api_tls_untrusted", said))
        if isinstance(cause, ssl.SSLError):
            said = f"TLS: {cause.reason or cause}"
            return Unreachable(reason_at(login, "api_tls_failed", said))
    if isinstance(error, httpx.TimeoutException):
        is_mute = not isinstance(error, httpx.ConnectTimeout)
        return timed_out(login, seconds, is_connected=is_mute)
    if isinstance(error, httpx.ConnectError):
        key = _connect_key(causes)
        return Unreachable(reason_at(login, key, str(error), seconds=f"{seconds:g}"))
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, httpx.ProtocolError) and not any(x in said.lower() for x in _CUT_OFF):
        return Garbled(reason_at(login, "api_garbled", said))
    return Unreachable(reason_at(login, "api_broke_off", said))


def timed_out(login: Login, seconds: float, *, is_connected: bool) -> Unreachable:
    """Nothing came for so long."""
    key = "no_answer" if is_connected else "timed_out"
    return Unreachable(reason_at(login, key, seconds=f"{seconds:g}"))


def _connect_key(causes: list[BaseException]) -> str:
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return "name_unknown"
    if errno.ECONNREFUSED in numbers:
        return "api_closed"
    if errno.ETIMEDOUT in numbers:
        return "timed_out"
    return "unreachable" if numbers & _NO_PATH else "api_broke_off"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and all that it came of."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop(0)
        if cause is None or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__]
        if isinstance(cause, BaseExceptionGroup):
            waiting += cause.exceptions
