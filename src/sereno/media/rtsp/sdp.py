"""Session descriptions: which tracks a camera offers (RFC 4566, RFC 6184 8.2.1, RFC 7798 7.1)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field

from sereno.media.faults import fault, garbled

# RFC 3551, tables 4 and 5.
_STATIC_CODECS = {
    0: "PCMU", 2: "G726-32", 3: "GSM", 4: "G723", 5: "DVI4", 6: "DVI4", 7: "LPC", 8: "PCMA",
    9: "G722", 10: "L16", 11: "L16", 12: "QCELP", 13: "CN", 14: "MPA", 15: "G728", 16: "DVI4",
    17: "DVI4", 18: "G729", 25: "CELB", 26: "JPEG", 28: "NV", 31: "H261", 32: "MPV", 33: "MP2T",
    34: "H263",
}  # fmt: skip
_STATIC_RATES = {6: 16_000, 10: 44_100, 11: 44_100, 14: 90_000, 16: 11_025, 17: 22_050}
_VIDEO_CODECS = ("H264", "H265")
_VIDEO_RATE = 90_000
_MOST_TRACKS = 32
_LONGEST_NAME = 20
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_SET_PARAMETERS = ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets")


@dataclass(slots=True)
class Track:
    """One medium. `rate` is that of its RTP times, in units a second.

    `kind` is `video`, `audio` or another; `direction` as the server sees it (`sendonly`,
    `recvonly`, `sendrecv`) or empty; `port` and `group` say where multicast goes. `fps`: pictures a
    second; 0 where nothing is said.
    """

    payload_type: int
    control: str = ""
    codec: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    kind: str = "video"
    rate: int = _VIDEO_RATE
    channels: int = 1
    direction: str = ""
    port: int = 0
    group: str = ""
    is_encrypted: bool = False
    fps: float = 0.0

    @property
    def parameter_sets(self) -> list[bytes]:
        """NAL units without start codes, as far as the description has them."""
        texts = ",".join(self.parameters.get(name, "") for name in _SET_PARAMETERS)
        return [nal for text in texts.split(",") if (nal := _decode(text))]

    @property
    def codec_name(self) -> str:
        """For people, and short whatever the camera says."""
        return f"{self.codec[:_LONGEST_NAME] or '?'}{' (SRTP)' * self.is_encrypted}"


@dataclass(slots=True)
class Description:
    """A session's own control address (empty: the base address) and its tracks in order."""

    control: str = ""
    tracks: list[Track] = field(default_factory=list)

    def of_kind(self, kind: str) -> list[Track]:
        return [track for track in self.tracks if track.kind == kind]


def parse_sdp(body: bytes) -> Description:
    """Read an SDP. Unknown lines are ignored. Raises Garbled where there is no media at all."""
    description = Description()
    group, has_media = "", False
    track: Track | None = None
    for line in re.split(r"[\r\n]+", body.decode("utf-8", "replace")):
        kind, _, value = line.strip().partition("=")
        if kind == "m":
            has_media = True
            track = _parse_media(value, group)
            if track is not None and len(description.tracks) < _MOST_TRACKS:
                description.tracks.append(track)
        elif kind == "c" and has_media and track is not None:
            track.group = _group(value) or group
        elif kind == "c" and not has_media:
            group = _group(value)
        elif kind == "a":
            name, _, text = value.partition(":")
            if name == "control" and not has_media:
                description.control = text.strip()
            elif track is not None:
                _parse_attribute(track, name.strip().lower(), text.strip())
    if not has_media:
        raise garbled("no media in the session description")
    return description


def choose_video(description: Description) -> Track:
    """The first H.264 or H.265 track. Raises StreamFault: there is no video, or none
    of these."""
    videos = description.of_kind("video")
    for track in videos:
        if track.codec in _VIDEO_CODECS and not track.is_encrypted:
            return track
    if not videos:
        raise fault("no_video")
    codecs = ", ".join(sorted({track.codec_name for track in videos}))
    raise fault("codec_unknown", codec=codecs[:80])


def choose_sound(description: Description) -> Track | None:
    """The first track of sound that the camera sends, whatever its codec; None: there is none.

    Where a description says `recvonly` of any track, it means directions as ONVIF does, and
    `sendonly` marks the way back to the camera's loudspeaker (ONVIF Streaming, 5.3). Elsewhere
    `sendonly` is what RFC 4566 says: the server sends.
    """
    is_onvif = any(track.direction == "recvonly" for track in description.tracks)
    for track in description.of_kind("audio"):
        if not (is_onvif and track.direction == "sendonly"):
            return track
    return None


def _parse_media(value: str, group: str) -> Track | None:
    """A track in its first payload type, which is the one that the server prefers."""
    words = value.split()
    if len(words) < 4:
        return None
    number = words[3]
    if not number.isascii() or not number.isdigit():
        return Track(-1, kind=words[0], codec=number)
    payload_type = int(number[:4])
    port = words[1].partition("/")[0]
    return Track(
        payload_type,
        codec=_STATIC_CODECS.get(payload_type, ""),
        kind=words[0],
        rate=_VIDEO_RATE if words[0] == "video" else _STATIC_RATES.get(payload_type, 8000),
        channels=2 if payload_type == 10 else 1,
        port=int(port) if re.fullmatch(r"[0-9]{1,5}", port) and int(port) < 65536 else 0,
        group=group,
        is_encrypted="SAVP" in words[2].upper(),
    )


def _parse_attribute(track: Track, name: str, text: str) -> None:
    if name == "control":
        track.control = text
    elif name in ("sendonly", "recvonly", "sendrecv", "inactive"):
        track.direction = name
    elif name in ("framerate", "x-framerate"):
        track.fps = float(text) if _DECIMAL.fullmatch(text) else 0.0
    number, _, rest = text.partition(" ")
    if number != str(track.payload_type):
        return
    if name == "rtpmap":
        codec, *numbers = rest.strip().split("/")
        track.codec = codec.strip().upper()
        rate, channels = (*map(_number, numbers), 0, 0)[:2]
        track.rate, track.channels = rate or track.rate, channels or track.channels
    elif name == "fmtp":
        for parameter in rest.split(";"):
            key, _, value = parameter.strip().partition("=")
            track.parameters[key.strip().lower()] = value.strip()


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text.strip()) else 0


def _group(value: str) -> str:
    """The address of `c=IN IP4 239.1.2.3/127`."""
    words = value.split()
    return words[2].partition("/")[0] if len(words) >= 3 else ""


def _decode(text: str) -> bytes:
    """A base64 text, or nothing where it is not one: the sets come in band then."""
    try:
        return base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    except (binascii.Error, ValueError):
        return b""
