-- Format 4: files know in which order they were recorded, so that a clock that was set back makes
-- no fresh file an old one.

-- Counts all files in the order in which they were begun. What was begun before the next file of
-- its stream and is heard of later has that one's number.
ALTER TABLE segments ADD COLUMN ordinal INTEGER NOT NULL DEFAULT 0;
DROP INDEX segments_by_age;
CREATE INDEX segments_by_age ON segments (volume_id, ordinal, sequence);
CREATE INDEX segments_by_ordinal ON segments (ordinal);

-- As well as times tell: in a stream the order is known from its files' numbers, and of two streams
-- that is the older file whose stream had not come further by then.
CREATE VIEW numbered_by_time AS
SELECT segment_id, row_number() OVER (ORDER BY reached_us, sequence) AS ordinal
FROM (SELECT segment_id, sequence, max(start_us) OVER (
          PARTITION BY camera_id, stream ORDER BY sequence) AS reached_us
      FROM segments);
UPDATE segments SET ordinal = told.ordinal FROM numbered_by_time AS told
WHERE told.segment_id = segments.segment_id;
