"""One connection to the ledger's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sereno.base.errors import Unavailable, Words
from sereno.node.ledger_schema import bring_up_to_date, check_format

CACHE_KIBIBYTES = 16 * 1024  # of pages, as they are needed


_CLOSED = Words(
    "The recording ledger {path} cannot be opened ({why}). Most often its disk is full or fails: "
    "free some space there, or check the disk.",
    "No se puede abrir el registro de grabaciones {path} ({why}). Casi siempre su disco está lleno "
    "o falla: libere espacio o revise el disco.",
)


class LedgerFile:
    """Opening it may raise Conflict (newer format) and Unavailable (its disk is full or fails)."""

    def __init__(self, path: Path) -> None:
        try:
            self._open(path)
        except sqlite3.OperationalError as error:
            raise Unavailable("ledger_closed", _CLOSED.fill(path=path, why=error)) from None

    def _open(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        path.chmod(0o600)
        self.db.execute("PRAGMA journal_mode = WAL")
        # What is told to the hub must survive a power cut: a row that fell back to an older
        # revision could never be corrected there. One sync a second, as often as we commit.
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA busy_timeout = 5000")
        self.db.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
        bring_up_to_date(self.db)

    @classmethod
    def reading(cls, path: Path) -> Self:
        """A second look at the ledger, beside its writer if need be; writes nothing.

        Raises Conflict where the ledger is newer or older, and sqlite3.Error.
        """
        ledger = cls.__new__(cls)
        ledger.db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ledger.db.row_factory = sqlite3.Row
        ledger.db.execute("PRAGMA busy_timeout = 5000")
        check_format(ledger.db)
        return ledger

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it, or nothing."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read within is of one moment."""
        self.db.execute("BEGIN")
        try:
            yield
        finally:
            self.db.execute("ROLLBACK")
