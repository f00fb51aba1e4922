-- Format 3: volumes, exact sums of what lies on them, facts of runs, what worked with a stream,
-- and files on their way out.

-- Every volume that ever held footage of this node.
CREATE TABLE volumes (
    volume_id TEXT PRIMARY KEY,        -- what its marker file says
    path TEXT NOT NULL                 -- where it was last seen; empty: never, see below
) STRICT, WITHOUT ROWID;

-- Until now all footage lay in the data folder, which had no marker: it gets this one.
INSERT INTO volumes
SELECT lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8'
             || substr(h, 18, 3) || '-' || substr(h, 21, 12)), ''
FROM (SELECT hex(randomblob(16)) AS h) WHERE EXISTS (SELECT 1 FROM segments);

ALTER TABLE runs ADD COLUMN engine TEXT NOT NULL DEFAULT 'native';
ALTER TABLE runs ADD COLUMN clock TEXT NOT NULL DEFAULT 'arrival';  -- or rtcp
ALTER TABLE runs ADD COLUMN sound TEXT NOT NULL DEFAULT '';         -- RFC 6381; empty: none
ALTER TABLE runs ADD COLUMN damaged_us INTEGER NOT NULL DEFAULT 0;  -- footage hurt by losses
ALTER TABLE runs ADD COLUMN damage TEXT NOT NULL DEFAULT '[]';      -- JSON: [[start_us, end_us], …]
ALTER TABLE runs ADD COLUMN drift_us INTEGER NOT NULL DEFAULT 0;    -- correction of wall time

-- As before, with the volume of each file.
ALTER TABLE segments RENAME TO segments_2;
CREATE TABLE segments (
    segment_id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    camera_id TEXT NOT NULL,           -- with stream: repeated from the run for the index below
    stream TEXT NOT NULL,
    volume_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,         -- counts the stream's files, to notice a missing one
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    path TEXT NOT NULL,                -- relative to the volume's root, so that it can move
    init_size INTEGER NOT NULL,        -- bytes before the first fragment
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,              -- hex; the proof, and what the next file repeats
    crc32c TEXT NOT NULL,              -- what object stores compute by themselves
    is_sealed INTEGER NOT NULL,        -- 0: written to, or broken off and not repaired yet
    fragments BLOB NOT NULL            -- packed index (sereno.media.index); last, being large
) STRICT;
INSERT INTO segments
SELECT segment_id, run_id, camera_id, stream, (SELECT volume_id FROM volumes), sequence, start_us,
       end_us, path, init_size, size_bytes, sha256, crc32c, is_sealed, fragments
FROM segments_2;
DROP TABLE segments_2;
CREATE UNIQUE INDEX segments_by_path ON segments (path, volume_id);
CREATE INDEX segments_by_start ON segments (camera_id, stream, start_us);
CREATE INDEX segments_by_sequence ON segments (camera_id, stream, sequence);
CREATE INDEX segments_by_age ON segments (volume_id, start_us);
CREATE INDEX segments_unsealed ON segments (camera_id, stream) WHERE is_sealed = 0;

-- What the sealed files of each stream take on each volume. Kept by the triggers below, in the
-- same breath as the rows: nobody else writes here, but `fsck --repair`.
CREATE TABLE usage (
    volume_id TEXT NOT NULL,
    camera_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    segment_count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (volume_id, camera_id, stream)
) STRICT, WITHOUT ROWID;
INSERT INTO usage
SELECT volume_id, camera_id, stream, count(*), sum(size_bytes) FROM segments WHERE is_sealed = 1
GROUP BY volume_id, camera_id, stream;
CREATE TRIGGER usage_grows AFTER INSERT ON segments WHEN new.is_sealed = 1 BEGIN
    INSERT INTO usage VALUES (new.volume_id, new.camera_id, new.stream, 1, new.size_bytes)
    ON CONFLICT DO UPDATE SET
        segment_count = segment_count + 1, size_bytes = size_bytes + excluded.size_bytes;
END;
CREATE TRIGGER usage_shrinks AFTER DELETE ON segments WHEN old.is_sealed = 1 BEGIN
    UPDATE usage SET segment_count = segment_count - 1, size_bytes = size_bytes - old.size_bytes
    WHERE volume_id = old.volume_id AND camera_id = old.camera_id AND stream = old.stream;
END;
CREATE TRIGGER usage_changes AFTER UPDATE OF volume_id, size_bytes, is_sealed ON segments BEGIN
    UPDATE usage SET segment_count = segment_count - old.is_sealed,
                     size_bytes = size_bytes - old.is_sealed * old.size_bytes
    WHERE volume_id = old.volume_id AND camera_id = old.camera_id AND stream = old.stream;
    INSERT INTO usage
    VALUES (new.volume_id, new.camera_id, new.stream, new.is_sealed, new.is_sealed * new.size_bytes)
    ON CONFLICT DO UPDATE SET segment_count = segment_count + excluded.segment_count,
                              size_bytes = size_bytes + excluded.size_bytes;
END;

-- Files that are out of `segments` and perhaps still on the disk. Written in one transaction with
-- that, and taken out once the file is where it belongs: a kill in between is made good at the
-- next start.
CREATE TABLE departures (
    volume_id TEXT NOT NULL,
    path TEXT NOT NULL,
    act TEXT NOT NULL,                 -- remove, or quarantine
    PRIMARY KEY (volume_id, path)
) STRICT, WITHOUT ROWID;

-- What worked with a stream, so that `auto` need not try all again.
CREATE TABLE memories (
    camera_id TEXT NOT NULL,
    stream TEXT NOT NULL,
    memory TEXT NOT NULL,              -- Memory of sereno.media.contract as JSON
    retry_number INTEGER NOT NULL,     -- of the order under which it was learned; a higher forgets
    PRIMARY KEY (camera_id, stream)
) STRICT, WITHOUT ROWID;

-- To let an absence grow that ends where another piece of footage is taken out.
CREATE INDEX absences_by_end ON absences (camera_id, stream, end_us);

-- Coverage is read from here alone.
CREATE INDEX runs_by_end ON runs (camera_id, stream, end_us, start_us);
