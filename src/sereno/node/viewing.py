"""What a node shows: live pictures, playback, clips, snapshots, and what recorders play.

It takes part in no recording, and is told what was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from sereno.base.clock import Clock
from sereno.base.errors import Words
from sereno.box.settings import Settings
from sereno.media.contract import Event
from sereno.node.access import Doorkeeper
from sereno.node.api import make_app
from sereno.node.clip_routes import ClipRoutes
from sereno.node.clips import Clips
from sereno.node.desired import Desired
from sereno.node.devices.room import DeviceRoom
from sereno.node.ledger_thread import LedgerThread
from sereno.node.live import Live, state_text
from sereno.node.live_attention import Attention
from sereno.node.live_hls import LiveHls
from sereno.node.live_playlists import LivePlaylists
from sereno.node.pace import Pace
from sereno.node.pictures import Pictures, PicturesOfFootage
from sereno.node.playback import Playback
from sereno.node.recorder_hls import RecorderHls
from sereno.node.recorder_plays import RecorderPlays
from sereno.node.recorder_view import RecorderWatching
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.node.run_formats import RunFormats
from sereno.node.server import Server, unix_listener
from sereno.node.snapshots import Showing, Snapshots
from sereno.node.state import NodeState
from sereno.node.stream_book import StreamBook
from sereno.node.strips import Strips
from sereno.node.supervisor import Supervisor
from sereno.node.volumes import Volumes
from sereno.node.watching import Watching
from sereno.node.webrtc import WebRtc
from sereno.node.whep import Whep, ice_of
from sereno.wire.orders import Orders

Loop = Callable[[], Coroutine[None, None, None]]


class Viewing:
    """``prepare`` it before anybody is let in, have its ``loops`` run, ``close`` it at the end."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        pace: Pace,
        runner_argv: Sequence[str],
        *,
        orders: Callable[[], Orders | None],
        ledger: LedgerThread,
        recording: Recording,
        volumes: Volumes,
        desired: Desired,
        supervisor: Supervisor,
        attention: Attention,
        devices: DeviceRoom,
    ) -> None:
        data = settings.data_dir
        self._data = data
        self._clock = clock
        self._orders = orders
        self._recording = recording
        self._volumes = volumes
        self._desired = desired
        self._devices = devices
        self._formats = RunFormats(ledger, recording)
        self.live = Live(self._root_of, attention)
        self.web_rtc = WebRtc(self.live, ice_of(settings), settings.whep_sessions)
        self.playlists = LivePlaylists(recording, clock)
        self.snapshots = Snapshots(
            data.snapshots,
            self.live,
            lambda: supervisor.aims,
            self._ordered,
            clock,
            pace.picture_seconds,
        )
        self.pictures = Pictures(data.pictures, recording, volumes.path_of)
        self._strips = Strips(self.pictures, ledger, recording.books, clock)
        self._plays = RecorderPlays(runner_argv, devices.devices, data.recorder_plays, data.doors)

    async def prepare(self) -> None:
        """Clear away what an earlier life left of recorders' footage."""
        await self._plays.prepare()

    def loops(self) -> tuple[Loop, ...]:
        """What goes on for as long as the node runs."""
        return self.snapshots.run, self.pictures.run, self._strips.run

    async def close(self) -> None:
        """Whoever still watches is let go."""
        await self.web_rtc.close()
        await self._plays.close()

    def apply(self, event: Event) -> None:
        """Something was recorded, and is in the books."""
        self.live.apply(event)
        self.playlists.apply(event)

    def show(self, book: StreamBook) -> None:
        """A stream is in another state."""
        self.live.show(book.key, state_text(book.state, book.reason))

    def is_known(self, key: StreamKey) -> bool:
        """A camera that is recorded here, or was."""
        return key in self._recording.books()

    def server(
        self, state: NodeState, clips: Clips, hub_troubles: Callable[[], Mapping[str, Words]]
    ) -> Server:
        """The media API, on its socket."""
        doorkeeper = Doorkeeper(self._orders, self.is_known, self._clock)
        path_of = self._volumes.path_of
        playback = Playback(doorkeeper, self._recording, self._formats, path_of)
        recorder_hls = RecorderHls(doorkeeper, self._plays, self._clock)
        app = make_app(
            state,
            playback,
            LiveHls(doorkeeper, playback, self.playlists, recorder_hls),
            Watching(doorkeeper, self._recording, self.live, self._desired.is_run),
            RecorderWatching(doorkeeper, self._plays),
            Whep(doorkeeper, self.web_rtc),
            Showing(doorkeeper, self.snapshots, self._clock),
            PicturesOfFootage(doorkeeper, self.pictures),
            ClipRoutes(doorkeeper, self._recording, path_of, clips.store),
            self._devices.showing(doorkeeper),
            hub_troubles,
        )
        return Server(app, unix_listener(self._data.node_socket))

    def _ordered(self) -> frozenset[UUID] | None:
        """The cameras of the orders; None: there are none yet."""
        orders = self._orders()
        return None if orders is None else frozenset(each.camera_id for each in orders.cameras)

    def _root_of(self, key: StreamKey) -> Path:
        """The root of the volume that the stream is written to."""
        return self._volumes.root_of(self._recording.book(key).volume_id)
