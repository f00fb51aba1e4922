"""A port that cannot be had is refused in words."""

from __future__ import annotations

import asyncio
import socket

import pytest

from sereno.base.errors import Conflict, Invalid
from sereno.box.ports import claim_port


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_a_port_in_use_is_refused(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match=f"Port {port} is in use"):
            await claim_port(address, port)
    await claim_port(address, port)


async def test_one_that_is_being_given_back_is_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        waiting = asyncio.create_task(claim_port("127.0.0.1", port, wait_seconds=10))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Invalid, match="not an address of this machine"):
        await claim_port("192.0.2.1", 8080)
