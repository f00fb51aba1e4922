"""Profiles over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import BaseModel, Field

from sereno.accounts.auth import ANYBODY_KNOWN, KnownRequest
from sereno.base.errors import Words
from sereno.enforcer import actions_profiles, queries_profiles
from sereno.enforcer.actions_profiles import Applies, ProfileFields
from sereno.enforcer.models import StreamProfile
from sereno.enforcer.previews import preview_profile
from sereno.enforcer.queries_profiles import ProfileBook, access_profile, given_to
from sereno.policy.extra_cli import parse_extra_cli
from sereno.policy.knob_list import KNOBS, Knob
from sereno.policy.knobs import KNOB_NAMES, Manner
from sereno.policy.profiles import Merged
from sereno.sites.answers import ReasonAnswer
from sereno.sites.models import Camera
from sereno.sites.queries import access_camera

router = Router(tags=["profiles"], auth=ANYBODY_KNOWN)

KnobValue = bool | int | float | str | list[int] | list[str]


class WordsAnswer(Schema):
    en: str
    es: str

    @classmethod
    def of(cls, words: Words) -> WordsAnswer:
        return cls(en=words.en, es=words.es)


class KnobAnswer(Schema):
    """`least` and `most` are in `unit` and allowed themselves.

    `concerns`: whether it changes the recording, the analysis, or only what is told.
    """

    name: str
    kind: str
    choices: list[str]
    least: float | None
    most: float | None
    unit: str
    default: KnobValue | None
    concerns: str
    label: WordsAnswer
    what: WordsAnswer
    why: WordsAnswer
    example: str

    @classmethod
    def of(cls, knob: Knob) -> KnobAnswer:
        return cls(
            name=knob.name,
            kind=knob.kind,
            choices=list(knob.choices),
            least=knob.least,
            most=knob.most,
            unit=knob.unit,
            default=_plain(getattr(Manner(), knob.name)),
            concerns=knob.concerns,
            label=WordsAnswer.of(knob.label),
            what=WordsAnswer.of(knob.what),
            why=WordsAnswer.of(knob.why),
            example=knob.example,
        )


def _plain(value: Any) -> KnobValue | None:
    return list(value) if isinstance(value, tuple) else value


class ProfileAnswer(Schema):
    """`knobs`: only what it says itself. `camera_count`: how many cameras were given it."""

    id: int
    name: str
    note: str
    based_on: int | None
    knobs: dict[str, KnobValue]
    version: int
    changed_at: datetime
    changed_by: str
    camera_count: int

    @classmethod
    def of(cls, profile: StreamProfile) -> ProfileAnswer:
        return cls(
            id=profile.pk,
            name=profile.name,
            note=profile.note,
            based_on=profile.based_on_id,
            knobs=profile.knobs,
            version=profile.version,
            changed_at=profile.changed_at,
            changed_by=profile.changed_by,
            camera_count=getattr(profile, "camera_count", 0),
        )


class NewProfile(Schema):
    """`knobs` by the names of `GET knobs`; what is left out, its base says."""

    name: str
    note: str = ""
    based_on: int | None = None
    knobs: dict[str, Any] = Field(default_factory=dict)


class ProfileChange(Schema):
    """What is left out stays as it is; `knobs` are all that it is to say from now on.

    `applies`: whether what runs goes over to it now, or when it next starts. `if_version`: only if
    it is still that one.
    """

    name: str | None = None
    note: str | None = None
    based_on: int | None = Field(default=None, description="null: on none any more")
    knobs: dict[str, Any] | None = None
    applies: Applies = "next_spawn"
    if_version: int | None = None


class VersionAnswer(Schema):
    """A profile as it was saved; `based_on` null: on none, or on one that was removed."""

    version: int
    knobs: dict[str, KnobValue]
    based_on: int | None
    based_on_name: str
    changed_by: str
    changed_at: datetime
    applies: str


class OriginAnswer(BaseModel):
    kind: str
    name: str


class ValueAnswer(BaseModel):
    """What holds, and who says so: a profile, the camera, or the default."""

    name: str
    value: KnobValue | None
    origin: OriginAnswer


class NamedCamera(Schema):
    id: UUID
    name: str

    @classmethod
    def of(cls, camera: Camera) -> NamedCamera:
        return cls(id=camera.pk, name=camera.name)


class MannerAnswer(Schema):
    values: list[ValueAnswer]
    notices: list[ReasonAnswer]

    @classmethod
    def of(cls, merged: Merged) -> MannerAnswer:
        return cls(values=_values(merged), notices=_notices(merged))


class ProfilePreview(MannerAnswer):
    """`cameras`: whom it concerns; `restarts`: whose recording would be started anew by "now"."""

    cameras: list[NamedCamera]
    restarts: list[NamedCamera]


class PreviewBody(Schema):
    """A profile as it would be saved; without `id`, a new one. `camera_id`: as that camera has it.

    What is left out, but for `knobs`, is as in the profile `id`.
    """

    id: int | None = None
    based_on: int | None = None
    knobs: dict[str, Any] = Field(default_factory=dict)
    camera_id: UUID | None = None


def _values(merged: Merged) -> list[ValueAnswer]:
    return [
        ValueAnswer(
            name=name,
            value=_plain(getattr(merged.manner, name)),
            origin=OriginAnswer(kind=merged.origins[name].kind, name=merged.origins[name].name),
        )
        for name in KNOB_NAMES
    ]


def _notices(merged: Merged) -> list[ReasonAnswer]:
    extra = parse_extra_cli(merged.manner.extra_cli, merged.manner.engine)
    return [ReasonAnswer.of(notice) for notice in extra.notices]


@router.get("/knobs", response=list[KnobAnswer], operation_id="list_knobs")
def list_knobs(request: KnownRequest) -> list[KnobAnswer]:
    """What a profile can say, with what each of it controls and why it matters."""
    return [KnobAnswer.of(knob) for knob in KNOBS]


@router.get("/profiles", response=list[ProfileAnswer], operation_id="list_profiles")
def list_profiles(request: KnownRequest) -> list[ProfileAnswer]:
    """Ways in which streams are run, by name."""
    return [ProfileAnswer.of(profile) for profile in queries_profiles.profiles_of(request.auth)]


@router.post("/profiles", response={201: ProfileAnswer}, operation_id="add_profile")
def add_profile(request: KnownRequest, body: NewProfile) -> Status[ProfileAnswer]:
    """Make a profile; then give it to cameras, or name it in schedules."""
    said = ProfileFields(body.name, body.note, body.based_on, knobs=body.knobs)
    profile = actions_profiles.make_profile(request.auth, said)
    return Status(201, ProfileAnswer.of(profile))


@router.post("/profiles/preview", response=ProfilePreview, operation_id="preview_profile")
def preview(request: KnownRequest, body: PreviewBody) -> ProfilePreview:
    """What would hold, where each value comes from, and whom saving it would concern."""
    keeps_base = body.id is not None and "based_on" not in body.model_fields_set
    said = ProfileFields(
        based_on=body.based_on,
        has_no_base=body.based_on is None and not keeps_base,
        knobs=body.knobs,
    )
    found = preview_profile(request.auth, body.id, said, body.camera_id, timezone.now())
    return ProfilePreview(
        values=_values(found.merged),
        notices=_notices(found.merged),
        cameras=[NamedCamera.of(camera) for camera in found.cameras],
        restarts=[NamedCamera.of(camera) for camera in found.restarts],
    )


@router.get("/profiles/{profile_id}", response=ProfileAnswer, operation_id="get_profile")
def get_profile(request: KnownRequest, profile_id: int) -> ProfileAnswer:
    """One profile."""
    return ProfileAnswer.of(access_profile(request.auth, profile_id))


@router.patch("/profiles/{profile_id}", response=ProfileAnswer, operation_id="change_profile")
def change_profile(request: KnownRequest, profile_id: int, body: ProfileChange) -> ProfileAnswer:
    """Change what was given; the profile gets a new version."""
    said = ProfileFields(
        name=body.name,
        note=body.note,
        based_on=body.based_on,
        has_no_base="based_on" in body.model_fields_set and body.based_on is None,
        knobs=body.knobs,
    )
    actions_profiles.change_profile(
        request.auth, profile_id, said, body.applies, if_version=body.if_version
    )
    return ProfileAnswer.of(access_profile(request.auth, profile_id))


@router.delete("/profiles/{profile_id}", response={204: None}, operation_id="remove_profile")
def remove_profile(
    request: KnownRequest, profile_id: int, if_version: int | None = None
) -> Status[None]:
    """Take a profile away that nothing uses."""
    actions_profiles.remove_profile(request.auth, profile_id, if_version)
    return Status(204, None)


@router.get(
    "/profiles/{profile_id}/versions",
    response=list[VersionAnswer],
    operation_id="list_profile_versions",
)
def list_versions(request: KnownRequest, profile_id: int) -> list[VersionAnswer]:
    """How the profile was, the newest first."""
    profile = access_profile(request.auth, profile_id)
    return [
        VersionAnswer(
            version=row.version,
            knobs=row.knobs,
            based_on=row.based_on_id,
            based_on_name=row.based_on_name,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
            applies=row.applies,
        )
        for row in profile.versions.order_by("-version")
    ]


@router.get("/cameras/{camera_id}/manner", response=MannerAnswer, operation_id="get_manner")
def get_manner(request: KnownRequest, camera_id: UUID) -> MannerAnswer:
    """How a camera is run under its own profile, and where each value comes from."""
    camera = access_camera(request.auth, camera_id)
    given = given_to([camera.pk]).get(camera.pk)
    merged = ProfileBook.read().merged(given.profile_id if given else None, camera)
    return MannerAnswer.of(merged)
