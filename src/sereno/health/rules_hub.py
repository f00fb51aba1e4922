"""What is wrong with the hub's own machine; pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sereno.health.facts import SYSTEM_PAGE, HubFact, Problem, Subject
from sereno.health.kinds import KINDS
from sereno.health.wording import filled

WORKER_SILENT_AFTER = timedelta(seconds=60)
# Less than what Sereno wants free to start (200 MB) and a little; more is kept free by the
# footage's own limit where it lies on the same disk.
LEAST_FREE_BYTES = 500_000_000
CERTIFICATE_TOLD_BEFORE = timedelta(days=21)
BACKUP_OLD_AFTER = timedelta(days=31)
BACKUP_MISSED_AFTER = timedelta(days=7)


def hub_problems(hub: HubFact, now: datetime) -> Iterator[Problem]:
    """What is wrong with it."""
    if now - hub.worker_heard_at > WORKER_SILENT_AFTER:
        yield _problem("worker_away", hub, since=hub.worker_heard_at)
    yield from _room(hub)
    yield from _certificate(hub, now)
    if hub.open_secrets:
        yield _problem("secrets_open", hub, names=", ".join(sorted(hub.open_secrets)))
    yield from _backup(hub, now)


def _room(hub: HubFact) -> Iterator[Problem]:
    if hub.free_bytes < LEAST_FREE_BYTES:
        yield _problem("hub_disk_full", hub)
    elif hub.database_bytes is not None and hub.free_bytes < hub.database_bytes:
        yield _problem("backup_room", hub, size=hub.database_bytes // 10**6)


def _certificate(hub: HubFact, now: datetime) -> Iterator[Problem]:
    ends_at = hub.certificate_ends_at
    if ends_at is None:
        return
    if ends_at <= now:
        yield _problem("certificate_ended", hub, since=ends_at, path=hub.certificate_path)
    elif ends_at - now < CERTIFICATE_TOLD_BEFORE:
        key = "own_certificate_ends" if hub.has_own_certificate else "certificate_ends"
        since = ends_at - CERTIFICATE_TOLD_BEFORE
        days = (ends_at - now).days
        yield _problem(key, hub, since=since, path=hub.certificate_path, days=days)


def _backup(hub: HubFact, now: datetime) -> Iterator[Problem]:
    made_at = hub.newest_backup_at
    if made_at is not None and now - made_at > BACKUP_OLD_AFTER:
        since, days = made_at + BACKUP_OLD_AFTER, (now - made_at).days
        yield _problem("backup_old", hub, since=since, days=days)
    elif made_at is None and hub.first_day and now - hub.first_day > BACKUP_MISSED_AFTER:
        yield _problem("backup_none", hub, since=hub.first_day + BACKUP_MISSED_AFTER)


def _problem(key: str, hub: HubFact, since: datetime | None = None, **params: object) -> Problem:
    kind = KINDS[key]
    known = {"path": hub.data_path, "free": hub.free_bytes // 10**6} | params
    return Problem(
        key=key,
        severity=kind.severity,
        subject=Subject("hub", "hub", "Sereno"),
        since=since,
        words=filled(kind.words, **known),
        advice=filled(kind.advice, **known),
        link=SYSTEM_PAGE,
    )
