"""The room's tables: how and when cameras are to be run, and what nodes run now."""

from __future__ import annotations

from sereno.enforcer.models_plans import (
    Calendar,
    CameraManner,
    ManualRecording,
    Pause,
    PlanHistory,
    ProfileVersion,
    RememberedPlan,
    Schedule,
    StreamProfile,
)
from sereno.enforcer.models_running import Lease, RunnerState

__all__ = [
    "Calendar",
    "CameraManner",
    "Lease",
    "ManualRecording",
    "Pause",
    "PlanHistory",
    "ProfileVersion",
    "RememberedPlan",
    "RunnerState",
    "Schedule",
    "StreamProfile",
]
