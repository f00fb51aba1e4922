"""What is new in the books goes to the ledger: many changes, one commit.

What the ledger does not take now is kept for the next commit. That it takes nothing is said once,
and once that it takes it again.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable

from sereno.node.ledger import Changes, Ledger
from sereno.node.ledger_thread import LedgerThread
from sereno.node.rows import StreamKey
from sereno.node.unsaved import Unsaved

log = logging.getLogger(__name__)

# What SQLite says of a row that it will never take.
_BAD_ROW = (
    sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError,
    OverflowError,
)  # fmt: skip


class Commits:
    """Writes `unsaved`; nothing is written while somebody else holds the `lock`.

    `on_left_out` gets, once the ledger is written again, each stream of whose files some could not
    be remembered, and the first folder of such a file.
    """

    def __init__(
        self,
        ledger: LedgerThread,
        unsaved: Unsaved,
        on_left_out: Callable[[tuple[StreamKey, str]], None],
    ) -> None:
        self.lock = asyncio.Lock()
        self.is_failing = False
        self._ledger = ledger
        self._unsaved = unsaved
        self._on_left_out = on_left_out

    async def commit(self) -> bool:
        """Write to the ledger all that changed; whether it is written. If not, it is kept."""
        async with self.lock:
            changes = self._unsaved.take()
            if changes.is_empty:
                return True
            try:
                await self._ledger.call(Ledger.save, changes)
            except asyncio.CancelledError:
                self._unsaved.put_back(changes)  # written or not: twice changes nothing
                raise
            except _BAD_ROW:
                await self._commit_one_by_one(changes)
            except sqlite3.Error as error:
                self._unsaved.put_back(changes)
                self.note_failure(error)
                return False
            else:
                self._note_success()
            return True

    async def catch_up(self) -> None:
        """Before somebody else changes rows: what is written later would undo that.

        Raises sqlite3.OperationalError where the ledger takes nothing now.
        """
        if not await self.commit():
            raise sqlite3.OperationalError("the ledger cannot be written")

    def note_failure(self, error: sqlite3.Error) -> None:
        """The ledger takes nothing now."""
        if not self.is_failing:
            log.error("The ledger cannot be written: %s. Check disk and permissions.", error)
        self.is_failing = True

    async def _commit_one_by_one(self, changes: Changes) -> None:
        """One row can never be written: it must not hold up the others."""
        for each in changes.one_by_one():
            try:
                await self._ledger.call(Ledger.save, each)
            except _BAD_ROW:
                log.exception("The ledger does not take a row, which is left out: %s", each)
            except sqlite3.Error as error:
                self._unsaved.put_back(each)
                self.note_failure(error)

    def _note_success(self) -> None:
        if self.is_failing:
            log.info("The ledger is written again.")
        self.is_failing = False
        for each in self._unsaved.left_out.items():
            self._on_left_out(each)
        self._unsaved.left_out.clear()
