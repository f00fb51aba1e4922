"""What a gap's cause is about: the few kinds that a timeline tells apart at a glance; pure."""

from __future__ import annotations

from typing import Literal

from sereno.policy.reason_list import SUBJECTS

GapKind = Literal["asked", "network", "camera", "disk", "removed", "node", "unexplained"]
"""Somebody asked for it · the way to the camera · the camera or its settings · the disk · it was
recorded and removed since, as the rules ask · the node and the hub · nobody knows."""

_OF_SUBJECT: dict[str, GapKind] = {
    "network": "network",
    "device": "camera",
    "recorder": "camera",
    "picture": "camera",
    "knob": "camera",
    "disk": "disk",
    "process": "node",
    "site": "node",
    "plan": "asked",
}
_OF_KEY: dict[str, GapKind] = {
    "removed_for_space": "removed",
    "handed_over": "asked",
    "handing_over": "asked",
    "lease_lost": "node",
    "order_heard_late": "node",
    "order_on_its_way": "node",
    "unexplained": "unexplained",
}


def kind_of(reason_key: str) -> GapKind:
    """Of what kind a reason is; one that a newer node sent is unexplained."""
    if (kind := _OF_KEY.get(reason_key)) is not None:
        return kind
    subject = next((name for name, entries in SUBJECTS.items() if reason_key in entries), "")
    return _OF_SUBJECT.get(subject, "unexplained")
