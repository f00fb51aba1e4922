"""What the hub looks at again and again, every few seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from sereno.base.tasks import until_first
from sereno.coverage.actions import judge_promises
from sereno.errands.actions import wipe_passwords
from sereno.health.actions import notice_problems
from sereno.live.actions_clips import expire_clips
from sereno.live.actions_devices import tell_devices
from sereno.live.actions_status import forget_told, tell_states

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 10.0
# Most changes are told as heartbeats bring them; this finds the nodes that bring none.
STATES_EVERY_SECONDS = 4.0


async def watch() -> None:
    """Judge promises, notice problems and tell states until cancelled.

    A database that is away is waited for, and said once.
    """
    await until_first(
        _again(_look, LOOK_EVERY_SECONDS, "alarms"),
        _again(_look_at_states, STATES_EVERY_SECONDS, "status events"),
    )


async def _again(look: Callable[[], None], every_seconds: float, what: str) -> None:
    is_away = False
    while True:
        try:
            await sync_to_async(look)()
        except DatabaseError as error:
            if not is_away:
                log.warning("%s wait for the database: %s", what, error)
            is_away = True
        else:
            is_away = False
        await asyncio.sleep(every_seconds)


def _look() -> None:
    close_old_connections()
    judge_promises(timezone.now(), settings.SERENO_ALARM_AFTER)
    wipe_passwords(timezone.now())
    expire_clips(timezone.now())
    notice_problems(timezone.now())


def _look_at_states() -> None:
    close_old_connections()
    forget_told()
    tell_states(timezone.now())
    tell_devices(timezone.now())
