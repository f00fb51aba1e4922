"""How one camera words its replies: what the quirks change in texts and statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sereno.sim.cameras import SimCamera, SimStream
from sereno.sim.quirks import Quirks
from sereno.sim.rtsp import StreamPath
from sereno.sim.video import PAYLOAD_TYPE

_METHODS = ("OPTIONS", "DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER", "SET_PARAMETER", "TEARDOWN")
_TRACK_QUERY = "transportmode=unicast"
_UNREACHABLE = "192.0.2.1"
"""RFC 5737: for documentation, never in use."""
LIVE = "npt=now-"
VIDEO, SOUND, SECOND_VIDEO, BACKCHANNEL, METADATA = range(5)
"""The numbers of the tracks."""
Description = list[str]
_STATUS_QUIRKS = {
    "OPTIONS": "options-status",
    "DESCRIBE": "describe-status",
    "SETUP": "setup-status",
    "PLAY": "play-status",
}
_NOBODY_S_VIDEO, _NOBODY_S_SOUND = "X-SMART264", "X-VOICE"


@dataclass(frozen=True, slots=True)
class Manners:
    """The ways of one camera, or of a server that was asked for none."""

    quirks: Quirks
    answers: Mapping[str, int]
    timeout_seconds: float

    def methods(self) -> str:
        """What OPTIONS offers."""
        hidden = "GET_PARAMETER" if "no-get-parameter" in self.quirks else ""
        return ", ".join(method for method in _METHODS if method != hidden)

    def refusal(self, method: str) -> int | None:
        """The status that a method gets in any case, or None."""
        if method in self.answers:
            return self.answers[method]
        if (status := self.quirks.get(_STATUS_QUIRKS.get(method, ""))) is not None:
            return int(status)
        if method == "OPTIONS" and "options-refused" in self.quirks:
            return 405
        if method == "GET_PARAMETER" and "no-get-parameter" in self.quirks:
            return 501
        return None

    def ways(self) -> tuple[str, ...]:
        """The ways in which packets may leave (see ``rtsp.TransportOffer``)."""
        if "tcp-only" in self.quirks:
            return ("tcp",)
        return ("udp", "multicast") if "udp-only" in self.quirks else ("tcp", "udp", "multicast")

    def headers(self, cseq: str | None, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """A reply's headers with the CSeq of its request."""
        if cseq is not None and "missing-cseq" not in self.quirks:
            headers = [("CSeq", cseq), *headers]
        if "lowercase-headers" in self.quirks:
            headers = [(name.lower(), value) for name, value in headers]
        return headers

    def session(self, identity: str) -> str:
        """The Session header."""
        if "no-session-timeout" in self.quirks:
            return identity
        if "session-timeout-zero" in self.quirks:
            return f"{identity};timeout=0"
        if "odd-session-timeout" in self.quirks:
            return f"{identity} ; timeout = {self.quirks['odd-session-timeout']:.0f}"
        return f"{identity};timeout={self.timeout_seconds:.0f}"

    def content_base(self, uri: str) -> list[tuple[str, str]]:
        """The Content-Base header, as far as there is one."""
        if "no-content-base" in self.quirks:
            return []
        if "wrong-content-base" in self.quirks:
            return [("Content-Base", f"rtsp://{_UNREACHABLE}/elsewhere/")]
        base = uri.rstrip("/")
        return [("Content-Base", base if "relative-control" in self.quirks else f"{base}/")]

    def control(self, uri: str, track: int) -> str:
        """How the description names a track of the stream at ``uri``."""
        name = f"trackID={track}"
        if "absolute-control" in self.quirks:
            parts = urlsplit(uri)
            name = parts._replace(path=f"{parts.path.rstrip('/')}/{name}").geturl()
        return f"{name}?{_TRACK_QUERY}" if "query-control" in self.quirks else name

    def knows(self, path: StreamPath) -> bool:
        """Whether an address that names a track is one that this camera gave out."""
        needs_query = path.track is not None and "query-control" in self.quirks
        return not needs_query or path.query == _TRACK_QUERY

    def tracks(self, camera: SimCamera, stream: SimStream) -> list[int]:
        """The numbers of a stream's tracks, in the order of the description."""
        tracks = [] if "no-video" in self.quirks else [VIDEO]
        if "two-video-tracks" in self.quirks:
            tracks.append(SECOND_VIDEO)
        if stream.sound is not None:
            tracks.append(SOUND)
        if "metadata-track" in self.quirks:
            tracks.append(METADATA)
        if "backchannel-track" in self.quirks:
            tracks.append(BACKCHANNEL)
        return tracks

    def describe(
        self,
        camera: SimCamera,
        stream: SimStream,
        uri: str,
        address: str,
        fps: int,
        reach: str = LIVE,
    ) -> str:
        """The session description of one stream (RFC 8866), at ``uri`` on the host ``address``.

        ``reach`` is what can be played, as a Range header says it.
        """
        whole = uri.rstrip("/") if "absolute-control" in self.quirks else "*"
        lines = [
            "v=0",
            f"o=- {camera.number} 1 IN IP{_ip_version(address)} {address}",
            f"s={camera.name} ({stream.kind})",
            "c=IN IP4 0.0.0.0",
            "t=0 0",
            f"a=control:{whole}",
            f"a=range:{reach}",
        ]
        for track in self.tracks(camera, stream):
            lines += self._track_lines(camera, stream, track, fps)
            lines.append(f"a=control:{self.control(uri, track)}")
        return "\r\n".join(lines) + "\r\n"

    def _track_lines(
        self, camera: SimCamera, stream: SimStream, track: int, fps: int
    ) -> Description:
        match track:
            case 1:
                return self._sound_lines(stream)
            case 2:
                return self._video_lines(other_stream(camera, stream), fps)
            case 3:
                return ["m=audio 0 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=sendonly"]
            case 4:
                return ["m=application 0 RTP/AVP 107", "a=rtpmap:107 vnd.onvif.metadata/90000"]
            case _:
                return self._video_lines(stream, fps)

    def _video_lines(self, stream: SimStream, fps: int) -> Description:
        with_sets = "sets-in-band-only" not in self.quirks
        parameters = stream.loop.format_parameters(with_sets=with_sets)
        is_odd = "unknown-codec" in self.quirks
        encoding = _NOBODY_S_VIDEO if is_odd else stream.loop.codec.encoding
        return [
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            f"b=AS:{-(-stream.picture.bitrate_bps // 1000)}",
            f"a=rtpmap:{PAYLOAD_TYPE} {encoding}/90000",
            f"a=fmtp:{PAYLOAD_TYPE} {parameters}",
            f"a=framerate:{fps}",
        ]

    def _sound_lines(self, stream: SimStream) -> Description:
        if stream.sound is None:
            raise ValueError(f"the {stream.kind} stream has no sound")
        kind = stream.sound.kind
        is_odd = "unknown-sound" in self.quirks
        rtpmap = f"{_NOBODY_S_SOUND}/{kind.rate}" if is_odd else kind.rtpmap
        lines = [
            f"m=audio 0 RTP/AVP {kind.payload_type}",
            f"a=rtpmap:{kind.payload_type} {rtpmap}",
        ]
        if kind.format_parameters and not is_odd:
            lines.append(f"a=fmtp:{kind.payload_type} {kind.format_parameters}")
        return lines


def other_stream(camera: SimCamera, stream: SimStream) -> SimStream:
    """The sub stream of a main stream, and the other way round."""
    return camera.streams["sub" if stream.kind == "main" else "main"]


def moved_address(uri: str, *, is_moved: bool) -> str:
    """Where a redirection leads: to the stream's second address, and from there to the first."""
    parts = urlsplit(uri)
    path = parts.path.removeprefix("/moved") if is_moved else f"/moved{parts.path}"
    return parts._replace(path=path).geturl()


def _ip_version(address: str) -> int:
    return 6 if ":" in address else 4
