"""What a device shows: its video inputs and their encodings, pure, from an answer's body to values.

Sources: ONVIF Media Service Specification (`GetProfiles`, `GetVideoSources`) and Media 2. A profile
ties an input to an encoder; what tokens are made of means nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sereno.drivers.reasons import garbled
from sereno.drivers.tree import Part, whole_number

_CODECS = {"h264": "h264", "h265": "h265", "hevc": "h265", "jpeg": "mjpeg", "mjpeg": "mjpeg"}
_MOST_FPS = 1000.0
_NO_NAME = re.compile(r"v(?:ideo)?[\W_]*s(?:ou)?r?ce?.*|\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Profile:
    """One encoding of one input. `encoder` is the token of the encoder's configuration; `codec` is
    `h264`, `h265`, `mjpeg`, or the device's own word in lower case."""

    token: str
    name: str
    source: str
    source_name: str
    source_config: str
    analytics_config: str
    encoder: str
    codec: str
    width: int | None
    height: int | None
    fps: float | None
    gop_pictures: int | None

    @property
    def given_name(self) -> str:
        """What a person called the input; empty where it bears no more than the maker's token."""
        is_given = self.source_name not in (self.source_config, self.source)
        return self.source_name if is_given and not _NO_NAME.fullmatch(self.source_name) else ""

    @property
    def gop_seconds(self) -> float | None:
        """From one key frame to the next."""
        if not self.gop_pictures or not self.fps:
            return None
        return round(self.gop_pictures / self.fps, 2)

    @property
    def pixels(self) -> int:
        return (self.width or 0) * (self.height or 0)


def profiles(body: Part) -> list[Profile]:
    """Those that have an input and an encoder, in the device's order, of media 1 or media 2. Raises
    Garbled for another answer."""
    if not body.name.lower().startswith("getprofile"):
        raise garbled(f"{body.name[:40]} in the place of GetProfilesResponse")
    found: dict[str, Profile] = {}
    for each in (*body.walk("Profiles"), *body.walk("Profile")):
        profile = _profile(each)
        if profile is not None:
            found.setdefault(profile.token, profile)
    return list(found.values())


def sources(body: Part) -> list[str]:
    """The tokens of the video inputs, in the device's order."""
    found = (_token(each) for each in body.walk("VideoSources"))
    return list(dict.fromkeys(token for token in found if token))


def uri(body: Part) -> str:
    """The address in an answer, as it stands there."""
    return next((each.text for each in body.walk("Uri") if each.text), "")


def _profile(told: Part) -> Profile | None:
    source = told.get("VideoSourceConfiguration") or told.get("Configurations/VideoSource")
    encoder = told.get("VideoEncoderConfiguration") or told.get("Configurations/VideoEncoder")
    analytics = told.get("VideoAnalyticsConfiguration") or told.get("Configurations/Analytics")
    token = _token(told)
    if source is None or encoder is None or not token:
        return None
    fps = _number(encoder.say("RateControl/FrameRateLimit"))
    return Profile(
        token,
        told.say("Name"),
        source.say("SourceToken") or _token(source),
        source.say("Name"),
        _token(source),
        _token(analytics) if analytics is not None else "",
        _token(encoder),
        _codec(encoder.say("Encoding")),
        _size(encoder.say("Resolution/Width")),
        _size(encoder.say("Resolution/Height")),
        fps if fps and 0 < fps <= _MOST_FPS else None,
        _gop(encoder),
    )


def _token(part: Part) -> str:
    notes = {name.lower(): value for name, value in part.notes.items()}
    return notes.get("token", "").strip() or part.say("Token")


def _codec(said: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", said.lower())
    return _CODECS.get(plain, plain or "unknown")


def _gop(encoder: Part) -> int | None:
    """Media 1 has it inside the codec's own part, media 2 as a note."""
    notes = {name.lower(): value for name, value in encoder.notes.items()}
    said = [each.text for each in encoder.walk("GovLength")] + [notes.get("govlength", "")]
    numbers = [number for text in said if (number := whole_number(text)) is not None]
    return next((number for number in numbers if 0 < number < 100_000), None)


def _size(said: str) -> int | None:
    number = whole_number(said)
    return number if number and 0 < number < 100_000 else None


def _number(said: str) -> float | None:
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*", said, re.ASCII)
    return float(found[1]) if found else None
