"""The knobs of a stream profile: how a camera's streams are run."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sereno.policy.choices import EngineName, HwaccelName, StreamName, TransportName


@dataclass(frozen=True, slots=True)
class Knobs:
    """What a profile, or a camera's own fields, say; None: nothing is said of it here.

    `fps` and `det_set` are of the analysis stream. `hb_interval` and `snapshot_every` are seconds.
    """

    engine: EngineName | None = None
    rtsp_transport: TransportName | None = None
    streams: tuple[StreamName, ...] | None = None
    records_sound: bool | None = None
    segment_seconds: int | None = None
    fragment_ms: int | None = None
    extra_cli: str | None = None
    nice: int | None = None
    cpu_affinity: tuple[int, ...] | None = None
    hwaccel: HwaccelName | None = None
    device: str | None = None
    gpu_index: int | None = None
    fps: float | None = None
    det_set: str | None = None
    hb_interval: float | None = None
    snapshot_every: float | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How a camera's streams are run: every knob with its value."""

    engine: EngineName = "auto"
    rtsp_transport: TransportName = "auto"
    streams: tuple[StreamName, ...] = ("main",)
    records_sound: bool = True
    segment_seconds: int = 60
    fragment_ms: int = 200
    extra_cli: str = ""
    nice: int = 0
    cpu_affinity: tuple[int, ...] = ()
    hwaccel: HwaccelName = "none"
    device: str = ""
    gpu_index: int | None = None
    fps: float = 5.0
    det_set: str = "auto"
    hb_interval: float = 10.0
    snapshot_every: float = 300.0


KNOB_NAMES = tuple(field.name for field in fields(Knobs))
