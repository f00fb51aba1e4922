"""OPTIONS and DESCRIBE to one camera, through its gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from sereno.base.errors import Garbled as MediaGarbled
from sereno.drivers.contract import Login, Role, Stream
from sereno.drivers.gate import Gate
from sereno.drivers.rtsp.faults import device_error
from sereno.media import h264, h265
from sereno.media.faults import StreamFault, fault
from sereno.media.rtsp.addresses import parse_address
from sereno.media.rtsp.dialogue import Dialogue, Patience
from sereno.media.rtsp.digest import choose_challenge
from sereno.media.rtsp.doorway import OpenDoorway
from sereno.media.rtsp.messages import Message
from sereno.media.rtsp.sdp import Description, Track, parse_sdp

NOT_THERE = frozenset({"no_such_stream", "no_video", "bad_request"})
"""Reasons by which a server says that there is nothing at an address."""

_CODECS = {"JPEG": "mjpeg", "MP4V-ES": "mpeg4"}


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a server says of itself before it knows who asks: its `Server` header and its realm."""

    server: str
    realm: str

    @property
    def words(self) -> list[str]:
        return [each for each in (self.realm, self.server) if each]


class Asking:
    """One connection. Everything raises StreamFault; `asking` makes them DeviceErrors."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._has_said_no = False

    async def greet(self) -> Greeting:
        """Ask without credentials: that is no attempt to log in."""
        options = await self._dialogue.send("OPTIONS")
        reply = options
        if options.status != 401:
            reply = await self._dialogue.send("DESCRIBE", None, {"Accept": "application/sdp"})
        self._has_said_no = reply.status >= 400 and reply.status != 401
        challenge = choose_challenge(reply.headers_named("www-authenticate"))
        server = options.header("server") or reply.header("server")
        return Greeting(server, challenge.realm if challenge is not None else "")

    async def describe(self, url: str) -> Description:
        """What is at an address. Some servers hang up when they have said no: those are dialled
        again. Who hangs up on credentials that got no answer yet is not."""
        try:
            reply = await self._describe(url)
        except StreamFault as error:
            if error.reason.key != "camera_closed" or not self._has_said_no:
                raise
            await self._dialogue.connect()
            reply = await self._describe(url)
        try:
            return parse_sdp(reply.body)
        except MediaGarbled as error:
            raise fault("garbled", str(error), host=self._dialogue.address.host) from None

    async def _describe(self, url: str) -> Message:
        try:
            return await self._dialogue.ask("DESCRIBE", url, {"Accept": "application/sdp"})
        except StreamFault as error:
            self._has_said_no = self._has_said_no or error.reason.key in NOT_THERE
            raise


@asynccontextmanager
async def asking(
    login: Login, gate: Gate, address: str, patience: Patience
) -> AsyncIterator[Asking]:
    """A connection for a few questions. Raises DeviceError."""
    async with passing(login, gate):
        dialogue = Dialogue(parse_address(address), login.username, login.password, patience)
        dialogue.doorway = GateDoorway(gate)
        try:
            await dialogue.connect()
            yield Asking(dialogue)
        finally:
            dialogue.close()


@asynccontextmanager
async def passing(login: Login, gate: Gate) -> AsyncIterator[None]:
    """Through the gate: credentials that are not proven are shown by one at a time, and never again
    once they were refused. Faults become DeviceErrors."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(gate.connection())
        if not gate.is_proven and login.username:
            await stack.enter_async_context(gate.proving)
            gate.check_account()
        try:
            yield
        except StreamFault as error:
            raise device_error(error, gate, login.username, login.password) from None
        gate.reached()


class GateDoorway(OpenDoorway):
    """Tells the gate when a server took the credentials."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate

    def accepted(self) -> None:
        super().accepted()
        self._gate.succeeded()


def stream_of(description: Description, role: Role, address: str) -> Stream:
    """What a description says of its video. Raises StreamFault where there is none."""
    videos = description.of_kind("video")
    if not videos:
        raise fault("no_video")
    track = videos[0]
    width, height, fps = _picture(track)
    codec = _CODECS.get(track.codec, track.codec.lower())
    return Stream(role.value, role, codec, width, height, fps, address)


def _picture(track: Track) -> tuple[int | None, int | None, float | None]:
    """Size and rate; None where the description does not say."""
    sets = h265.ParameterSets() if track.codec == "H265" else h264.ParameterSets()
    for nal in track.parameter_sets:
        sets.put(nal)
    video = sets.video_format()
    fps = track.fps or (video.fps if video is not None else 0.0)
    if video is None:
        return None, None, fps or None
    return video.width, video.height, fps or None
