"""What the pictures and the sound of runs are, for players that must know before they read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sereno.node.ledger import Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.recording import Recording
from sereno.node.rows import RunRow, StreamKey

_NOTHING = RunRow(UUID(int=0), StreamKey(UUID(int=0), "main"), 0, 0)


class Format(NamedTuple):
    """Codecs as RFC 6381 writes them, pixels; empty and 0 where nobody knows."""

    codecs: str
    width: int
    height: int

    @property
    def mime(self) -> str:
        return f'video/mp4; codecs="{self.codecs}"'


@dataclass(frozen=True, slots=True)
class RunFormats:
    """Asks the books for runs that go on, and the ledger for those that ended."""

    ledger: LedgerThread
    recording: Recording

    async def of(self, key: StreamKey, run_ids: Iterable[UUID]) -> dict[UUID, Format]:
        """The format of each of these runs of one stream."""
        wanted = set(run_ids)
        rows = await self.ledger.call(_runs, wanted)
        open_run = self.recording.book(key).run
        if open_run is not None:
            rows[open_run.run_id] = open_run
        return {run_id: _format_of(rows.get(run_id, _NOTHING)) for run_id in wanted}


def _runs(ledger: Ledger, run_ids: Iterable[UUID]) -> dict[UUID, RunRow]:
    found = map(ledger.run, run_ids)
    return {row.run_id: row for row in found if row is not None}


def _format_of(row: RunRow) -> Format:
    codecs = f"{row.codec}, {row.sound}" if row.sound else row.codec
    return Format(codecs, row.width, row.height)
