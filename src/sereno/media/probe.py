"""Trying whether a stream could be recorded, without recording it."""

from __future__ import annotations

import asyncio
import logging

from sereno.base.clock import Clock, to_us
from sereno.base.tasks import until_first
from sereno.media.contract import StreamTask
from sereno.media.doors import Doors
from sereno.media.engines import Choice, after_failure, first_choice
from sereno.media.faults import StreamFault, without_secrets
from sereno.media.formats import SoundFormat, VideoFormat
from sereno.media.rtsp.rtcp import SenderReport
from sereno.media.rtsp.session import Patience
from sereno.media.sources import new_source
from sereno.policy.reasons import Reason

PROBE_SECONDS = 25.0
"""A camera that does not send a key frame within so long will not be well in its window."""

_log = logging.getLogger(__name__)


async def probe(
    task: StreamTask, clock: Clock, doors: Doors, patience: Patience | None = None
) -> Reason | None:
    """Connect as a recording would, up to the first key frame: why none came, or None."""
    task = task.model_copy(update={"records_sound": False})
    choice = first_choice(task)
    while (reason := await _try(task, choice, clock, doors, patience)) is not None:
        verdict = after_failure(choice, reason, has_played=False)
        if not verdict.is_at_once:
            break
        choice = verdict.choice
    return reason


async def _try(
    task: StreamTask, choice: Choice, clock: Clock, doors: Doors, patience: Patience | None
) -> Reason | None:
    sink = _FirstKey(clock)
    password = task.password.get_secret_value()
    try:
        async with (
            doors.door(task.address, task.username, password) as door,
            asyncio.timeout(PROBE_SECONDS),
            new_source(task, choice, sink.now_us, patience, doorway=door) as source,
        ):
            await source.play(sink)
            door.answered()
            await until_first(source.watch(), sink.seen.wait())
    except StreamFault as error:
        if sink.seen.is_set():
            return None
        return without_secrets(error.reason, task.username, password)
    except TimeoutError:
        return Reason("no_picture", {"seconds": f"{PROBE_SECONDS:g}"})
    except Exception as error:  # a fault of ours in one stream must not end the others
        _log.exception("trying %s/%s broke", task.camera_id, task.stream)
        return Reason("unexplained", raw=type(error).__name__)
    return None


class _FirstKey:
    """A sink that only looks for a key frame."""

    def __init__(self, clock: Clock) -> None:
        self.seen = asyncio.Event()
        self._clock = clock

    def now_us(self) -> int:
        return to_us(self._clock.now())

    def picture(self, sample: bytearray, rtp_time: int, is_key: bool, arrival_us: int) -> None:
        if is_key:
            self.seen.set()

    # What else comes tells nothing here.

    def video_format(self, video: VideoFormat) -> None: ...

    def packets_lost(self, count: int) -> None: ...

    def video_report(self, report: SenderReport) -> None: ...

    def sound_format(self, sound: SoundFormat | None) -> None: ...

    def sound(self, sample: bytes, rtp_time: int, arrival_us: int) -> None: ...

    def sound_report(self, report: SenderReport) -> None: ...

    def notice(self, key: str, params: dict[str, str]) -> None: ...
