"""Session descriptions: which video tracks a camera offers (RFC 4566, RFC 6184 8.2.1)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from sereno.media.faults import fault, garbled

_STATIC_CODECS = {26: "JPEG", 31: "H261", 32: "MPEG2", 34: "H263"}  # RFC 3551, table 5


@dataclass(slots=True)
class Track:
    """One video track. `parameter_sets` are NAL units without start codes."""

    payload_type: int
    control: str = ""
    codec: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def parameter_sets(self) -> list[bytes]:
        return [nal for text in self._set_texts() if (nal := _decode(text))]

    def _set_texts(self) -> list[str]:
        return self.parameters.get("sprop-parameter-sets", "").split(",")


@dataclass(slots=True)
class Description:
    """A session's own control address (empty: the base address) and its video tracks."""

    control: str = ""
    videos: list[Track] = field(default_factory=list)


def parse_sdp(body: bytes) -> Description:
    """Read an SDP. Unknown lines are ignored. Raises Garbled where there is no media at all."""
    description = Description()
    track: Track | None = None
    has_media = False
    for line in body.decode("utf-8", "replace").splitlines():
        kind, _, value = line.strip().partition("=")
        if kind == "m":
            has_media = True
            track = _parse_media(value)
            if track is not None:
                description.videos.append(track)
        elif kind == "a":
            name, _, text = value.partition(":")
            if name == "control" and not has_media:
                description.control = text.strip()
            elif track is not None:
                _parse_attribute(track, name, text.strip())
    if not has_media:
        raise garbled("no media in the session description")
    return description


def choose_video(description: Description) -> Track:
    """The first H.264 track. Raises StreamFault `codec_unknown` where there is none."""
    for track in description.videos:
        if track.codec == "H264":
            return track
    codecs = ", ".join(sorted({track.codec or "?" for track in description.videos})) or "no video"
    raise fault("codec_unknown", codec=codecs[:80])


def _parse_media(value: str) -> Track | None:
    words = value.split()
    if len(words) < 4 or words[0] != "video" or not words[3].isascii() or not words[3].isdigit():
        return None
    payload_type = int(words[3][:4])
    return Track(payload_type, codec=_STATIC_CODECS.get(payload_type, ""))


def _parse_attribute(track: Track, name: str, text: str) -> None:
    if name == "control":
        track.control = text
        return
    number, _, rest = text.partition(" ")
    if number != str(track.payload_type):
        return
    if name == "rtpmap":
        track.codec = rest.strip().partition("/")[0].upper()
    elif name == "fmtp":
        for parameter in rest.split(";"):
            key, _, value = parameter.strip().partition("=")
            track.parameters[key.lower()] = value.strip()


def _decode(text: str) -> bytes:
    """A base64 text, or nothing where it is not one: the sets come in band then."""
    try:
        return base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    except (binascii.Error, ValueError):
        return b""
