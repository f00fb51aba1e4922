"""What would follow: from a profile before it is saved, and from plans in the coming days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.errors import Words
from sereno.base.spans import Span
from sereno.enforcer.actions_profiles import ProfileFields, check_chain, fill_profile
from sereno.enforcer.actions_schedules import checked_schedule
from sereno.enforcer.models import StreamProfile
from sereno.enforcer.queries import Desired, PlanKey, decisions_of, desires_of
from sereno.enforcer.queries_plans import keys_in
from sereno.enforcer.queries_profiles import ProfileBook, access_profile, cameras_with
from sereno.enforcer.rules_schedules import SCHEDULE_NOTICES, ScheduleSaid
from sereno.policy.choices import PurposeName
from sereno.policy.decisions import Piece, pieces
from sereno.policy.knob_list import KNOBS
from sereno.policy.knobs import Manner
from sereno.policy.plans import Plan
from sereno.policy.profiles import Merged, differing
from sereno.policy.reasons import Reason
from sereno.sites.actions import check_zone
from sereno.sites.models import Camera
from sereno.sites.queries import access_camera, cameras_of, sites_of

PREVIEW_DAYS = 14

# No saved profile has it.
_NEW_ID = 0
_OF_RECORDING = frozenset(knob.name for knob in KNOBS if knob.concerns == "recording")


@dataclass(frozen=True, slots=True)
class ProfileEffect:
    """What would hold, whom it concerns, and whose recording would be started anew."""

    merged: Merged
    cameras: Sequence[Camera]
    restarts: Sequence[Camera]


def preview_profile(
    asker: Asker, profile_id: int | None, said: ProfileFields, camera_id: UUID | None, now: datetime
) -> ProfileEffect:
    """What saving would do; nothing is saved. Raises NotFound, Invalid."""
    require(asker, Right.VIEW)
    camera = access_camera(asker, camera_id) if camera_id else None
    before = ProfileBook.read()
    if profile_id is None:
        profile = StreamProfile(pk=_NEW_ID, name="")
    else:
        profile = copy(access_profile(asker, profile_id))
    fill_profile(profile, said)
    after = ProfileBook([*before.but(profile), profile])
    check_chain(after, profile)
    merged = after.merged(profile.pk, camera)
    if profile_id is None:
        return ProfileEffect(merged, [], [])
    cameras = list(cameras_with(after, profile_id))
    manners = zip(
        _running(desires_of(cameras, now, before), now),
        _running(desires_of(cameras, now, after), now),
        strict=True,
    )
    restarts = [
        one
        for one, (old, new) in zip(cameras, manners, strict=True)
        if old and new and differing(old, new) & _OF_RECORDING
    ]
    return ProfileEffect(merged, cameras, restarts)


def _running(desires: Iterable[Desired], now: datetime) -> Iterable[Manner | None]:
    """With what each is recorded now; None where it is not to be recorded."""
    desires = list(desires)
    for desired, decision in zip(desires, decisions_of(desires, "recording", now), strict=True):
        yield desired.manner(decision.profile) if decision.runs else None


def pieces_of(desires: Iterable[Desired], purpose: PurposeName, window: Span) -> list[list[Piece]]:
    """The whole of `window` for each; thought out once for those with the same plan."""
    known: dict[PlanKey, list[Piece]] = {}
    found = []
    for desired in desires:
        if desired.plan_key not in known:
            known[desired.plan_key] = pieces(desired.plan, purpose, window)
        found.append(known[desired.plan_key])
    return found


@dataclass(frozen=True, slots=True)
class ScheduleEffect:
    """What a schedule by itself does, and what people should know of it, with its words."""

    pieces: Sequence[Piece]
    profile_names: Mapping[str, str]
    notices: Sequence[Reason]
    words: Mapping[str, Words]


def check_said(
    asker: Asker, said: ScheduleSaid, time_zone: str | None, window: Span
) -> ScheduleEffect:
    """What a schedule would do in `window`; nothing is saved. Raises Invalid."""
    require(asker, Right.VIEW)
    schedule = checked_schedule(asker, said)
    zone = check_zone(time_zone) if time_zone is not None else _zone_of(asker, said)
    found = pieces(Plan(zone, (schedule,)), said.purpose, window)
    book = ProfileBook.read()
    names = {key: book.name(key) for key in keys_in([schedule])}
    notices = []
    if not any(piece.runs for piece in found):
        notices.append(Reason("schedule_idle", {"days": str(window.duration.days)}))
    if not said.camera_ids and not said.group_ids:
        notices.append(Reason("schedule_for_nobody"))
    return ScheduleEffect(found, names, notices, {each.key: _words(each) for each in notices})


def _words(notice: Reason) -> Words:
    return SCHEDULE_NOTICES[notice.key].fill(**notice.params)


def _zone_of(asker: Asker, said: ScheduleSaid) -> str:
    """That of its first camera by name, or of the first site."""
    camera = cameras_of(asker).filter(pk__in=said.camera_ids).first()
    site = camera.site if camera else sites_of(asker).first()
    return site.time_zone if site else "UTC"
