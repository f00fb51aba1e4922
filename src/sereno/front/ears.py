"""Hearing what the hub says through the database: that something is new, never what.

The hub says `NOTIFY` inside the transaction that changed something, so what is heard was committed.
Front asks the database nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import psycopg
from psycopg import AsyncConnection, sql

from sereno.base.backoff import Backoff

log = logging.getLogger(__name__)

AGAIN_BASE_SECONDS = 0.2
AGAIN_CAP_SECONDS = 5.0


async def listen(
    database_url: str, hear: Mapping[str, Callable[[str], None]], heard_again: Callable[[], None]
) -> None:
    """Call who hears a channel with each payload, for as long as it runs.

    Connects again when cut off; `heard_again` is called whenever something may have been missed.
    """
    backoff = Backoff(AGAIN_BASE_SECONDS, AGAIN_CAP_SECONDS)
    is_deaf = False
    while True:
        try:
            connection = await AsyncConnection.connect(
                database_url, autocommit=True, connect_timeout=5
            )
            async with connection:
                for channel in hear:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                if is_deaf:
                    log.info("The database answers again; all nodes are woken.")
                is_deaf = False
                backoff.reset()
                heard_again()
                async for notification in connection.notifies():
                    hear[notification.channel](notification.payload)
        except psycopg.Error as error:
            if not is_deaf:
                log.warning("The database does not answer, nodes are woken later: %s", error)
            is_deaf = True
        await asyncio.sleep(backoff.next_seconds())
