"""The hub's chores; procrastinate finds this module by its name."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate.contrib.django import app

from sereno.accounts.actions import forget_old as forget_links
from sereno.devices.actions_reports import forget_old_readings
from sereno.errands.actions import forget_old_errands
from sereno.sites.actions import forget_old_codes


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="forget_old")
def forget_old(timestamp: int) -> None:
    """Delete sessions, links, codes and counts and readings that no longer matter."""
    SessionStore.clear_expired()
    forget_links()
    forget_old_codes()
    forget_old_errands()
    forget_old_readings(timezone.now())
