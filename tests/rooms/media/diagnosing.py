"""Diagnoses of simulated cameras, quicker than people's."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from sereno.base.clock import SystemClock
from sereno.media.contract import StreamTask
from sereno.media.diagnosis.diagnose import Diagnosis, Scene
from sereno.media.diagnosis.watching import Limits
from sereno.media.doors import Doors
from sereno.media.rtsp.dialogue import Patience
from sereno.policy.diagnosis import summary_of, verdict_of
from sereno.sim import CameraSpec, Picture, SimConfig
from sereno.wire.errands import DiagnosisReport, StepReport

USER, PASSWORD = "watcher", "s3cret w/rd"
# No longer than there is something to learn; what never comes is waited for with less patience.
QUICK = Limits(whole=60.0, first_key=30.0, least=0.9, report=30.0, most=30.0)
PATIENCE = Patience(
    connect_seconds=30.0, reply_seconds=30.0, silence_seconds=30.0, datagram_seconds=30.0
)
IMPATIENT = Patience(
    connect_seconds=1.0, reply_seconds=1.0, silence_seconds=1.0, datagram_seconds=1.0
)


def config_of(cache: Path, *cameras: CameraSpec, **more: Any) -> SimConfig:
    """Small pictures, a key frame every 0.4 s."""
    values: dict[str, Any] = {
        "cache_dir": cache,
        "cameras": cameras,
        "main": Picture(160, 90, 100_000),
        "sub": Picture(96, 64, 50_000),
        "loop_seconds": 2,
        "key_seconds": 0.4,
        "user": USER,
        "password": PASSWORD,
    }
    return SimConfig(**values | more)


def task_of(address: str, **more: Any) -> StreamTask:
    values = {
        "camera_id": uuid4(),
        "stream": "main",
        "address": address,
        "username": USER,
        "password": PASSWORD,
        "footage_dir": "/nowhere",
    }
    return StreamTask.model_validate(values | more)


class Found:
    """What a diagnosis found, and each report on the way there."""

    def __init__(self) -> None:
        self.told: list[DiagnosisReport] = []
        self.last: DiagnosisReport

    @property
    def verdict(self) -> str:
        return verdict_of(step.to_finding() for step in self.last.steps)

    @property
    def summary(self) -> str:
        return summary_of(step.to_finding() for step in self.last.steps).en

    @property
    def verdicts(self) -> dict[str, str]:
        return {step.step: step.verdict for step in self.last.steps}

    def step(self, name: str) -> StepReport:
        return next(step for step in self.last.steps if step.step == name)

    def reason(self, name: str) -> str:
        reason = self.step(name).reason
        return reason.key if reason else ""

    @property
    def advice(self) -> list[str]:
        return [each.key for step in self.last.steps for each in step.advice]

    @property
    def failed(self) -> dict[str, str]:
        """Steps that failed, each with the key of its reason."""
        steps = (step for step in self.last.steps if step.verdict == "failed")
        return {step.step: self.reason(step.step) for step in steps}

    def text(self) -> str:
        return "".join(report.model_dump_json() for report in self.told) + self.summary


WIDE_OPEN = Doors(None, SystemClock())


async def diagnose(
    task: StreamTask,
    scene: Scene | None = None,
    limits: Limits = QUICK,
    doors: Doors = WIDE_OPEN,
    patience: Patience = PATIENCE,
) -> Found:
    """Within a second or two."""
    found = Found()
    tell, scene = found.told.append, scene or Scene()
    found.last = await Diagnosis(task, SystemClock(), doors, tell, scene, patience, limits).run()
    return found
