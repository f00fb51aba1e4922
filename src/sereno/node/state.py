"""How the node is: what heartbeats and its own status page say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sereno import __version__
from sereno.base.clock import Clock, from_us, to_us
from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.ntp import read_ntp_state
from sereno.node.recording import Recording
from sereno.node.rows import StreamKey
from sereno.node.stream_book import StreamBook
from sereno.node.volume import read_volume
from sereno.wire.reports import Heartbeat, StreamStatus


@dataclass(slots=True)
class NodeState:
    """Puts together what the node's parts know."""

    recording: Recording
    ledger: LedgerThread
    footage: Path
    clock: Clock
    media_address: str
    pid_of: Callable[[StreamKey], int | None]
    started_at: datetime
    boot_id: UUID = field(default_factory=uuid4)

    async def heartbeat(self, orders_etag: str = "") -> Heartbeat:
        now = self.clock.now()
        # In a thread: a disk that hangs must not hold up the streams on others.
        volume = await asyncio.to_thread(read_volume, self.footage)
        return Heartbeat(
            boot_id=self.boot_id,
            version=__version__,
            sent_at=now,
            started_at=self.started_at,
            ntp=read_ntp_state(),
            volumes=() if volume is None else (volume,),
            media_address=self.media_address,
            orders_etag=orders_etag,
            backlog=await self.ledger.call(Ledger.backlog, to_us(now)),
            streams=tuple(
                status_of(book, self.pid_of(key))
                for key, book in self.recording.books().items()
                if book.is_wanted
            ),
        )


def status_of(book: StreamBook, pid: int | None) -> StreamStatus:
    """One stream's state, as it travels."""
    started = book.started
    return StreamStatus(
        camera_id=book.key.camera_id,
        stream=book.key.stream,
        state=book.state,
        since=from_us(book.since_us),
        reason=book.reason,
        next_try=None if book.next_try_us is None else from_us(book.next_try_us),
        transport=started.transport if started else "tcp",
        codec=started.codec if started else "",
        width=started.width if started else 0,
        height=started.height if started else 0,
        pid=pid,
        effective_args=effective_args(book.key),
        bitrate_bps=book.bitrate_bps,
        fps=book.fps,
        newest_at=None if book.newest_us is None else from_us(book.newest_us),
    )


def effective_args(key: StreamKey) -> str:
    """The command that does the same by hand; it asks for the credentials by the camera's id."""
    return f"sereno stream record --camera {key.camera_id} --stream {key.stream}"
