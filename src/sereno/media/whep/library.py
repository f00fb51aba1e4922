"""What aiortc and aioice are told once, when the helper starts: they have no setting for it.

All that reaches into them is here and in `session`; the tests of this room show that it holds with
the version of the lock.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import aioice.ice
import aiortc.codecs
import aiortc.rtcrtpsender
from aiortc import RTCRtpCodecCapability, RTCRtpCodecParameters
from aiortc.codecs.base import Encoder
from aiortc.rtcrtpparameters import RTCRtcpFeedback

from sereno.media.whep.offer import Profile

HISTORY_PACKETS = 1024
"""Kept for viewers that miss some. A key frame alone can have more than aiortc keeps (128)."""

_LEVEL_IDS = {
    Profile.CONSTRAINED_BASELINE: "42e01f",
    Profile.BASELINE: "42001f",
    Profile.MAIN: "4d001f",
    Profile.CONSTRAINED_HIGH: "640c1f",
    Profile.HIGH: "64001f",
}
_FIRST_PAYLOAD_TYPE = 97
_CLOCK_RATE = 90_000


class Packed(Encoder):
    """Passes on what a track gives: payloads and their timestamp, packed once for all viewers."""

    def encode(self, frame: object, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        raise NotImplementedError("nothing is encoded here")

    def pack(self, packet: Any) -> tuple[list[bytes], int]:
        payloads, ticks = packet
        return payloads, ticks


def teach_codecs() -> None:
    """Only H.264, in every profile that cameras send, already encoded."""
    codecs = aiortc.codecs.CODECS["video"]
    codecs.clear()
    for place, profile in enumerate(_LEVEL_IDS):
        number = _FIRST_PAYLOAD_TYPE + 2 * place
        codecs += [
            RTCRtpCodecParameters(
                mimeType="video/H264",
                clockRate=_CLOCK_RATE,
                payloadType=number,
                rtcpFeedback=[RTCRtcpFeedback("nack"), RTCRtcpFeedback("nack", "pli")],
                parameters=_parameters(profile),
            ),
            RTCRtpCodecParameters(
                mimeType="video/rtx",
                clockRate=_CLOCK_RATE,
                payloadType=number + 1,
                parameters={"apt": number},
            ),
        ]
    sender = vars(aiortc.rtcrtpsender)
    sender.update(get_encoder=lambda _: Packed(), RTP_HISTORY_SIZE=HISTORY_PACKETS)


def preference(profile: Profile) -> list[RTCRtpCodecCapability]:
    """What to ask of a transceiver so that it sends this profile, and again what got lost."""
    return [
        RTCRtpCodecCapability("video/H264", _CLOCK_RATE, parameters=_parameters(profile)),
        RTCRtpCodecCapability("video/rtx", _CLOCK_RATE),
    ]


def _parameters(profile: Profile) -> dict[str, int | str | None]:
    return {
        "level-asymmetry-allowed": "1",
        "packetization-mode": "1",
        "profile-level-id": _LEVEL_IDS[profile],
    }


def teach_addresses(addresses: Sequence[str]) -> None:
    """Connections are made from these; with none, from all that the machine has.

    A machine without a network has its loopback address.
    """
    found = aioice.ice.get_host_addresses

    def chosen(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        if addresses:
            return list(addresses)
        return found(use_ipv4, use_ipv6) or ["127.0.0.1"]

    aioice.ice.get_host_addresses = chosen


class PortLoop(asyncio.SelectorEventLoop):
    """An event loop that binds UDP to ports of a range, where it may be any."""

    ports: range = range(0)

    async def create_datagram_endpoint(  # type: ignore[override]
        self, protocol_factory: Any, local_addr: Any = None, **options: Any
    ) -> Any:
        """As of asyncio. Raises OSError when no port is free."""
        make = super().create_datagram_endpoint
        if not self.ports or local_addr is None or local_addr[1]:
            return await make(protocol_factory, local_addr=local_addr, **options)
        for port in random.sample(self.ports, len(self.ports)):
            try:
                return await make(protocol_factory, local_addr=(local_addr[0], port), **options)
            except OSError as error:
                refused = error
        raise refused
