"""Names that hub, wire and node share for the ways in which a stream can be run."""

from __future__ import annotations

from typing import Literal

StreamName = Literal["main", "sub"]
EngineName = Literal["auto", "native", "ffmpeg"]
TransportName = Literal["auto", "tcp", "udp", "multicast"]
# What decodes pictures for analysis; `none` is the processor.
HwaccelName = Literal["none", "auto", "cuda", "vaapi", "qsv"]
PurposeName = Literal["recording", "analysis"]
ScheduleKind = Literal["continuous", "once", "daily", "weekly", "cron"]
