"""Small pictures of recorded footage, kept as long as there is room: one SQLite file, which can be
deleted at any time.

One file, because a month of many cameras would be a hundred thousand tiny ones. Plain blocking SQL;
what was made first goes first. A file that cannot be read is begun anew.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from sereno.node.ledger_values import ids_of, key_in
from sereno.node.rows import StreamKey

log = logging.getLogger(__name__)

NAME = "pictures.sqlite3"
_VERSION = 1
_PART = 10  # a tenth of the limit goes at a time
_TABLE = f"""
BEGIN;
CREATE TABLE pictures (
    number INTEGER PRIMARY KEY,
    camera_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    width INTEGER NOT NULL,
    jpeg BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX pictures_at ON pictures (camera_id, stream, at_us, width);
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_PUT = """
INSERT INTO pictures (camera_id, stream, at_us, width, jpeg) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
"""
# The oldest pictures whose sizes come to so many bytes.
_TRIM = """
DELETE FROM pictures WHERE number <= (
    SELECT number FROM (
        SELECT number, sum(length(jpeg)) OVER (ORDER BY number) AS reached FROM pictures
    ) WHERE reached >= ? ORDER BY number LIMIT 1
)
"""


class PictureKey(NamedTuple):
    """A key frame of a stream by its time, and how wide its picture is."""

    key: StreamKey
    at_us: int
    width: int


class PictureCache:
    """Raises sqlite3.Error where its disk is full or fails: then nothing is kept."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._path = folder / NAME
        self._limit_bytes = limit_bytes
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            log.warning("The cache of pictures is begun anew: %s", error)
            for path in folder.glob(f"{NAME}*"):
                path.unlink()
            self._db = self._open()
        self._size_bytes = self._measure()

    def _open(self) -> sqlite3.Connection:
        self._path.touch(mode=0o600)
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = OFF")  # it can be made again
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            if version == 0:
                db.executescript(_TABLE)
            elif version != _VERSION:
                raise sqlite3.DatabaseError("it is of another version")
            db.execute("SELECT max(number) FROM pictures").fetchone()
        except sqlite3.Error:
            db.close()
            raise
        return db

    @property
    def size_bytes(self) -> int:
        """Of all pictures, without what the file needs besides."""
        return self._size_bytes

    def get(self, wanted: PictureKey) -> bytes | None:
        query = "SELECT jpeg FROM pictures WHERE camera_id = ? AND stream = ? AND at_us = ?"
        values = (*ids_of(wanted.key), wanted.at_us, wanted.width)
        row = self._db.execute(f"{query} AND width = ?", values).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, made: PictureKey, jpeg: bytes) -> None:
        """Keep a picture, and let the oldest go where there is no room."""
        if self._size_bytes + len(jpeg) > self._limit_bytes:
            surplus_bytes = self._size_bytes + len(jpeg) - self._limit_bytes
            self._db.execute(_TRIM, (surplus_bytes + self._limit_bytes // _PART,))
            self._size_bytes = self._measure()
        values = (*ids_of(made.key), made.at_us, made.width, jpeg)
        self._size_bytes += len(jpeg) * self._db.execute(_PUT, values).rowcount

    def streams(self) -> list[StreamKey]:
        """Those of which there are pictures."""
        rows = self._db.execute("SELECT DISTINCT camera_id, stream FROM pictures")
        return [key_in(row) for row in rows]

    def times(self, key: StreamKey) -> list[int]:
        """Of a stream's pictures, in order."""
        query = "SELECT DISTINCT at_us FROM pictures WHERE camera_id = ? AND stream = ?"
        return [row[0] for row in self._db.execute(f"{query} ORDER BY at_us", ids_of(key))]

    def forget(self, key: StreamKey, times_us: Iterable[int]) -> None:
        query = "DELETE FROM pictures WHERE camera_id = ? AND stream = ? AND at_us = ?"
        self._db.executemany(query, ((*ids_of(key), at_us) for at_us in times_us))
        self._size_bytes = self._measure()

    def close(self) -> None:
        self._db.close()

    def _measure(self) -> int:
        row = self._db.execute("SELECT coalesce(sum(length(jpeg)), 0) FROM pictures").fetchone()
        return int(row[0])
