-- originals: one row for each original in the object store, whoever sent it; photos refer to it by
-- its hash. A row is locked by whoever adds a photo of these bytes and by whoever erases them, so
-- that the two never meet. claims: uploads of these bytes that are under way; they count until
-- claimed_until, because a process that is killed takes none back.
-- checked_at: when the bytes were read and compared last. damage: NULL, 'missing' or 'altered'.
CREATE TABLE originals (
  sha256 TEXT PRIMARY KEY,
  bytes BIGINT NOT NULL,
  claims BIGINT NOT NULL DEFAULT 0,
  claimed_until BIGINT NOT NULL DEFAULT 0,
  checked_at BIGINT NOT NULL DEFAULT 0,
  damage TEXT,
  damaged_at BIGINT
);
CREATE INDEX originals_checked ON originals (checked_at, sha256);
CREATE INDEX originals_damaged ON originals (sha256) WHERE damage IS NOT NULL;
INSERT INTO originals (sha256, bytes) SELECT original, MAX(bytes) FROM photos GROUP BY original;

-- What is stored beside an original, made from it: its renditions and the picture for downloads.
CREATE TABLE renditions (
  original TEXT NOT NULL REFERENCES originals (sha256) ON DELETE CASCADE,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (original, name)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end

-- Objects that no photo names, by the hash in their key, and since when that is known.
CREATE TABLE orphans (
  original TEXT PRIMARY KEY,
  seen_at BIGINT NOT NULL
);

-- When a task that is not due each time was done last.
CREATE TABLE upkeep_marks (
  name TEXT PRIMARY KEY,
  done_at BIGINT NOT NULL
);
