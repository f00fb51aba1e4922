-- The node's ledger, format 1. Times are microseconds since 1970, UTC; ids are UUIDs as text, so
-- that a person with a sqlite3 shell can read them.

-- One row for each stream that ever had footage here.
CREATE TABLE streams (
    camera_id TEXT NOT NULL,
    stream TEXT NOT NULL,              -- main or sub
    -- The longest segment so far. A search for the segments that overlap a span starts this much
    -- before the span, and so reads one short range of segments_by_start and misses nothing.
    longest_segment_us INTEGER NOT NULL,
    PRIMARY KEY (camera_id, stream)
) STRICT, WITHOUT ROWID;

-- Unbroken coverage. Coverage and gaps are read from here, never computed from segments.
CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    camera_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,           -- of the last whole fragment that was seen
    is_open INTEGER NOT NULL,          -- 1 while it grows; at most one a stream
    end_reason TEXT,                   -- ReasonReport as JSON; NULL while open
    codec TEXT NOT NULL,               -- RFC 6381, so that a player knows before it reads a file
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    segment_count INTEGER NOT NULL,    -- kept here so that a report reads no segment
    size_bytes INTEGER NOT NULL,
    revision INTEGER NOT NULL,         -- grows with each change
    reported_revision INTEGER NOT NULL -- the newest one the hub has taken; less means: to report
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_start ON runs (camera_id, stream, start_us);
CREATE INDEX runs_to_report ON runs (start_us) WHERE revision > reported_revision;
CREATE INDEX runs_open ON runs (camera_id, stream) WHERE is_open = 1;

-- Times in which the node knew why it was not recording.
CREATE TABLE absences (
    absence_id TEXT PRIMARY KEY,
    camera_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    is_open INTEGER NOT NULL,          -- 1 while it lasts; at most one a stream
    reason TEXT NOT NULL,              -- ReasonReport as JSON
    revision INTEGER NOT NULL,
    reported_revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX absences_by_start ON absences (camera_id, stream, start_us);
CREATE INDEX absences_to_report ON absences (start_us) WHERE revision > reported_revision;
CREATE INDEX absences_open ON absences (camera_id, stream) WHERE is_open = 1;

-- Media files. The files are the truth; a lost ledger is built again from them.
CREATE TABLE segments (
    segment_id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    camera_id TEXT NOT NULL,           -- with stream: repeated from the run for the index below
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,         -- counts the stream's files, to notice a missing one
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    path TEXT NOT NULL,                -- relative to the footage folder, so that it can move
    init_size INTEGER NOT NULL,        -- bytes before the first fragment
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,              -- hex; the proof, and what the next file repeats
    crc32c TEXT NOT NULL,              -- what object stores compute by themselves
    is_sealed INTEGER NOT NULL,        -- 0: written to, or broken off and not repaired yet
    fragments BLOB NOT NULL            -- packed index (sereno.media.index); last, being large
) STRICT;
CREATE UNIQUE INDEX segments_by_path ON segments (path);
CREATE INDEX segments_by_start ON segments (camera_id, stream, start_us);
CREATE INDEX segments_by_sequence ON segments (camera_id, stream, sequence);
CREATE INDEX segments_unsealed ON segments (camera_id, stream) WHERE is_sealed = 0;
