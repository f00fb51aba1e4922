"""How cameras are to be run: profiles, what they are based on, and what comes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from sereno.accounts.queries import Asker, require
from sereno.accounts.rules import Right
from sereno.base.errors import NotFound, Words
from sereno.enforcer.models import CameraManner, Schedule, StreamProfile
from sereno.policy.choices import EngineName, TransportName
from sereno.policy.knobs import Knobs, Manner
from sereno.policy.profiles import Layer, Merged, Origin, merge, said_in
from sereno.sites.models import Camera
from sereno.wire.orders import MannerOrder

_NO_PROFILE = Words(
    "There is no such profile. It may have been removed; reload the list.",
    "No existe ese perfil. Puede que se haya quitado; recargue la lista.",
)


def profiles_of(asker: Asker) -> QuerySet[StreamProfile]:
    """The profiles, by name, each with `camera_count`: how many cameras were given it."""
    require(asker, Right.VIEW)
    present = Q(manners__camera__removed_at=None, manners__camera__isnull=False)
    return StreamProfile.objects.annotate(camera_count=Count("manners", filter=present)).order_by(
        "name", "pk"
    )


def access_profile(asker: Asker, profile_id: int) -> StreamProfile:
    """One profile. Raises NotFound."""
    if (profile := profiles_of(asker).filter(pk=profile_id).first()) is None:
        raise NotFound("no_such_profile", _NO_PROFILE)
    return profile


def camera_knobs(camera: Camera) -> Knobs:
    """What the camera's own fields say."""
    cpus = camera.cpu_affinity
    return Knobs(
        engine=cast("EngineName | None", camera.engine),
        rtsp_transport=cast("TransportName | None", camera.transport),
        records_sound=camera.records_sound,
        nice=camera.nice,
        cpu_affinity=None if cpus is None else tuple(cpus),
    )


def knobs_kept(knobs: Knobs) -> dict[str, Any]:
    """What is said, as JSON."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in said_in(knobs).items()
    }


def knobs_again(kept: Mapping[str, Any]) -> Knobs:
    """The knobs that `knobs_kept` made JSON of; they were checked before they were kept."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
    }
    return Knobs(**values)


@dataclass(frozen=True, slots=True)
class Given:
    """The profile that a camera was given, and what keeps its sum of restart numbers."""

    profile_id: int | None = None
    restart_number: int = 0


class ProfileBook:
    """All profiles, read once, and what comes of them for cameras; few distinct answers."""

    def __init__(self, profiles: Iterable[StreamProfile]) -> None:
        self.profiles = {profile.pk: profile for profile in profiles}
        self._knobs: dict[int, Knobs] = {}
        self._manners: dict[tuple[int | None, Knobs], Manner] = {}

    @classmethod
    def read(cls) -> ProfileBook:
        """As they are now; one statement."""
        return cls(StreamProfile.objects.all())

    def but(self, profile: StreamProfile) -> list[StreamProfile]:
        """All the others."""
        return [each for each in self.profiles.values() if each.pk != profile.pk]

    def chain(self, profile_id: int | None) -> Iterator[StreamProfile]:
        """The profile, the one it is based on, and so on."""
        seen: set[int] = set()
        # One that is not in the book was made or removed while it was read; who reads again
        # finds it, or nobody who names it.
        while profile_id in self.profiles and profile_id not in seen:
            seen.add(profile_id)
            profile = self.profiles[profile_id]
            yield profile
            profile_id = profile.based_on_id

    def chain_ids(self, profile_id: int | None) -> set[int]:
        return {profile.pk for profile in self.chain(profile_id)}

    def restart_number(self, profile_id: int | None) -> int:
        """The sum over its chain."""
        return sum(profile.restart_number for profile in self.chain(profile_id))

    def knobs(self, profile: StreamProfile) -> Knobs:
        """What it says itself."""
        if profile.pk not in self._knobs:
            self._knobs[profile.pk] = knobs_again(profile.knobs)
        return self._knobs[profile.pk]

    def layers(self, profile_id: int | None) -> list[Layer]:
        """Those of its chain, strongest first."""
        return [
            Layer(self.knobs(profile), Origin("profile", profile.name))
            for profile in self.chain(profile_id)
        ]

    def merged(self, profile_id: int | None, camera: Camera | None = None) -> Merged:
        """What holds under the profile, for `camera` if one is given, and who says it."""
        own = [Layer(camera_knobs(camera), Origin("camera", camera.name))] if camera else []
        return merge([*self.layers(profile_id), *own])

    def manner(self, profile_id: int | None, camera: Camera) -> Manner:
        """What holds for `camera` under the profile; thought out once for cameras alike."""
        key = (profile_id, camera_knobs(camera))
        if key not in self._manners:
            self._manners[key] = self.merged(profile_id, camera).manner
        return self._manners[key]

    def name(self, key: str) -> str:
        """A profile's name for people by its key in plans; empty where there is none."""
        profile = self.profiles.get(int(key)) if key.isdecimal() else None
        return profile.name if profile else ""

    def order(self, camera: Camera, given: Given, key: str) -> MannerOrder:
        """What the orders say of `camera` under the profile `key` of its plan."""
        profile_id = int(key) if key else given.profile_id
        own_number = 0 if key else given.restart_number
        profile = next(self.chain(profile_id), None)
        return MannerOrder(
            manner=self.manner(profile_id, camera),
            version=f"{profile.name} v{profile.version}" if profile else "",
            restart_number=camera.restart_number + own_number + self.restart_number(profile_id),
        )


def given_to(camera_ids: Iterable[UUID]) -> dict[UUID, Given]:
    """The profile of each camera that was given one; one statement."""
    rows = CameraManner.objects.filter(camera__in=list(camera_ids))
    return {row.camera_id: Given(row.profile_id, row.restart_number) for row in rows}


def cameras_with(book: ProfileBook, profile_id: int) -> QuerySet[Camera]:
    """The cameras whose plans may name the profile, or one that is based on it."""
    concerned = [each for each in book.profiles if profile_id in book.chain_ids(each)]
    schedules = Schedule.objects.filter(profiles__in=concerned)
    return (
        Camera.objects.filter(
            Q(manner__profile__in=concerned)
            | Q(schedules__in=schedules)
            | Q(groups__schedules__in=schedules),
            removed_at=None,
        )
        .select_related("site", "node", "standby_node")
        .order_by("name", "pk")
        .distinct()
    )
