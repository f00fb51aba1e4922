"""Orders: the whole desired state of one node, as the hub decided it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr

from sereno.wire.secret import Secret
from sereno.wire.version import WIRE_VERSION

StreamName = Literal["main", "sub"]
EngineName = Literal["auto", "native", "ffmpeg"]
TransportName = Literal["auto", "tcp", "udp", "multicast"]


class Message(BaseModel):
    """A message of the wire: immutable; unknown fields of a newer peer are ignored.

    Infinity and NaN are refused: JSON has no such numbers, and browsers cannot read them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class StreamOrder(Message):
    """One encoding of a camera, and whether it must be recorded now."""

    stream: StreamName
    address: str = Field(description="URL without credentials")
    is_recorded: bool = True
    engine: EngineName = "auto"
    transport: TransportName = "auto"
    records_sound: bool = True
    nice: int = Field(default=0, ge=-20, le=19, description="as in nice(1)")
    cpu_affinity: tuple[int, ...] = Field(default=(), description="CPUs by number; empty: any")


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
    streams: tuple[StreamOrder, ...]


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
    """The hub's only word on the control socket (`/api/v1/node/wake`): fetch your orders."""

    wake: Literal["orders"] = "orders"
    sent_at: AwareDatetime
