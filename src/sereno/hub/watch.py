"""What the hub looks at again and again, every few seconds."""

from __future__ import annotations

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from sereno.coverage.actions import judge_promises
from sereno.errands.actions import wipe_passwords
from sereno.health.actions import notice_problems

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 10.0


async def watch() -> None:
    """Judge promises and notice problems until cancelled.

    A database that is away is waited for, and said once.
    """
    is_away = False
    while True:
        try:
            await sync_to_async(_look)()
        except DatabaseError as error:
            if not is_away:
                log.warning("alarms wait for the database: %s", error)
            is_away = True
        else:
            is_away = False
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _look() -> None:
    close_old_connections()
    judge_promises(timezone.now(), settings.SERENO_ALARM_AFTER)
    wipe_passwords(timezone.now())
    notice_problems(timezone.now())
