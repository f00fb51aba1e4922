"""The socket of those who see a recorder's footage (`WS /media/v1/recorder`, docs/design/seams.md).

It says what the live socket says, and at last that it is over.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

from sereno.base.errors import Invalid, NotFound, Unauthenticated
from sereno.base.tasks import until_first
from sereno.media.contract import Event
from sereno.node.access import Doorkeeper, RecorderVisit
from sereno.node.live import Live, Viewer, state_text
from sereno.node.recorder_play import PlayState
from sereno.node.recorder_plays import RecorderPlays
from sereno.node.rows import StreamKey
from sereno.node.watching import (
    NO_SUCH_CAMERA,
    TICKET_REFUSED,
    send_all,
    ticket_said,
    until_gone,
)
from sereno.wire.reports import ReasonReport

OVER = 4204


class _Seat:
    """The audience of one socket: a live view of its own."""

    def __init__(self, camera_id: UUID, folder: Path) -> None:
        self._live = Live(lambda _: folder)
        key = StreamKey(camera_id, "main")
        connecting = state_text(PlayState.CONNECTING, None)
        self.viewer: Viewer = self._live.join(key, connecting, fragment_ms=None)

    def apply(self, event: Event) -> None:
        self._live.apply(event)

    def show(self, state: PlayState, reason: ReasonReport | None) -> None:
        self.viewer.show(state_text(state, reason))

    def end(self, state: PlayState, reason: ReasonReport | None) -> None:
        self.viewer.end(state_text(state, reason))


@dataclass(frozen=True, slots=True)
class RecorderWatching:
    """Lets viewers in and sends them what `RecorderPlays` has for them."""

    doorkeeper: Doorkeeper
    plays: RecorderPlays

    async def watch(self, socket: WebSocket) -> None:
        await socket.accept()
        try:
            visit = self.doorkeeper.admit_to_recorder(await ticket_said(socket))
        except (Unauthenticated, Invalid) as error:
            await socket.close(TICKET_REFUSED, error.key)
        except NotFound as error:
            await socket.close(NO_SUCH_CAMERA, error.key)
        except WebSocketDisconnect:
            return
        else:
            await self._show(socket, visit)

    async def _show(self, socket: WebSocket, visit: RecorderVisit) -> None:
        folder = self.plays.new_folder()
        seat = _Seat(visit.camera_id, folder)
        async with self.plays.playing(visit, folder, seat):
            has_left = await until_first(send_all(socket, seat.viewer), until_gone(socket))
        if not has_left:
            with suppress(WebSocketDisconnect, RuntimeError):  # it left by itself
                await socket.close(OVER, "over")
