"""What the ledger knows of volumes, and what lies on each. Call with `LedgerThread.call`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sereno.node.ledger import Ledger
from sereno.node.ledger_values import key_in
from sereno.node.rows import StreamKey

_SEE = """
INSERT INTO volumes (volume_id, path) VALUES (?, ?)
ON CONFLICT (volume_id) DO UPDATE SET path = excluded.path
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """What the sealed files of a stream take on a volume."""

    volume_id: UUID
    key: StreamKey
    segment_count: int
    size_bytes: int


def known_volumes(ledger: Ledger) -> dict[UUID, Path | None]:
    """Every volume that ever held footage, and where it was last seen; None: never."""
    rows = ledger.db.execute("SELECT volume_id, path FROM volumes")
    return {UUID(row["volume_id"]): Path(row["path"]) if row["path"] else None for row in rows}


def see_volume(ledger: Ledger, volume_id: UUID, root: Path) -> None:
    """The volume is at `root` now."""
    ledger.db.execute(_SEE, (str(volume_id), str(root)))


def forget_place(ledger: Ledger, root: Path) -> bool:
    """Another disk stands at `root` from now on, on purpose. Whether a volume was known there."""
    query = "DELETE FROM volumes WHERE path = ?"
    return ledger.db.execute(query, (str(root),)).rowcount > 0


def usage_of(ledger: Ledger) -> list[Usage]:
    """What lies where, to the byte; sealed files only."""
    rows = ledger.db.execute("SELECT * FROM usage")
    return [
        Usage(UUID(row["volume_id"]), key_in(row), row["segment_count"], row["size_bytes"])
        for row in rows
    ]
