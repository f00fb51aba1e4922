"""Where makers keep their main and their smaller stream, as their manuals say.

In a template `{channel}` counts from 1, `{channel:02}` so with two digits, `{index}` from 0, and
`{stream}` stands for `main` and `sub`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sereno.drivers.contract import Role

_PLACE = re.compile(r"\{(channel|index|stream)(:02)?\}")
_NUMBER = r"(?P<{}>[0-9]{{1,3}})"


@dataclass(frozen=True, slots=True)
class Pattern:
    """Templates of path and query, and the words by which a server is known to be of that maker:
    those of its realm and of its `Server` header. `sub` is empty where there is none."""

    maker: str
    main: str
    sub: str
    words: str = ""

    def path(self, role: Role, channel: int) -> str:
        """Empty for a stream that is not there."""
        return fill(self.main if role is Role.MAIN else self.sub, role, channel)

    def is_named_in(self, texts: Iterable[str]) -> bool:
        """Whether one of a server's own words is this maker's."""
        return bool(self.words) and any(
            re.search(self.words, text, re.IGNORECASE) for text in texts
        )

    def channel_of(self, path: str) -> int | None:
        """Which channel's path it is, main or sub; None: no path of this pattern."""
        for template in filter(None, (self.main, self.sub)):
            found = _matcher(template).fullmatch(path)
            if found is not None:
                given = found.groupdict()
                if "index" in given:
                    return int(given["index"]) + 1
                return int(given.get("channel", 1))
        return None


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "Hikvision", "/Streaming/Channels/{channel}01", "/Streaming/Channels/{channel}02",
        r"^IP Camera\(|^DS-|Hikvision|^Embedded Net DVR",
    ),
    Pattern(
        "Dahua", "/cam/realmonitor?channel={channel}&subtype=0",
        "/cam/realmonitor?channel={channel}&subtype=1", r"^Login to ",
    ),
    Pattern("Axis", "/axis-media/media.amp", "/axis-media/media.amp?resolution=640x360", "AXIS"),
    Pattern("Uniview", "/media/video1", "/media/video2", "UNIVIEW|^NVRDVR|IPC_"),
    Pattern("Uniview", "/unicast/c{channel}/s0/live", "/unicast/c{channel}/s1/live", "UNIVIEW"),
    Pattern(
        "Reolink", "/h264Preview_{channel:02}_main", "/h264Preview_{channel:02}_sub", "BcsServer",
    ),
    Pattern(
        "Hanwha", "/{index}/profile2/media.smp", "/{index}/profile3/media.smp", "iPOLiS|Hanwha",
    ),
    Pattern("TP-Link", "/stream1", "/stream2", "TP-?LINK|Tapo"),
    Pattern("Foscam", "/videoMain", "/videoSub", "Foscam"),
    Pattern("Vivotek", "/live.sdp", "/live2.sdp", "Vivotek|streaming_server"),
    Pattern("Hipcam", "/11", "/12", "Hipcam"),
    Pattern("Bosch", "/?inst=1", "/?inst=2", "BOSCH"),
    Pattern("", "/live/main", "/live/sub"),
    Pattern("", "/live/ch00_0", "/live/ch00_1"),
    Pattern("", "/onvif1", "/onvif2"),
    Pattern("", "/live", ""),
    Pattern("", "/", ""),
)  # fmt: skip
"""The likeliest first."""


def likeliest(said: Iterable[str]) -> list[Pattern]:
    """All patterns; those of the maker that a server's own words name come first."""
    texts = list(said)
    named = [each for each in PATTERNS if each.is_named_in(texts)]
    return [*named, *(each for each in PATTERNS if each not in named)]


def pattern_of(path: str) -> tuple[Pattern, int] | None:
    """The pattern that a path follows, and its channel."""
    for pattern in PATTERNS:
        channel = pattern.channel_of(path)
        if channel is not None:
            return pattern, channel
    return None


def has_places(template: str) -> bool:
    """Whether a template stands for several streams."""
    return _PLACE.search(template) is not None


def fill(template: str, role: Role, channel: int) -> str:
    """A path; empty where the template names no such stream."""
    if role is not Role.MAIN and role is not Role.SUB:
        return ""
    values = {"channel": channel, "index": channel - 1}

    def value(match: re.Match[str]) -> str:
        if match[1] == "stream":
            return role.value
        return f"{values[match[1]]:02}" if match[2] else str(values[match[1]])

    return _PLACE.sub(value, template)


def _matcher(template: str) -> re.Pattern[str]:
    """What every path of a template matches; upper and lower case are one to many servers."""
    parts, at = [], 0
    for place in _PLACE.finditer(template):
        parts += [re.escape(template[at : place.start()]), _NUMBER.format(place[1])]
        at = place.end()
    return re.compile("".join(parts) + re.escape(template[at:]), re.IGNORECASE)
