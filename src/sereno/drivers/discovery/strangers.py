"""Whose device it is, asked as a stranger: no credentials, two questions, few seconds."""

from __future__ import annotations

import asyncio

from sereno.drivers.contract import Login
from sereno.drivers.discovery.messages import Address
from sereno.drivers.errors import DeviceError, Unreachable
from sereno.drivers.fingerprint import told_vendor
from sereno.drivers.recognise import seen_at
from sereno.drivers.tools import Tools

ANSWER_SECONDS = 6.0

_IS_THERE = frozenset({"api_moved", "api_tls_untrusted", "api_tls_failed", "api_garbled"})
"""Failures of something that answers."""


async def vendor_at(address: Address, tools: Tools) -> str | None:
    """Whose it is, empty where nothing tells, None where nothing answers."""
    login = Login(address.host, address.port, address.is_tls)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return told_vendor(await seen_at(login, tools))
    except TimeoutError:
        return None
    except DeviceError as error:
        is_gone = isinstance(error, Unreachable) and error.reason.key not in _IS_THERE
        return None if is_gone else ""
