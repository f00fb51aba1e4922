"""The room's pages in the back office; Django finds this module by its name."""

from __future__ import annotations

from sereno.enforcer.admin_calendars import CalendarAdmin
from sereno.enforcer.admin_cameras import CameraAdmin
from sereno.enforcer.admin_profiles import ProfileAdmin
from sereno.enforcer.admin_running import LeaseAdmin, PauseAdmin, RunnerAdmin
from sereno.enforcer.admin_schedules import ScheduleAdmin

__all__ = [
    "CalendarAdmin",
    "CameraAdmin",
    "LeaseAdmin",
    "PauseAdmin",
    "ProfileAdmin",
    "RunnerAdmin",
    "ScheduleAdmin",
]
