"""How the node is: what heartbeats and its own status page say."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sereno import __version__
from sereno.base.clock import Clock, to_us
from sereno.node.beats import Beats, Item
from sereno.node.leases import Leases
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ntp import read_ntp_state
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.node.status import View, facts_of, is_shown, status_of
from sereno.node.supervisor import Supervisor
from sereno.wire.reports import AnalysisStatus, Heartbeat, StreamStatus, VolumeStatus

log = logging.getLogger(__name__)

SHORTEST_BEAT_SECONDS = 1.0
COUNT_SECONDS = 0.2


@dataclass(slots=True)
class NodeState:
    """Puts together what the node's parts know."""

    recording: Recording
    ledger: LedgerThread
    volumes: Callable[[], tuple[VolumeStatus, ...]]
    clock: Clock
    media_address: str
    supervisor: Supervisor
    leases: Leases
    started_at: datetime
    analysis_of: Callable[[StreamKey], AnalysisStatus | None]
    boot_id: UUID = field(default_factory=uuid4)
    _beats: Beats = field(default_factory=Beats, init=False)
    _in_flight: dict[StreamKey, Item] = field(default_factory=dict, init=False)
    _backlog: int = field(default=0, init=False)
    _counting: asyncio.Task[None] | None = field(default=None, init=False)
    _cannot_count: bool = field(default=False, init=False)

    async def whole(self) -> Heartbeat:
        """All, for the people of this machine."""
        streams = tuple(map(status_of, self._views().values()))
        return await self._heartbeat("", streams, is_whole=True)

    async def heartbeat(self, orders_etag: str, longest_beat_seconds: float) -> Heartbeat:
        """What the hub does not know of the streams, or should hear again."""
        views = self._views()
        items = {
            key: Item(facts_of(view), view.aim.manner.hb_interval) for key, view in views.items()
        }
        now, slack_seconds = self.clock.monotonic(), self.beat_seconds(longest_beat_seconds) / 2
        due = self._beats.due(items, now, slack_seconds)
        self._in_flight = {key: item for key, item in items.items() if key in due}
        streams = (status_of(view) for key, view in views.items() if key in due)
        return await self._heartbeat(orders_etag, tuple(streams), is_whole=len(due) == len(items))

    def heartbeat_ended(self, *, was_taken: bool) -> None:
        """The hub has taken the last heartbeat, or nobody knows whether it did."""
        if was_taken:
            self._beats.took(self._in_flight, self.clock.monotonic())
        else:
            self._beats.forget()

    def beat_seconds(self, longest: float) -> float:
        """How often to tell the hub: as the most eager of the streams asks."""
        if self.leases.to_release:
            return SHORTEST_BEAT_SECONDS  # another node waits
        intervals = (aim.manner.hb_interval for aim in self.supervisor.aims.values())
        return min(longest, max(SHORTEST_BEAT_SECONDS, min(intervals, default=longest)))

    def _views(self) -> Mapping[StreamKey, View]:
        notices = self.recording.notices
        views = {
            key: View(
                self.recording.book(key),
                aim,
                self.supervisor.carried(key),
                notices,
                self.analysis_of(key),
            )
            for key, aim in self.supervisor.aims.items()
        }
        return {key: view for key, view in views.items() if is_shown(view)}

    async def _heartbeat(
        self, orders_etag: str, streams: tuple[StreamStatus, ...], *, is_whole: bool
    ) -> Heartbeat:
        now = self.clock.now()
        return Heartbeat(
            boot_id=self.boot_id,
            version=__version__,
            sent_at=now,
            started_at=self.started_at,
            ntp=read_ntp_state(),
            cpu_count=os.cpu_count(),
            volumes=self.volumes(),
            media_address=self.media_address,
            orders_etag=orders_etag,
            backlog=await self._known_backlog(),
            streams=streams,
            is_whole=is_whole,
            leases=self.leases.held(),
            released={
                camera_id: release_id
                for camera_id, release_id in self.leases.to_release.items()
                if not self.supervisor.has(camera_id)
            },
        )

    async def _known_backlog(self) -> int:
        """As counted last: leases hang on heartbeats, which must not wait for a busy ledger."""
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._count_backlog())
        await asyncio.wait({self._counting}, timeout=COUNT_SECONDS)
        return self._backlog

    async def _count_backlog(self) -> None:
        try:
            self._backlog = await self.ledger.call(Ledger.backlog, to_us(self.clock.now()))
        except sqlite3.Error as error:
            if not self._cannot_count:
                log.error("What waits for the hub cannot be counted: %s.", error)  # noqa: TRY400
            self._cannot_count = True
        else:
            self._cannot_count = False
