"""One camera's pictures, decoded for as long as somebody wants them: a long-lived follower around
disposable processes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sereno.base.backoff import Backoff
from sereno.base.clock import Clock, from_us
from sereno.media.analysis import Decoding
from sereno.media.analysis_process import Decoder
from sereno.media.contract import TIMESCALE
from sereno.media.faults import StreamFault
from sereno.node.live import Beginning, Live, Viewer
from sereno.node.rows import StreamKey
from sereno.policy.reasons import Reason
from sereno.wire.reports import AnalysisStatus, ReasonReport, StreamState

log = logging.getLogger(__name__)

MEASURE_SECONDS = 5.0
BACKOFF_SECONDS = (2.0, 120.0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture: rows from the top, three bytes a pixel (blue, green, red), no padding."""

    data: bytes
    width: int
    height: int
    taken_at: datetime


@dataclass(slots=True)
class _Sample:
    """What had been done by when (monotonic), to measure from."""

    at: float
    pictures: int
    cpu_seconds: float


class Follower:
    """Decodes one recorded stream until `close`.

    `hand_out` takes each picture and tells how many were dropped for it; `on_change` is called when
    people should hear of what `status` says.
    """

    def __init__(
        self,
        key: StreamKey,
        decoding: Decoding,
        live: Live,
        clock: Clock,
        hand_out: Callable[[Picture], int],
        on_change: Callable[[], None],
    ) -> None:
        self.key = key
        self.decoding = decoding
        self._live = live
        self._clock = clock
        self._hand_out = hand_out
        self._on_change = on_change
        self._decoder: Decoder | None = None
        self._beginning: Beginning | None = None
        self._is_tried_without = False  # the hardware has just failed
        self._reason: ReasonReport | None = None
        self._hwaccel_reason: ReasonReport | None = None
        self._dropped = 0
        self._fps = self._decode_ms = 0.0
        self._sample: _Sample | None = None
        self._is_closing = False
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """End the process, and let go of the stream."""
        if not self._is_closing:  # twice would break off what the first began
            self._is_closing = True
            self._task.cancel()
        await asyncio.wait([self._task])

    def status(self) -> AnalysisStatus:
        decoder = self._decoder
        state = StreamState.CONNECTING if decoder is not None else StreamState.WAITING
        if decoder is not None and decoder.picture_count:
            state = StreamState.RECORDING
        return AnalysisStatus(
            state=state,
            reason=self._reason,
            pid=decoder.pid if decoder else None,
            effective_args=decoder.command if decoder else "",
            hwaccel=decoder.hwaccel if decoder else "none",
            hwaccel_reason=self._hwaccel_reason,
            fps=self._fps,
            dropped=self._dropped,
            decode_ms=self._decode_ms,
        )

    def measure(self) -> None:
        """To be called now and then: what a picture costs, and how many come."""
        decoder, now = self._decoder, self._clock.monotonic()
        if decoder is None or not decoder.picture_count:
            self._fps, self._sample = 0.0, None
            return
        sample = _Sample(now, decoder.picture_count, decoder.cpu_seconds())
        before = self._sample
        if before is None:
            self._sample = sample
        elif now - before.at >= MEASURE_SECONDS:
            count = sample.pictures - before.pictures
            self._fps = round(count / (now - before.at), 2)
            if count > 0:
                cpu_ms = (sample.cpu_seconds - before.cpu_seconds) * 1000
                self._decode_ms = round(max(cpu_ms, 0.0) / count, 2)
            self._sample = sample

    async def _run(self) -> None:
        pauses = Backoff(*BACKOFF_SECONDS)
        while True:
            viewer = self._live.join(self.key, "", fragment_ms=None)
            try:
                reason = await self._follow(viewer)
            except StreamFault as error:
                reason = error.reason
            except OSError as error:  # a file went, for space or with its disk
                reason = Reason("footage_missing", raw=error.strerror or "")
            except Exception as error:  # a fault of ours must not end it for good
                log.exception("the analysis of %s/%s broke", *self.key)
                reason = Reason("unexplained", raw=type(error).__name__)
            finally:
                self._live.leave(self.key, viewer)
                was_well = self._decoder is not None and self._decoder.picture_count > 0
                await self._end_decoder()
            if reason is None:
                continue
            if was_well:
                pauses.reset()
            self._reason = ReasonReport.of(reason)
            self._on_change()
            await asyncio.sleep(pauses.next_seconds())

    async def _follow(self, viewer: Viewer) -> Reason | None:
        """Decode until ffmpeg ends; why it did, or None for another try at once."""
        async for beginning, piece in viewer.pieces():
            if self._beginning is not beginning:
                await self._end_decoder()
            if self._decoder is None:
                if not piece.is_key:
                    continue
                await self._start_decoder(beginning)
            decoder = self._decoder
            if decoder is not None and not await decoder.feed(await piece.read()):
                reason = await decoder.ended()
                return None if self._may_do_without(decoder, reason) else reason
            self._tell_given_up(decoder)
        return None

    async def _start_decoder(self, beginning: Beginning) -> None:
        run = beginning.run
        decoding = self.decoding.without_hwaccel() if self._is_tried_without else self.decoding
        if not self._is_tried_without:
            self._hwaccel_reason = None
        self._is_tried_without = False
        size = decoding.size_of(run.width, run.height)

        def on_picture(ticks: int, data: bytes) -> None:
            taken_at = from_us(run.at_us + ticks * 1_000_000 // TIMESCALE)
            self._dropped += self._hand_out(Picture(data, *size, taken_at))
            if self._decoder is not None and self._decoder.picture_count == 1:
                self._reason = None
                self._on_change()

        head = await beginning.read()
        self._beginning = beginning
        self._decoder = await Decoder.start(decoding, size, head, on_picture)
        self._on_change()

    def _may_do_without(self, decoder: Decoder, reason: Reason) -> bool:
        """Whether the hardware is to blame; the next process, and no later one, does without."""
        if decoder.decoding.hwaccel == "none" or decoder.picture_count:
            return False
        self._blame_hwaccel(reason.raw)
        self._is_tried_without = True
        return True

    def _tell_given_up(self, decoder: Decoder | None) -> None:
        """ffmpeg itself went on without the hardware."""
        if decoder is not None and decoder.has_given_up_hwaccel and self._hwaccel_reason is None:
            self._blame_hwaccel(decoder.said)
            self._on_change()

    def _blame_hwaccel(self, raw: str) -> None:
        device = {"device": self.decoding.device_name}
        self._hwaccel_reason = ReasonReport(key="hwaccel_unavailable", params=device, raw=raw)

    async def _end_decoder(self) -> None:
        decoder, self._decoder, self._beginning = self._decoder, None, None
        if decoder is not None:
            await decoder.close()
