-- moderation_blocklist: perceptual hashes of pictures that must not come back. photo_id: which
-- removed photo it is of; NULL where it was typed in or imported.
CREATE TABLE moderation_blocklist (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  phash BIGINT NOT NULL UNIQUE,
  photo_id BIGINT,
  added_by BIGINT,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX moderation_blocklist_photo ON moderation_blocklist (photo_id)
  WHERE photo_id IS NOT NULL;

-- Processes keep the list in memory; one row says whether it is still the same.
CREATE TABLE moderation_blocklist_version (id BIGINT PRIMARY KEY, version BIGINT NOT NULL);
