"""Live view by WebRTC: which sessions there are, and what their helper process is fed.

The helper is started for the first session and ended some time after the last. However many watch
a stream, it is read and sent to the helper once, as by one more viewer of `Live`: a helper that
hangs falls behind like any other viewer, and delays nobody.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass, field

from sereno.base.errors import Invalid, NotFound, SerenoError, Unavailable, Words
from sereno.media.whep.contract import (
    Answer,
    Begin,
    Close,
    Closed,
    Forget,
    IceSettings,
    Open,
    Take,
)
from sereno.media.whep.offer import choose
from sereno.media.whep.process import PATIENCE_SECONDS, HelperProcess
from sereno.node.live import Beginning, Live
from sereno.node.live_attention import INSTANT_FRAGMENT_MS
from sereno.node.rows import StreamKey

log = logging.getLogger(__name__)

LINGER_SECONDS = 30.0
"""The helper stays for as long after its last session: starting it takes a second."""

_OTHERWISE = (
    " Use the ordinary live view, which plays it.",
    " Use la vista en vivo normal, que sí lo reproduce.",
)


def _with_alternative(en: str, es: str) -> Words:
    return Words(en + _OTHERWISE[0], es + _OTHERWISE[1])


_CODEC = _with_alternative(
    "This camera sends {codec}, and browsers take only H.264 by WebRTC.",
    "Esta cámara envía {codec} y por WebRTC los navegadores solo aceptan H.264.",
)
_REFUSALS = {
    "whep_codec": _CODEC.fill(codec="another codec"),
    "whep_b_frames": _with_alternative(
        "This camera sends pictures in another order than they are shown (B-frames), which WebRTC "
        "cannot carry.",
        "Esta cámara envía las imágenes en otro orden que el de mostrarlas (fotogramas B), y "
        "WebRTC no lo admite.",
    ),
    "whep_no_h264": _with_alternative(
        "This player does not offer to take H.264 by WebRTC (packetization-mode 1).",
        "Este reproductor no ofrece recibir H.264 por WebRTC (packetization-mode 1).",
    ),
}
_OFFER = Words(
    "This is no WebRTC offer that can be answered. Send the player's SDP offer to receive one "
    "video, with Content-Type application/sdp.",
    "Esto no es una oferta de WebRTC que se pueda contestar. Envíe la oferta SDP del reproductor "
    "para recibir un vídeo, con Content-Type application/sdp.",
)
_FULL = _with_alternative(
    "So many are watching by WebRTC as this node allows: {most}. Try again later.",
    "Ya miran por WebRTC tantos como permite este nodo: {most}. Intente más tarde.",
)
_OFF = _with_alternative(
    "Live view by WebRTC is switched off on this node.",
    "La vista en vivo por WebRTC está desactivada en este nodo.",
)
_NOT_RUNNING = Words(
    "This camera sends no picture at the moment. Its page says why; try again when it does.",
    "Esta cámara no envía imagen en este momento. Su página dice por qué; intente cuando la envíe.",
)
_HELPER = _with_alternative(
    "The part of this node that sends live view by WebRTC does not answer. Try again in a moment.",
    "La parte de este nodo que envía la vista en vivo por WebRTC no responde. Intente de nuevo en "
    "un momento.",
)
_NO_SESSION = Words(
    "There is no such session, or it is over.",
    "Esa sesión no existe o ya terminó.",
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was answered. Who knows its id may end it."""

    session_id: str
    answer: str


@dataclass(slots=True)
class _Feed:
    """What brings a stream to the helper. `is_primed`: it has all since the newest key frame."""

    is_primed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class WebRtc:
    """All sessions of a node. Needs `close`."""

    def __init__(self, live: Live, ice: IceSettings, most_sessions: int) -> None:
        self.ice = ice
        self._live = live
        self._most_sessions = most_sessions
        self._sessions: dict[str, StreamKey] = {}
        self._feeds: dict[StreamKey, _Feed] = {}
        self._helper: HelperProcess | None = None
        self._starting = asyncio.Lock()
        self._lingering: asyncio.TimerHandle | None = None
        self._endings: set[asyncio.Task[None]] = set()

    def session_count(self) -> int:
        return len(self._sessions)

    @property
    def helper_pid(self) -> int | None:
        """Of the helper, while it runs."""
        return self._helper.pid if self._helper is not None else None

    async def open(self, key: StreamKey, offer: str) -> Opened:
        """Answer an offer. Raises Invalid where WebRTC cannot carry the stream or the offer makes
        no sense, Unavailable where it could another time."""
        self._check_room()
        found = self._live.newest_key(key)
        if found is None:
            raise Unavailable("camera_not_running", _NOT_RUNNING)
        codec = found[0].run.codec
        if not codec.startswith("avc1."):
            raise Invalid("whep_codec", _CODEC.fill(codec=_name_of(codec)))
        if "m=video" not in offer:
            raise Invalid("whep_offer", _OFFER)
        profile = choose(offer, codec)
        if profile is None:
            raise Invalid("whep_no_h264", _REFUSALS["whep_no_h264"])
        session_id = secrets.token_urlsafe(16)
        self._sessions[session_id] = key
        try:
            said = await self._ask(
                key, Open(session=session_id, stream=_name(key), offer=offer, profile=profile)
            )
        except (OSError, TimeoutError) as error:
            log.warning("the WebRTC helper did not answer: %s", type(error).__name__)
            self._drop(session_id)
            raise Unavailable("whep_helper", _HELPER) from None
        except BaseException:
            self._drop(session_id)
            raise
        if isinstance(said, Closed):
            self._drop(session_id)
            raise _refusal(said.key)
        return Opened(session_id, said.answer)

    def end(self, session_id: str) -> None:
        """A viewer has gone. Raises NotFound."""
        if session_id not in self._sessions:
            raise NotFound("no_session", _NO_SESSION)
        self._post(Close(session=session_id))
        self._drop(session_id)

    async def close(self) -> None:
        """End every session and the helper."""
        for session_id in tuple(self._sessions):
            self._drop(session_id)
        self._end_helper()
        if self._endings:
            await asyncio.wait(self._endings)

    def _check_room(self) -> None:
        if not self._most_sessions:
            raise Unavailable("whep_off", _OFF)
        if len(self._sessions) >= self._most_sessions:
            raise Unavailable("whep_full", _FULL.fill(most=self._most_sessions))

    async def _ask(self, key: StreamKey, asked: Open) -> Answer | Closed:
        helper = await self._started()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._fed(helper, key)
        return await helper.ask(asked)

    async def _started(self) -> HelperProcess:
        async with self._starting:
            if self._lingering is not None:
                self._lingering.cancel()
                self._lingering = None
            if self._helper is None:
                self._helper = await HelperProcess.start(self.ice, self._on_closed, self._on_over)
            return self._helper

    async def _fed(self, helper: HelperProcess, key: StreamKey) -> None:
        """Wait until the helper knows what the stream sends. Raises OSError."""
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = _Feed()
            feed.task = asyncio.create_task(self._follow(helper, key, feed))
        await feed.is_primed.wait()
        if self._feeds.get(key) is not feed:
            raise BrokenPipeError

    async def _follow(self, helper: HelperProcess, key: StreamKey, feed: _Feed) -> None:
        viewer = self._live.join(key, "", INSTANT_FRAGMENT_MS)
        told: Beginning | None = None
        try:
            async for beginning, piece in viewer.pieces():
                if told is not beginning and not piece.is_key:
                    continue
                try:
                    head = b"" if told is beginning else await beginning.read()
                    fragment = await piece.read()
                except OSError as error:  # the file went, for space or with its disk
                    log.info("a fragment cannot be shown: %s", error.strerror)
                    told = None
                    continue
                if told is not beginning:
                    told = beginning
                    start = Begin(stream=_name(key), epoch_us=beginning.run.at_us)
                    await helper.tell(start, head)
                await helper.tell(Take(stream=_name(key)), fragment)
                if not viewer.queue:
                    feed.is_primed.set()
        except OSError:
            log.info("the WebRTC helper has ended")
        finally:
            self._live.leave(key, viewer)
            if self._feeds.get(key) is feed:
                del self._feeds[key]
            feed.is_primed.set()

    def _on_closed(self, said: Closed) -> None:
        log.info("a WebRTC session is over: %s", said.key)
        self._drop(said.session)

    def _drop(self, session_id: str) -> None:
        """Let go of a session, of its stream with the last, and of the helper after a while."""
        key = self._sessions.pop(session_id, None)
        if key is None:
            return
        if key not in self._sessions.values():
            feed = self._feeds.pop(key, None)
            if feed is not None and feed.task is not None:
                feed.task.cancel()
            self._post(Forget(stream=_name(key)))
        if not self._sessions and self._helper is not None:
            loop = asyncio.get_running_loop()
            self._lingering = loop.call_later(LINGER_SECONDS, self._end_helper)

    def _post(self, message: Close | Forget) -> None:
        if self._helper is not None:
            with suppress(OSError):  # it has ended, and with it all of this
                self._helper.post(message)

    def _on_over(self) -> None:
        """The helper has died: its viewers notice, and open anew."""
        if self._helper is None or not self._helper.is_over:
            return  # it was asked to end
        log.warning("the WebRTC helper has ended by itself")
        for session_id in tuple(self._sessions):
            self._drop(session_id)
        self._end_helper()

    def _end_helper(self) -> None:
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        helper, self._helper = self._helper, None
        if helper is not None:
            task = asyncio.create_task(helper.close())
            self._endings.add(task)
            task.add_done_callback(self._endings.discard)


def _name(key: StreamKey) -> str:
    return f"{key.camera_id}/{key.stream}"


def _name_of(codec: str) -> str:
    return "H.265 (HEVC)" if codec.startswith(("hvc1", "hev1")) else codec.partition(".")[0]


def _refusal(key: str) -> SerenoError:
    return Invalid(key, _REFUSALS.get(key, _OFFER))
