"""What is measured of a stream while it is recorded."""

from __future__ import annotations

from dataclasses import dataclass

from sereno.media.contract import TIMESCALE, FragmentWritten, Measured


@dataclass(slots=True)
class Measures:
    """Holds for a run that goes on, and for no other time; `lost_packets` for the last run, too."""

    bitrate_bps: int = 0
    fps: float = 0.0
    fragments_per_second: float = 0.0
    key_interval_seconds: float = 0.0
    lost_packets: int = 0
    _fragments: int = 0  # since it was measured last
    _measured_at: float = 0.0
    _last_key_ticks: int | None = None

    def begin(self, now: float) -> None:
        """A run begins at this monotonic time."""
        self.lost_packets = 0
        self._measured_at = now

    def end(self) -> None:
        """The run has ended."""
        self.bitrate_bps, self.fps, self.fragments_per_second = 0, 0.0, 0.0
        self.key_interval_seconds, self._last_key_ticks, self._fragments = 0.0, None, 0

    def count(self, fragment: FragmentWritten) -> None:
        """One more is in the file."""
        self._fragments += 1
        if fragment.is_key:
            if self._last_key_ticks is not None:
                ticks = fragment.start_ticks - self._last_key_ticks
                self.key_interval_seconds = round(ticks / TIMESCALE, 3)
            self._last_key_ticks = fragment.start_ticks

    def take(self, measured: Measured, now: float) -> None:
        """What the runner measured up to this monotonic time."""
        self.bitrate_bps, self.fps = measured.bitrate_bps, measured.fps
        self.lost_packets = measured.lost_packets
        if now > self._measured_at:
            self.fragments_per_second = round(self._fragments / (now - self._measured_at), 2)
        self._fragments, self._measured_at = 0, now
