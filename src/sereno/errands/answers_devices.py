"""What errands of devices found, as the API tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from sereno.devices.answers import (
    ChannelAnswer,
    DeviceAdviceAnswer,
    DeviceStreamAnswer,
)
from sereno.errands.models import Errand
from sereno.errands.rules import StateName, state_of
from sereno.policy.reasons import Reason
from sereno.sites.answers import ReasonAnswer
from sereno.wire.devices import (
    DeviceChannel,
    DeviceErrandReport,
    DeviceIdentity,
    DiscoveredDevice,
    FoundReport,
)

KindName = Literal["device_probe", "device_discover", "device_search"]


class IdentityAnswer(BaseModel):
    """What stands there, as it says of itself."""

    vendor: str
    maker: str
    model: str
    serial: str
    firmware: str
    kind: str
    name: str
    rtsp_port: int

    @classmethod
    def of(cls, told: DeviceIdentity) -> IdentityAnswer:
        return cls(**told.model_dump())


class DiscoveredAnswer(BaseModel):
    """Something that answered; `device_id`: it is that device of the site already."""

    host: str
    port: int
    is_tls: bool
    vendor: str
    maker: str
    model: str
    name: str
    known_as: str
    device_id: UUID | None

    @classmethod
    def of(cls, told: DiscoveredDevice, known: dict[str, UUID]) -> DiscoveredAnswer:
        return cls(**told.model_dump(), device_id=known.get(told.host))


class FoundAnswer(BaseModel):
    """Footage that a recorder holds; `is_open`: it is still being written."""

    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    size_bytes: int | None
    cause: str
    is_open: bool

    @classmethod
    def of(cls, told: FoundReport) -> FoundAnswer:
        facts = told.model_dump(include={"size_bytes", "cause", "is_open"})
        return cls(**{"from": told.start, "to": told.end}, **facts)


class DeviceErrandAnswer(BaseModel):
    """What is known by now. `step`: what is being done, one of `connecting`, `identifying`,
    `channels`, `searching`, `looking`; `reason`: why a done or expired one failed.

    `found_through`: a search found more than is told at once, and told what came before this.
    """

    id: UUID
    kind: KindName
    state: StateName
    step: str
    progress: float | None
    reason: ReasonAnswer | None
    identity: IdentityAnswer | None
    clock_offset_seconds: float | None
    capabilities: dict[str, bool] | None
    channels: list[ChannelAnswer] | None
    advice: list[DeviceAdviceAnswer]
    discovered: list[DiscoveredAnswer]
    found: list[FoundAnswer]
    found_through: datetime | None

    @classmethod
    def of(cls, errand: Errand, known: dict[str, UUID], now: datetime) -> DeviceErrandAnswer:
        """`known`: the devices of the node's site, by host."""
        state = state_of(errand.started_at, errand.done_at, errand.expires_at, now)
        told = DeviceErrandReport.model_validate(errand.answer or {"started_at": errand.asked_at})
        identity, reason = told.identity, _reason(errand, state, told)
        return cls.model_validate(
            {
                "id": errand.pk,
                "kind": errand.kind,
                "state": state,
                "step": told.step,
                "progress": told.progress,
                "reason": ReasonAnswer.of(reason) if reason else None,
                "identity": IdentityAnswer.of(identity) if identity else None,
                "clock_offset_seconds": told.clock_offset_seconds,
                "capabilities": told.capabilities,
                "channels": None if told.channels is None else list(map(_channel, told.channels)),
                "advice": [each.model_dump() for each in told.advice],
                "discovered": [DiscoveredAnswer.of(each, known) for each in told.discovered],
                "found": [FoundAnswer.of(each) for each in told.found],
                "found_through": told.found_through,
            }
        )


def _reason(errand: Errand, state: StateName, told: DeviceErrandReport) -> Reason | None:
    if state == "expired":
        return Reason("errand_untaken" if errand.started_at is None else "errand_broken_off")
    return told.reason.to_reason() if told.reason else None


def _channel(told: DeviceChannel) -> ChannelAnswer:
    """As a device's own channels are told, of which there are no cameras yet."""
    return ChannelAnswer(
        id=told.id,
        number=told.number,
        name=told.name,
        is_online=told.is_online,
        is_recording=told.is_recording,
        missing_since=None,
        camera_id=None,
        streams=[DeviceStreamAnswer(**each.model_dump()) for each in told.streams],
    )
