"""What a viewer's offer says of H.264 (SDP, RFC 8866; parameters of H.264, RFC 6184, 8.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

_CODEC = re.compile(r"^a=rtpmap:(\d+) +H264/90000", re.IGNORECASE | re.MULTILINE)
_PARAMETERS = re.compile(r"^a=fmtp:(\d+) +(.*?)\r?$", re.MULTILINE)
_LEVEL_ID = re.compile(r"[0-9a-fA-F]{6}")
_ABSENT = "42001f"  # what a missing profile-level-id is taken for by browsers
# Candidates that only the browser's own network can resolve; its checks reach us all the same.
_LOCAL_NAME = re.compile(r"^a=candidate:.*?\.local .*\r?\n", re.MULTILINE)


class Profile(IntEnum):
    """Profiles of H.264, what decodes more after what decodes less (H.264, A.2)."""

    CONSTRAINED_BASELINE = 0
    BASELINE = 1
    MAIN = 2
    CONSTRAINED_HIGH = 3
    HIGH = 4


@dataclass(frozen=True, slots=True)
class Offered:
    """A way of H.264 that the viewer takes."""

    level_id: str
    profile: Profile


def profile_of(level_id: str) -> Profile | None:
    """The profile in a `profile-level-id`, which is also bytes 1 to 3 of an SPS; None: another."""
    if not _LEVEL_ID.fullmatch(level_id):
        return None
    kind, constraints = int(level_id[:2], 16), int(level_id[2:4], 16)
    if (kind == 66 and constraints & 0x40) or (kind == 77 and constraints & 0x80):
        return Profile.CONSTRAINED_BASELINE
    if kind == 100:
        return Profile.CONSTRAINED_HIGH if constraints & 0x0C == 0x0C else Profile.HIGH
    return {66: Profile.BASELINE, 77: Profile.MAIN}.get(kind)


def offered(sdp: str) -> Iterator[Offered]:
    """Each way of H.264 in an offer that allows for pictures larger than a packet."""
    parameters = {match[1]: match[2] for match in _PARAMETERS.finditer(sdp)}
    for match in _CODEC.finditer(sdp):
        given = {
            name.strip().lower(): value.strip()
            for name, _, value in (
                part.partition("=") for part in parameters.get(match[1], "").split(";")
            )
        }
        level_id = given.get("profile-level-id", _ABSENT).lower()
        profile = profile_of(level_id)
        if profile is not None and given.get("packetization-mode", "0") == "1":
            yield Offered(level_id, profile)


def choose(sdp: str, codec: str) -> str | None:
    """The offered `profile-level-id` for a stream whose codecs string is `codec` (avc1.…).

    The stream's own profile if it was offered, else the nearest that decodes more, else the one
    that decodes most: browsers go by what the stream says of itself. None: no H.264 was offered.
    """
    own = profile_of(codec.partition(".")[2])
    if own is None:
        own = Profile.HIGH
    ways = sorted(offered(sdp), key=lambda way: way.profile)
    fitting = [way for way in ways if way.profile >= own]
    chosen = fitting[0] if fitting else ways[-1] if ways else None
    return chosen.level_id if chosen is not None else None


def without_local_names(sdp: str) -> str:
    """The offer without candidates that are names of multicast DNS (RFC 6762)."""
    return _LOCAL_NAME.sub("", sdp)


def with_public_address(sdp: str, address: str) -> str:
    """An answer with each host candidate also under the address that a router passes on to it."""

    def both(line: re.Match[str]) -> str:
        found = line[0].rstrip("\r\n")
        bits = found.split()
        host, port = bits[4], bits[5]
        # Less wanted than the machine's own address (RFC 8445, 5.1.2.2: 100 against 126).
        priority = int(bits[3]) - (26 << 24)
        head = " ".join((f"{bits[0]}p", *bits[1:3], str(priority), address, port))
        return f"{found}\r\n{head} typ srflx raddr {host} rport {port}\r\n"

    return re.sub(r"^a=candidate:[^\r\n]* typ host[^\r\n]*\r?\n", both, sdp, flags=re.MULTILINE)
