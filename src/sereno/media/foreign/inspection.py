"""What a file of footage holds, as ffmpeg tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sereno.media.faults import fault
from sereno.media.ffmpeg.process import FfmpegProcess
from sereno.media.ffmpeg.program import ffmpeg_path
from sereno.media.foreign.sniff import Form, Sniffed

_DEMUXERS = {Form.MPEG_PS: "mpeg", Form.DHAV: "dhav", Form.MP4: "mov"}
_TRACK = re.compile(
    r"\s*Stream #0:(?P<place>\d+)(\[0x(?P<id>[0-9a-f]+)\])?(\(\w*\))?: "
    r"(?P<kind>Video|Audio): (?P<codec>\w+)"
)
_PS_SOUND = range(0x1C0, 0x1E0)
"""Ids of sound in a program stream (ISO/IEC 13818-1, table 2-22). Recorders put data of their own
into private streams, which ffmpeg takes for sound as well."""
_NO_CODEC = "none"


@dataclass(frozen=True, slots=True)
class Tracks:
    """Places of the tracks to keep, and ffmpeg's names of their codecs; `sound` is None where there
    is none that can be decoded."""

    video: int
    video_codec: str
    sound: int | None = None
    sound_codec: str = ""


def input_arguments(path: Path, sniffed: Sniffed) -> tuple[str, ...]:
    """How ffmpeg is to read it: from where footage begins, and as what it is."""
    return (
        "-fflags", "+genpts", "-skip_initial_bytes", str(sniffed.offset),
        "-f", _DEMUXERS[sniffed.form], "-i", f"file:{path.absolute()}",
    )  # fmt: skip


async def inspect(path: Path, sniffed: Sniffed) -> Tracks:
    """Look at the beginning. Raises StreamFault: `footage_unreadable` where there is no video."""
    lines: list[str] = []
    arguments = ("-hide_banner", "-nostdin", *input_arguments(path, sniffed))
    process = await FfmpegProcess.start(ffmpeg_path(), arguments, b"", lines.append)
    try:
        await process.wait()  # it wants an output as well, and ends without
        said = process.said
    finally:
        await process.close()
    return tracks_of(lines, sniffed.form, said)


def tracks_of(lines: list[str], form: Form, said: str = "") -> Tracks:
    """The first track of video and of sound in what ffmpeg said. Raises StreamFault."""
    found = [match for line in lines if (match := _TRACK.match(line))]
    videos = [each for each in found if each["kind"] == "Video" and each["codec"] != _NO_CODEC]
    if not videos:
        raise fault("footage_unreadable", said)
    video = videos[0]
    sounds = [each for each in found if each["kind"] == "Audio" and _is_sound(each, form)]
    if not sounds:
        return Tracks(int(video["place"]), video["codec"])
    sound = sounds[0]
    return Tracks(int(video["place"]), video["codec"], int(sound["place"]), sound["codec"])


def _is_sound(track: re.Match[str], form: Form) -> bool:
    is_private = form is Form.MPEG_PS and int(track["id"] or "0", 16) not in _PS_SOUND
    return track["codec"] != _NO_CODEC and not is_private
