"""The closed list of reasons: what each key says in both languages, and what follows from it.

Each subject has its own file; a key stands in one of them.
"""

from __future__ import annotations

from sereno.policy.clip_reasons import CLIP_REASONS
from sereno.policy.device_reasons import DEVICE_REASONS
from sereno.policy.diagnosis_reasons import DIAGNOSIS_REASONS
from sereno.policy.disk_reasons import DISK_REASONS
from sereno.policy.footage_reasons import FOOTAGE_REASONS
from sereno.policy.knob_reasons import KNOB_REASONS
from sereno.policy.login_reasons import LOGIN_REASONS
from sereno.policy.network_reasons import NETWORK_REASONS
from sereno.policy.picture_reasons import PICTURE_REASONS
from sereno.policy.plan_reasons import PLAN_REASONS
from sereno.policy.process_reasons import PROCESS_REASONS
from sereno.policy.reason_entry import Entry
from sereno.policy.recorder_reasons import RECORDER_REASONS
from sereno.policy.site_reasons import SITE_REASONS

SUBJECTS: dict[str, dict[str, Entry]] = {
    "network": NETWORK_REASONS,
    "device": DEVICE_REASONS,
    "login": LOGIN_REASONS,
    "recorder": RECORDER_REASONS,
    "picture": PICTURE_REASONS,
    "disk": DISK_REASONS,
    "process": PROCESS_REASONS,
    "site": SITE_REASONS,
    "plan": PLAN_REASONS,
    "knob": KNOB_REASONS,
    "diagnosis": DIAGNOSIS_REASONS,
    "clip": CLIP_REASONS,
    "footage": FOOTAGE_REASONS,
}

REASONS: dict[str, Entry] = {
    key: entry for subject in SUBJECTS.values() for key, entry in subject.items()
}
