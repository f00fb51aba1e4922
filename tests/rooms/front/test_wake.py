from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from sereno.box.database import connection_url, find_or_start

from .conftest import NODE_ID, NODE_TOKEN, WAIT_SECONDS, Front, fronted


@pytest.fixture(scope="session")
def database_url() -> str:
    find_or_start(settings.BOX)
    return connection_url(settings.BOX, "postgres")


@pytest.fixture
async def awake(tmp_path: Path, pages: Path, database_url: str) -> AsyncIterator[Front]:
    async with fronted(tmp_path, pages, database_url) as front:
        yield front


def wake_socket(front: Front, token: str = NODE_TOKEN, **more: str) -> connect:
    headers = {"Authorization": f"Bearer {token}"} | more
    return connect(f"{front.ws_url}/api/v1/node/wake", additional_headers=headers)


async def notify(database_url: str, node_id: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("SELECT pg_notify('sereno_wake', %s)", (node_id,))


async def backend_of_front(database_url: str) -> int | None:
    query = "SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN \"sereno_wake\"'"
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        row = await (await connection.execute(query)).fetchone()
    return None if row is None else row[0]


async def listening(database_url: str, other_than: int | None = None) -> int:
    """Wait until front listens, on another connection than that one."""
    for _ in range(3000):
        pid = await backend_of_front(database_url)
        if pid not in (None, other_than):
            assert pid is not None
            return pid
        await asyncio.sleep(0.02)
    raise AssertionError("front does not listen")


async def all_heard(node: ClientConnection) -> int:
    """How many messages come until there is silence."""
    count = 0
    with suppress(TimeoutError):
        while True:
            await asyncio.wait_for(node.recv(), 0.3)
            count += 1
    return count


async def test_a_notification_reaches_the_node_at_once(awake: Front, database_url: str) -> None:
    async with wake_socket(awake) as node:
        await listening(database_url)
        await all_heard(node)  # front wakes all when it begins to listen
        await notify(database_url, NODE_ID)
        # Nothing else would come.
        said = json.loads(await asyncio.wait_for(node.recv(), WAIT_SECONDS))
        assert said["wake"] == "orders"
        await notify(database_url, "another node")
        assert await all_heard(node) == 0


async def test_nodes_are_woken_when_front_hears_again(awake: Front, database_url: str) -> None:
    async with wake_socket(awake) as node:
        pid = await listening(database_url)
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as admin:
            await admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        assert json.loads(await asyncio.wait_for(node.recv(), WAIT_SECONDS))["wake"] == "orders"
        await listening(database_url, other_than=pid)


async def test_only_nodes_that_the_hub_knows_are_let_in(front: Front) -> None:
    refused = [{"token": "wrong"}, {"Origin": "https://evil.example"}]
    for more in refused:
        with pytest.raises(InvalidStatus) as caught:
            async with wake_socket(front, **more):
                pass
        assert caught.value.response.status_code == 403
    with pytest.raises(InvalidStatus):
        async with connect(f"{front.ws_url}/api/v1/node/wake"):
            pass
    with pytest.raises(InvalidStatus):
        async with connect(f"{front.ws_url}/no/such/socket"):
            pass
