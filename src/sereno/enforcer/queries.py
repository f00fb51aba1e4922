"""What should run: of each camera when and how, and so what each node is ordered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from sereno.enforcer.leases import needs_lease
from sereno.enforcer.models import ManualRecording, Pause, StreamProfile
from sereno.enforcer.queries_plans import keys_in, moments_of, plan_of, schedules_of
from sereno.enforcer.queries_profiles import Given, ProfileBook, given_to
from sereno.enforcer.rules import NOT_ASSIGNED
from sereno.enforcer.rules_schedules import profile_key
from sereno.policy.choices import PurposeName
from sereno.policy.decisions import Decision, Why, decide
from sereno.policy.knobs import Manner
from sereno.policy.plans import Manual, Plan
from sereno.policy.plans import Pause as PlannedPause
from sereno.sites.models import Camera, Node
from sereno.sites.queries import cameras_of_node
from sereno.sites.secrets import unseal
from sereno.wire.orders import CameraOrder, MannerOrder, StreamOrder

# Cameras with the same schedules share one tuple of them, so its identity stands for it.
PlanKey = tuple[int, str, tuple[PlannedPause, ...], tuple[Manual, ...]]


@dataclass(frozen=True, slots=True)
class Desired:
    """When and how a camera is to be run; `pause` and `manual` are those that are on."""

    camera: Camera
    plan: Plan
    keys: frozenset[str]
    given: Given
    book: ProfileBook
    pause: Pause | None
    manual: ManualRecording | None

    @property
    def plan_key(self) -> PlanKey:
        """The same for cameras of which the same is decided, among those asked for together."""
        plan = self.plan
        return (id(plan.schedules), plan.time_zone, plan.pauses, plan.manuals)

    @property
    def profile(self) -> StreamProfile | None:
        """The one that the camera was given."""
        return next(self.book.chain(self.given.profile_id), None)

    def manner(self, key: str) -> Manner:
        """What holds under the profile `key` of its plan."""
        return self.book.manner(int(key) if key else self.given.profile_id, self.camera)

    def orders(self) -> dict[str, MannerOrder]:
        """Every manner that the plan may name."""
        return {key: self.book.order(self.camera, self.given, key) for key in sorted(self.keys)}

    def profile_name(self, key: str) -> str:
        """For people; empty where the camera has no profile."""
        return self.plan.profiles.get(key, "")


def decisions_of(desires: Iterable[Desired], purpose: PurposeName, now: datetime) -> list[Decision]:
    """Whether each camera runs now, how, until when, and why; in their order."""
    known: dict[PlanKey, Decision] = {}
    found = []
    for desired in desires:
        if desired.camera.node_id is None:
            found.append(Decision(False, "", Why(NOT_ASSIGNED), None))
            continue
        if desired.plan_key not in known:
            known[desired.plan_key] = decide(desired.plan, purpose, now)
        found.append(known[desired.plan_key])
    return found


def desires_of(
    cameras: Iterable[Camera], now: datetime, book: ProfileBook | None = None
) -> list[Desired]:
    """Of each camera, in their order; seven statements at most. They come with their sites."""
    cameras = list(cameras)
    ids = [camera.pk for camera in cameras]
    book = book or ProfileBook.read()
    given, schedules, moments = given_to(ids), schedules_of(ids), moments_of(ids, now)
    keys = {id(each): frozenset(keys_in(each)) for each in schedules.values()}
    found: list[Desired] = []
    for camera in cameras:
        mine, own = schedules[camera.pk], given.get(camera.pk, Given())
        names = {key: book.name(key) for key in keys[id(mine)]}
        names[""] = book.name(profile_key(own.profile_id))
        found.append(
            Desired(
                camera=camera,
                plan=plan_of(camera, mine, moments, names),
                keys=keys[id(mine)],
                given=own,
                book=book,
                pause=moments.pause_of(camera.pk, now),
                manual=moments.manual_of(camera.pk, now),
            )
        )
    return found


def desired_of(node: Node, now: datetime | None = None) -> tuple[CameraOrder, ...]:
    """What `node` should run now, with the passwords it needs."""
    cameras = list(cameras_of_node(node))
    leased = needs_lease(cameras)
    return tuple(
        _order(each, needs_lease=each.camera.pk in leased)
        for each in desires_of(cameras, now or timezone.now())
    )


def _order(desired: Desired, *, needs_lease: bool) -> CameraOrder:
    camera = desired.camera
    streams = [StreamOrder(stream="main", address=camera.address)]
    if camera.sub_address:
        streams.append(StreamOrder(stream="sub", address=camera.sub_address))
    return CameraOrder(
        camera_id=camera.pk,
        name=camera.name,
        username=camera.username,
        password=unseal(camera.password_sealed),
        budget_bytes=camera.budget_bytes,
        retry_number=camera.retry_number,
        enforce_number=camera.enforce_number,
        plan=desired.plan,
        manners=desired.orders(),
        needs_lease=needs_lease,
        streams=tuple(streams),
    )
