"""Makes the ledger's tables and brings older ones up to date, one numbered step at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

from sereno.base.errors import Conflict, Words

# STEPS[n] leads from format n to n + 1. A released step is never changed: append a new one.
STEPS = (
    resources.files("sereno.node").joinpath("ledger_schema.sql").read_text("utf-8"),
    """
    -- What the hub refuses to be told: the id of a run, an absence, or a camera with all its rows.
    -- It stays in its table and is not told again before `until_us`.
    CREATE TABLE refused (
        item_id TEXT PRIMARY KEY,
        until_us INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    resources.files("sereno.node").joinpath("ledger_schema_3.sql").read_text("utf-8"),
    resources.files("sereno.node").joinpath("ledger_schema_4.sql").read_text("utf-8"),
)
FORMAT = len(STEPS)

_NEWER = Words(
    "The recording ledger was written by a newer Sereno (format {found}, this one reads {known}). "
    "Install that version or a later one.",
    "El registro de grabaciones fue escrito por un Sereno más nuevo (formato {found}; este lee "
    "{known}). Instale esa versión o una posterior.",
)

_OLDER = Words(
    "The recording ledger is of an earlier Sereno (format {found}, this one reads {known}). "
    "Start the node once; it brings the ledger up to date.",
    "El registro de grabaciones es de un Sereno anterior (formato {found}; este lee {known}). "
    "Arranque el nodo una vez; él lo pone al día.",
)


def check_format(connection: sqlite3.Connection) -> None:
    """Raises Conflict where the ledger is not of this format."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > FORMAT:
        raise Conflict("ledger_newer", _NEWER.fill(found=found, known=FORMAT))
    if found < FORMAT:
        raise Conflict("ledger_older", _OLDER.fill(found=found, known=FORMAT))


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Take the missing steps, all or none of each; the ledger as it was is kept beside it.

    Raises Conflict when the ledger is newer.
    """
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > FORMAT:
        raise Conflict("ledger_newer", _NEWER.fill(found=found, known=FORMAT))
    if 0 < found < FORMAT:
        _keep_as_it_was(connection, found)
    for number in range(found, FORMAT):
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{STEPS[number]}\nPRAGMA user_version = {number + 1};\nCOMMIT;"
        )


def _keep_as_it_was(connection: sqlite3.Connection, found: int) -> None:
    """`ledger.sqlite3.format-1`, for whoever has to go back to the version before."""
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    kept = Path(f"{path}.format-{found}")
    kept.touch(mode=0o600)
    with closing(sqlite3.connect(kept)) as copy:
        connection.backup(copy)
