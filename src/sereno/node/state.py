"""How the node is: what heartbeats and its own status page say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sereno import __version__
from sereno.base.clock import Clock, from_us, to_us
from sereno.node.effective import effective_args
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ntp import read_ntp_state
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.wishes import Wish
from sereno.wire.reports import Heartbeat, StreamStatus, VolumeStatus


@dataclass(slots=True)
class NodeState:
    """Puts together what the node's parts know."""

    recording: Recording
    ledger: LedgerThread
    volumes: Callable[[], tuple[VolumeStatus, ...]]
    clock: Clock
    media_address: str
    pid_of: Callable[[StreamKey], int | None]
    wish_of: Callable[[StreamKey], Wish | None]
    started_at: datetime
    boot_id: UUID = field(default_factory=uuid4)

    async def heartbeat(self, orders_etag: str = "") -> Heartbeat:
        now = self.clock.now()
        return Heartbeat(
            boot_id=self.boot_id,
            version=__version__,
            sent_at=now,
            started_at=self.started_at,
            ntp=read_ntp_state(),
            volumes=self.volumes(),
            media_address=self.media_address,
            orders_etag=orders_etag,
            backlog=await self.ledger.call(Ledger.backlog, to_us(now)),
            streams=tuple(
                status_of(book, self.pid_of(key), self.wish_of(key))
                for key, book in self.recording.books().items()
                if book.is_wanted
            ),
        )


def status_of(book: StreamBook, pid: int | None, wish: Wish | None) -> StreamStatus:
    """One stream's state, as it travels."""
    started = book.started
    return StreamStatus(
        camera_id=book.key.camera_id,
        stream=book.key.stream,
        state=book.state,
        since=from_us(book.since_us),
        reason=book.reason,
        next_try=None if book.next_try_us is None else from_us(book.next_try_us),
        engine=started.engine if started else "native",
        engine_reason=book.memory.reason if book.memory else None,
        transport=started.transport if started else "tcp",
        codec=started.codec if started else "",
        sound=started.sound if started else "",
        width=started.width if started else 0,
        height=started.height if started else 0,
        pid=pid,
        effective_args=effective_args(book, wish),
        bitrate_bps=book.bitrate_bps,
        fps=book.fps,
        clock=started.clock if started else "",
        lost_packets=book.lost_packets,
        notices=book.notices,
        newest_at=None if book.newest_us is None else from_us(book.newest_us),
    )
