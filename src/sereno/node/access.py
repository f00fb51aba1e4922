"""Who may see what: each call carries a ticket that the hub signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from starlette.requests import HTTPConnection

from sereno.base.clock import Clock, to_us
from sereno.base.errors import Invalid, NotFound, Unauthenticated, Words
from sereno.base.spans import Span
from sereno.node.passes import Passes
from sereno.node.rows import StreamKey
from sereno.wire.orders import Orders
from sereno.wire.tickets import PLAYBACK_OVERTIME, Purpose, Ticket, verify

_NO_TICKET = Words(
    "This needs a viewing ticket. Open the camera again.",
    "Esto necesita un pase de visualización. Abra la cámara de nuevo.",
)
_NOT_HERE = Words(
    "This camera is not on this node. Open the camera again.",
    "Esta cámara no está en este nodo. Abra la cámara de nuevo.",
)
_NO_DEVICE = Words(
    "This device is not on this node. Open it again.",
    "Este dispositivo no está en este nodo. Ábralo de nuevo.",
)
_NO_SPAN = Words(
    "The ticket names no time. Ask for one with a start and an end.",
    "El pase no indica un tiempo. Pida uno con inicio y fin.",
)


@dataclass(frozen=True, slots=True)
class Visit:
    """A ticket that holds here: which stream, and which time in microseconds since 1970."""

    key: StreamKey
    purpose: Purpose
    start: datetime | None
    end: datetime | None

    def span_us(self) -> tuple[int, int]:
        """The ticket's time. Raises Invalid where it has none."""
        if self.start is None or self.end is None or self.end <= self.start:
            raise Invalid("ticket_without_span", _NO_SPAN)
        return to_us(self.start), to_us(self.end)


@dataclass(frozen=True, slots=True)
class RecorderVisit:
    """A ticket that holds here for footage that a device plays, by the device's own `channel`.

    `span` is true time; `ahead` is how far the device's is ahead of it, None where the hub has not
    found that footage: then what the device's clock shows now decides.
    """

    camera_id: UUID
    device_id: UUID
    channel: str
    span: Span
    ahead: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Checks tickets by the public key in the orders."""

    orders: Callable[[], Orders | None]
    is_known: Callable[[StreamKey], bool]
    clock: Clock
    passes: Passes = field(default_factory=Passes)

    def admit(
        self, token: str, purpose: Purpose | frozenset[Purpose], playback_pass: str = ""
    ) -> Visit:
        """Raises Unauthenticated for a bad ticket and NotFound for a camera of another node.

        With a pass a ticket may have ended.
        """
        ticket, _ = self._checked(token, purpose, playback_pass)
        key = StreamKey(ticket.camera_id, ticket.stream)
        if not self.is_known(key):
            raise NotFound("camera_not_here", _NOT_HERE)
        return Visit(key, ticket.purpose, ticket.start, ticket.end)

    def purpose_of(self, token: str, purposes: frozenset[Purpose]) -> Purpose:
        """Which of the purposes a ticket is for. Raises Unauthenticated."""
        return self._checked(token, purposes)[0].purpose

    def admit_to_camera(self, token: str, purpose: Purpose) -> UUID:
        """The camera, for what is of no stream of it alone. Raises as `admit`."""
        ticket, orders = self._checked(token, purpose)
        if all(camera.camera_id != ticket.camera_id for camera in orders.cameras):
            raise NotFound("camera_not_here", _NOT_HERE)
        return ticket.camera_id

    def admit_to_recorder(self, token: str, playback_pass: str = "") -> RecorderVisit:
        """Raises Unauthenticated for a bad ticket, NotFound for a device of another node, Invalid
        for a ticket without a time."""
        ticket, orders = self._checked(token, "recorder", playback_pass)
        device_id = _device_of(ticket, orders)
        if ticket.start is None or ticket.end is None or ticket.end <= ticket.start:
            raise Invalid("ticket_without_span", _NO_SPAN)
        span, seconds = Span(ticket.start, ticket.end), ticket.ahead_seconds
        ahead = timedelta(seconds=seconds) if seconds is not None else None
        return RecorderVisit(ticket.camera_id, device_id, ticket.channel, span, ahead)

    def admit_to_channel(self, token: str) -> tuple[UUID, str]:
        """The device and its channel whose picture may be seen. Raises as `admit_to_recorder`."""
        ticket, orders = self._checked(token, "channel_snapshot")
        return _device_of(ticket, orders), ticket.channel

    def admit_to_clip(self, token: str, clip_id: UUID, playback_pass: str = "") -> None:
        """Raises Unauthenticated for a bad ticket, or one of another clip."""
        ticket, _ = self._checked(token, "clip_file", playback_pass)
        if ticket.clip_id != clip_id:
            raise Unauthenticated("ticket_refused", _NO_TICKET)

    def _checked(
        self, token: str, purpose: Purpose | frozenset[Purpose], playback_pass: str = ""
    ) -> tuple[Ticket, Orders]:
        orders, now = self.orders(), self.clock.now()
        if not token or orders is None:
            raise Unauthenticated("no_ticket", _NO_TICKET)
        has_pass = bool(playback_pass) and self.passes.holds(token, playback_pass, now)
        overtime = PLAYBACK_OVERTIME if has_pass else timedelta(0)
        return verify(token, orders.ticket_public_key, purpose, now, overtime), orders


def _device_of(ticket: Ticket, orders: Orders) -> UUID:
    for device in orders.devices or ():
        if device.device_id == ticket.device_id:
            return device.device_id
    raise NotFound("device_not_here", _NO_DEVICE)


def token_of(call: HTTPConnection) -> str:
    """The ticket of a call: its Authorization header, or `?ticket=`."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return str(call.query_params.get("ticket", ""))
