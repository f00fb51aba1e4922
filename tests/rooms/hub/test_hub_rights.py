"""Every call that there is: who may make it. A new call fails here until it says so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from sereno.accounts.rules import Right
from sereno.hub.api import api

NOBODY = str(UUID(int=7))
SPAN = "?from=2026-11-20T00:00Z&to=2026-11-21T00:00Z"
SCHEDULE = {"name": "Noches", "kind": "continuous"}
TICKET = {"camera_id": NOBODY, "purpose": "live"}
ADDRESS = {"address": "rtsp://192.0.2.8/"}
HOUR = {"from": "2026-11-20T00:00Z", "to": "2026-11-20T01:00Z"}
LAYOUT = {
    "name": "Patios",
    "columns": 1,
    "rows": 1,
    "tiles": [{"camera_id": NOBODY, "x": 0, "y": 0}],
}

# Proving who one is comes with these.
OPEN = {"get_alive", "get_session", "sign_in", "sign_out", "get_setup", "use_setup", "enrol_node"}
OF_NODES = {"get_orders", "send_reports", "send_heartbeat", "get_errands", "tell_errand"} | {
    "tell_clip",
    "tell_device",
    "tell_device_errand",
    "get_node_identity",
}
# By `operation_id`: the right that it needs, and what is asked with it.
CALLS: dict[str, tuple[Right, object]] = {
    **dict.fromkeys(
        (
            "list_sites", "list_nodes", "list_groups", "list_cameras", "get_camera", "why_camera",
            "list_knobs", "list_profiles", "get_profile", "list_profile_versions", "get_manner",
            "list_schedules", "get_schedule", "list_calendars", "preview_plans", "list_runners",
            "list_alarms", "get_health", "get_snapshot", "get_diagnosis",
            "list_devices", "get_device", "list_clock_readings", "get_channel_snapshot",
            "get_device_errand", "list_nvrs", "get_nvr", "list_nvr_channels",
        ),
        (Right.VIEW, None),
    ),
    "list_days": (Right.VIEW, "?month=2026-11"),
    **dict.fromkeys(
        ["get_timeline", "get_coverage", "list_recordings", "list_recording_causes"],
        (Right.VIEW, SPAN),
    ),
    "preview_profile": (Right.VIEW, {}),
    "check_schedule": (Right.VIEW, {"schedule": SCHEDULE}),
    "make_ticket": (Right.VIEW, TICKET),
    "make_live_tickets": (Right.VIEW, {"wishes": [{"camera_id": NOBODY}]}),
    "open_live_stream": (Right.VIEW, {"camera_id": NOBODY}),
    "open_playback_stream": (Right.VIEW, {"camera_id": NOBODY, **HOUR}),
    **dict.fromkeys(("get_status", "list_layouts", "remove_layout"), (Right.VIEW, None)),
    "add_layout": (Right.VIEW, LAYOUT),
    "change_layout": (Right.VIEW, {"name": "Noche"}),
    **dict.fromkeys(("list_clips", "get_clip", "make_clip_ticket"), (Right.VIEW, None)),
    "make_clip": (Right.OPERATE, {"camera_id": NOBODY, **HOUR}),
    "change_clip": (Right.OPERATE, {"name": "Robo"}),
    "delete_clip": (Right.OPERATE, None),
    "try_camera_again": (Right.OPERATE, None),
    "pause_camera": (Right.OPERATE, {"minutes": 5}),
    "end_pause": (Right.OPERATE, None),
    "pause_cameras": (Right.OPERATE, {"camera_ids": [NOBODY], "minutes": 5}),
    "start_recording": (Right.OPERATE, {}),
    "stop_recording": (Right.OPERATE, None),
    "enforce_now": (Right.OPERATE, {}),
    "diagnose_camera": (Right.OPERATE, {}),
    "diagnose_address": (Right.MANAGE, ADDRESS),
    "try_device_again": (Right.OPERATE, None),
    "search_recorder": (Right.OPERATE, HOUR),
    "add_device": (Right.MANAGE, {"site_id": 987654, "host": "192.0.2.8"}),
    "change_device": (Right.MANAGE, {"name": "Sótano"}),
    **dict.fromkeys(("remove_device", "sync_device"), (Right.MANAGE, None)),
    "make_device_cameras": (Right.MANAGE, {"channels": [{"channel": "1"}]}),
    "search_recordings": (Right.OPERATE, {"nvr_id": NOBODY, "channel": "1", **HOUR}),
    "add_nvr": (Right.MANAGE, {"host": "192.0.2.8", "location": "nowhere"}),
    "change_nvr": (Right.MANAGE, {"name": "Sótano"}),
    **dict.fromkeys(("remove_nvr", "sync_nvr"), (Right.MANAGE, None)),
    "probe_device": (Right.MANAGE, {"host": "192.0.2.8"}),
    "discover_devices": (Right.MANAGE, {}),
    "list_users": (Right.MANAGE, None),
    "add_user": (Right.MANAGE, {"username": "nueva"}),
    "change_user": (Right.MANAGE, {"role": "administrator"}),
    "make_setup_link": (Right.MANAGE, {}),
    "list_tokens": (Right.MANAGE, None),
    "add_token": (Right.MANAGE, {"name": "guion"}),
    "revoke_token": (Right.MANAGE, None),
    "add_group": (Right.MANAGE, {"name": "Patios"}),
    "change_group": (Right.MANAGE, {"name": "Aulas"}),
    "add_camera": (Right.MANAGE, {"name": "Aula", **ADDRESS}),
    "change_camera": (Right.MANAGE, {"name": "Patio"}),
    "give_camera_back": (Right.MANAGE, None),
    "give_camera_profile": (Right.MANAGE, {"profile_id": None}),
    "add_profile": (Right.MANAGE, {"name": "Noche"}),
    "change_profile": (Right.MANAGE, {"name": "Día"}),
    "add_schedule": (Right.MANAGE, SCHEDULE),
    "change_schedule": (Right.MANAGE, {"name": "Días"}),
    "add_calendar": (Right.MANAGE, {"name": "Fiestas"}),
    "change_calendar": (Right.MANAGE, {"name": "Feriados"}),
    **dict.fromkeys(
        ("remove_group", "remove_camera", "remove_profile", "remove_schedule", "remove_calendar"),
        (Right.MANAGE, None),
    ),
}  # fmt: skip


def calls() -> dict[str, tuple[str, str]]:
    """Method and path of each call, by `operation_id`."""
    found = {}
    for path, methods in api.get_openapi_schema(path_prefix="")["paths"].items():
        for method, call in methods.items():
            found[call["operationId"]] = (method.upper(), path.strip("/"))
    return found


def ask(program: Any, name: str, method: str, path: str) -> int:
    """The answer's status, about things that are not there."""
    for place in ("user", "group", "profile", "schedule", "calendar", "site", "token", "layout"):
        path = path.replace(f"{{{place}_id}}", "987654")
    path = path.replace("{token}", "setup_x")
    path = path.replace("{camera_id}", NOBODY).replace("{errand_id}", NOBODY)
    path = path.replace("{clip_id}", NOBODY).replace("{device_id}", NOBODY)
    path = path.replace("{nvr_id}", NOBODY)
    path = path.replace("{channel}", "1")
    assert "{" not in path, path
    _, said = CALLS.get(name, (None, None))
    if isinstance(said, str):
        path, said = path + said, None
    status: int = program(method, path, said).status_code
    return status


def test_each_call_says_who_may_make_it() -> None:
    assert set(calls()) == OPEN | OF_NODES | set(CALLS)


ASKERS = ("stranger", "node", "viewer", "operator", "administrator")


@pytest.mark.parametrize("rank", range(-1, 4), ids=ASKERS)
def test_nobody_comes_through_a_door_that_is_not_theirs(
    rank: int,
    stranger: Any,
    node_program: Any,
    viewer_program: Any,
    operator_program: Any,
    admin_program: Any,
) -> None:
    programs = (stranger, node_program, viewer_program, operator_program, admin_program)
    program = programs[rank + 1]
    for name, (method, path) in calls().items():
        if name in OPEN or (program is node_program and name in OF_NODES):
            continue
        status = ask(program, name, method, path)
        if rank < 1 or name in OF_NODES:
            assert status == 401, (name, status)
        elif list(Right).index(CALLS[name][0]) < rank:
            assert status not in (401, 403, 405, 500), (name, status)
        else:
            assert status == 403, (name, status)
