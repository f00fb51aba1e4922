"""Orders: the whole desired state of one node, as the hub decided it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, SecretStr

from sereno.policy.choices import StreamName
from sereno.policy.knobs import Manner
from sereno.policy.plans import Plan
from sereno.wire.message import Message
from sereno.wire.secret import Secret
from sereno.wire.version import WIRE_VERSION


class StreamOrder(Message):
    """One encoding of a camera, and where it comes from."""

    stream: StreamName
    address: str = Field(description="URL without credentials")


class MannerOrder(Message):
    """How streams are run while the plan names this manner.

    A stream that runs with an older manner is started anew for it only when `restart_number` has
    grown; otherwise the next start uses it.
    """

    manner: Manner
    version: str = Field(default="", description="profile and version, for people")
    restart_number: int = 0


class LeaseOrder(Message):
    """The right to run a camera that has a standby node: counted from when the node asked."""

    number: int = Field(description="grows with each grant: a fencing number")
    seconds: float = Field(gt=0, description="how long it is good for")


class CameraOrder(Message):
    """A camera that this node runs."""

    camera_id: UUID
    name: str
    username: str = ""
    password: Secret = SecretStr("")
    budget_bytes: int | None = Field(
        default=None, ge=0, description="room for this camera's footage; None: no limit of its own"
    )
    retry_number: int = Field(
        default=0,
        description="grows when a person asks to forget which engine and transport worked",
    )
    enforce_number: int = Field(
        default=0, description="grows when a person asks to act now: no pause before the next try"
    )
    plan: Plan = Field(default_factory=Plan)
    manners: dict[str, MannerOrder] = Field(
        default_factory=dict, description="by the profile names that the plan uses, `` among them"
    )
    needs_lease: bool = Field(
        default=False,
        description="another node may run it too: only who holds its lease may, and only a "
        "heartbeat's answer gives one",
    )
    streams: tuple[StreamOrder, ...]


class ClipOrder(Message):
    """A clip that the node is to make of its own footage, and to keep."""

    clip_id: UUID
    camera_id: UUID
    camera: str = Field(description="its name, for who reads the sidecar")
    stream: StreamName = "main"
    start: AwareDatetime
    end: AwareDatetime


class DeviceOrder(Message):
    """A device that this node logs in to.

    `serial` is what it must say it is: another one at its address is not listened to. Where its API
    fails altogether, `template` is the RTSP address of channel `{channel}`, of `template_channels`.
    """

    device_id: UUID
    name: str
    vendor: str = Field(default="", description="the driver's name; empty: found out")
    host: str
    port: int
    is_tls: bool = False
    rtsp_port: int | None = Field(default=None, description="None: as the device says")
    username: str = ""
    password: Secret = SecretStr("")
    serial: str = ""
    template: str = Field(default="", description="URL without credentials, with `{channel}`")
    template_sub: str = ""
    template_channels: int = 0
    sync_number: int = Field(
        default=0, description="grows when a person asks for everything to be asked anew, now"
    )
    lift_number: int = Field(
        default=0, description="grows when a person asks to show a refused password once more"
    )


class Orders(Message):
    """Everything this node must do. Answer to `GET /api/v1/node/orders`, with an ETag.

    The passwords show themselves only to `model_dump_json(context=REVEAL)`, which the wire uses,
    inside TLS or loopback; at rest the node encrypts the whole message.
    """

    wire_version: int = WIRE_VERSION
    node_id: UUID
    site_name: str
    ticket_public_key: str = Field(description="Ed25519 public key of the hub, PEM")
    cameras: tuple[CameraOrder, ...] = ()
    clips: tuple[ClipOrder, ...] | None = Field(
        default=None, description="all that are wanted; None: an older hub, which knows of none"
    )
    devices: tuple[DeviceOrder, ...] | None = Field(
        default=None, description="all that it is to look after; None: an older hub"
    )


class EnrolmentRequest(Message):
    """A node trades its one-time code for a token: `POST /api/v1/node/enrol`."""

    wire_version: int = WIRE_VERSION
    code: Secret
    node_name: str


class Enrolment(Message):
    """Answer to an enrolment; the hub keeps only the token's hash."""

    node_id: UUID
    token: Secret


class Wake(Message):
    """The hub's word on the control socket (`/api/v1/node/wake`): fetch your orders.

    With `relay` it is front's: dial `/api/v1/node/relay/{relay}`, where somebody wants to see what
    this node has (`sereno.wire.relay`). It is good for one dial, within seconds.
    """

    wake: Literal["orders", "relay"] = "orders"
    sent_at: AwareDatetime
    relay: str | None = Field(default=None, repr=False)
