"""What is to be recorded, and how: the hub's orders as the supervisor compares them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from pydantic import SecretStr

from sereno.node.rows import StreamKey
from sereno.wire.orders import EngineName, Orders, TransportName


@dataclass(frozen=True, slots=True)
class Wish:
    """How a stream is to be recorded. `nice` as in nice(1); `cpu_affinity` empty: any CPU."""

    address: str
    username: str
    password: SecretStr
    engine: EngineName = "auto"
    transport: TransportName = "auto"
    records_sound: bool = True
    retry_number: int = 0
    nice: int = 0
    cpu_affinity: tuple[int, ...] = ()


class Place(NamedTuple):
    """The volume that a stream is written to."""

    folder: Path
    volume_id: UUID | None = None


class Terms(NamedTuple):
    """What the streams of one runner have in common.

    The volume is among them: a process whose disk never answers cannot even be killed, so it
    must not hold streams that go to another disk.
    """

    place: Place
    nice: int = 0
    cpu_affinity: tuple[int, ...] = ()


def wishes_of(orders: Orders) -> dict[StreamKey, Wish]:
    """The streams to record, as the hub ordered."""
    return {
        StreamKey(camera.camera_id, stream.stream): Wish(
            address=stream.address,
            username=camera.username,
            password=camera.password,
            engine=stream.engine,
            transport=stream.transport,
            records_sound=stream.records_sound,
            retry_number=camera.retry_number,
            nice=stream.nice,
            cpu_affinity=tuple(sorted(set(stream.cpu_affinity))),
        )
        for camera in orders.cameras
        for stream in camera.streams
        if stream.is_recorded
    }
