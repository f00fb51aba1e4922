"""What the hub is told of a device: all that is known, each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sereno.node.devices import shapes
from sereno.node.devices.facts import Facts
from sereno.node.devices.standing import Standing
from sereno.wire.devices import DeviceReport
from sereno.wire.reports import ReasonReport

A = TypeVar("A")
B = TypeVar("B")

_NO_NEWS = {"asked_at", "clock"}
"""What differs from one time to the next."""


def report_of(standing: Standing, facts: Facts, sync_number: int, now: datetime) -> DeviceReport:
    """How a device is, as it was asked by the orders of that number."""
    health = {each.channel: each for each in facts.channel_health}
    told = facts.channels
    return DeviceReport(
        asked_at=now,
        state=standing.state,
        since=standing.since,
        reason=_if_known(ReasonReport.of, standing.reason),
        not_before=standing.not_before,
        sync_number=sync_number,
        identity=_if_known(shapes.identity, facts.identity),
        capabilities=_if_known(shapes.capabilities, facts.capabilities),
        channels=shapes.channels(told, health) if told is not None else None,
        disks=_if_known(shapes.disks, facts.disks),
        clock=_if_known(shapes.clock, facts.clock),
        advice=_if_known(shapes.advice, facts.advice),
    )


def is_news(report: DeviceReport, before: DeviceReport) -> bool:
    """Whether it says something else."""
    return report.model_dump(exclude=_NO_NEWS) != before.model_dump(exclude=_NO_NEWS)


def _if_known(shape: Callable[[A], B], found: A | None) -> B | None:
    return shape(found) if found is not None else None
