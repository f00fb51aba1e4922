"""How ffmpeg is told to decode a recording's pictures for analysis; pure.

It reads the recording's own bytes (fragmented MP4) on standard input and writes pictures one after
another, three bytes a pixel (blue, green, red), on standard output. The time of each stands in its
words: in units of the recording, counted from the start of its run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from sereno.policy.knobs import Manner

BYTES_A_PIXEL = 3
_SMALLEST_SIDE = 2
_NEEDS_DEVICE_FILE = ("vaapi", "qsv")
_TIME = re.compile(r"\bn: *\d+ pts: *(-?\d+) ")
_AUTO = re.compile(r"Using auto hwaccel type (\w+)")
_GAVE_UP = re.compile(r"Failed setup for format \w+|hwaccel initiali[sz]ation returned error")


class Size(NamedTuple):
    """Of a picture, in pixels."""

    width: int
    height: int

    @property
    def size_bytes(self) -> int:
        return self.width * self.height * BYTES_A_PIXEL


@dataclass(frozen=True, slots=True)
class Decoding:
    """How to decode, as a manner says. `device` is a device file or the number of a card."""

    fps: float
    det_set: str = "auto"
    hwaccel: str = "none"
    device: str = ""

    @classmethod
    def of(cls, manner: Manner) -> Decoding:
        """Naming an NVIDIA card chooses it."""
        hwaccel, device = manner.hwaccel, ""
        if hwaccel in _NEEDS_DEVICE_FILE:
            device = manner.device
        elif manner.gpu_index is not None:
            hwaccel, device = "cuda", str(manner.gpu_index)
        return cls(manner.fps, manner.det_set, hwaccel, device)

    @property
    def device_name(self) -> str:
        """For people."""
        return f"{self.hwaccel} {self.device}".strip()

    def without_hwaccel(self) -> Decoding:
        return Decoding(self.fps, self.det_set)

    def size_of(self, width: int, height: int) -> Size:
        """Of the pictures that come of those of this size: whole, in their proportions, not larger
        than they are, and no larger than wanted. Sides are even."""
        part = 1.0
        if self.det_set != "auto":
            most_width, most_height = map(int, self.det_set.split("x"))
            part = min(most_width / width, most_height / height, 1.0)
        return Size(_even(width * part), _even(height * part))

    def arguments(self, size: Size) -> tuple[str, ...]:
        """What follows the program's name."""
        return (
            "-hide_banner", "-nostats", "-loglevel", "repeat+info", *self._hwaccel(),
            # More threads would hold back as many pictures.
            "-threads", "1", "-fpsprobesize", "0", "-copyts", "-f", "mp4", "-i", "pipe:0",
            "-map", "0:v:0", "-vf", self._filters(size), "-fps_mode", "passthrough",
            "-pix_fmt", "bgr24", "-f", "rawvideo", "pipe:1",
        )  # fmt: skip

    def _hwaccel(self) -> tuple[str, ...]:
        if self.hwaccel == "none":
            return ()
        options: tuple[str, ...] = ("-hwaccel", self.hwaccel)
        if self.device:
            options += ("-hwaccel_device", self.device)
        if self.hwaccel == "qsv":  # which would keep its pictures in the card
            options += ("-hwaccel_output_format", "nv12")
        return options

    def _filters(self, size: Size) -> str:
        """The first picture of each interval, with its own time: unlike the filter `fps`, this
        neither moves pictures nor fills holes with copies."""
        rate = f"{self.fps:g}"
        choice = rf"isnan(prev_selected_t)+gt(floor(t*{rate})\,floor(prev_selected_t*{rate}))"
        return f"select='{choice}',scale={size.width}:{size.height},showinfo=checksum=0"


def picture_ticks(line: str) -> int | None:
    """The time that a line of ffmpeg's tells of the next picture, if it does."""
    found = _TIME.search(line)
    return int(found[1]) if found else None


def chosen_hwaccel(line: str) -> str | None:
    """What `auto` has come to, if a line says so."""
    found = _AUTO.search(line)
    return found[1] if found else None


def has_given_up_hwaccel(line: str) -> bool:
    """Whether ffmpeg goes on without the hardware, which could not do this stream."""
    return _GAVE_UP.search(line) is not None


def _even(side: float) -> int:
    return max(round(side) // 2 * 2, _SMALLEST_SIDE)
