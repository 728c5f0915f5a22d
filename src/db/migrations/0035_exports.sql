-- exports: everything of one account, as one archive that is computed while it is sent: its
-- originals lie where they are, the object exports/<id> holds the rest. One for each account, the
-- newest. state: 0 it is being made, 1 ready, 2 failed. photos: how many it has; done: of how many
-- the checksum is known. left_out: photos whose file is damaged here. key: Idempotency-Key, or ''.
CREATE TABLE exports (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
  state BIGINT NOT NULL,
  key TEXT NOT NULL,
  photos BIGINT NOT NULL DEFAULT 0,
  done BIGINT NOT NULL DEFAULT 0,
  left_out BIGINT NOT NULL DEFAULT 0,
  size BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  ready_at BIGINT,
  expires_at BIGINT NOT NULL
);
CREATE INDEX exports_expiry ON exports (expires_at);

-- Whose bytes an archive holds. No reference to photos: it is to be found out that one is gone.
CREATE TABLE export_photos (
  export_id BIGINT NOT NULL REFERENCES exports (id) ON DELETE CASCADE,
  photo_id BIGINT NOT NULL,
  PRIMARY KEY (export_id, photo_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end

-- CRC-32 of the bytes, which a ZIP archive asks for; NULL until the first export.
ALTER TABLE originals ADD COLUMN crc32 BIGINT;

-- uploads.archive: 1 for an archive to be imported. It reserves nothing of the quota, its file
-- stays in the spool, and its state 3 says that an import has it.
ALTER TABLE uploads ADD COLUMN archive BIGINT NOT NULL DEFAULT 0;

-- imports: an archive that becomes photos, a few at a time. One for each account, the newest. kind:
-- 0 not looked at yet, 1 Picsharz, 2 Instagram. state: 0 running, 1 done, 2 failed, 3 cancelled.
-- with_people, with_profile: what else was wished for. photos: in the archive, 0 before they were
-- counted. key: Idempotency-Key, or ''.
CREATE TABLE imports (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
  upload_id BIGINT NOT NULL,
  with_people BIGINT NOT NULL,
  with_profile BIGINT NOT NULL,
  key TEXT NOT NULL,
  kind BIGINT NOT NULL DEFAULT 0,
  state BIGINT NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  photos BIGINT NOT NULL DEFAULT 0,
  people BIGINT NOT NULL DEFAULT 0,
  people_unknown BIGINT NOT NULL DEFAULT 0,
  likes BIGINT NOT NULL DEFAULT 0,
  likes_unknown BIGINT NOT NULL DEFAULT 0,
  comments_left BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);

-- One for each photo of the archive that was looked at, numbered from 1 in the archive's order.
-- outcome: 0 the photo is there, what is said about it is not yet; 1 taken; 2 known: there was one
-- of these bytes; 3 refused. old_id: of the photo where it came from.
CREATE TABLE import_items (
  import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  file TEXT NOT NULL,
  old_id TEXT NOT NULL,
  photo_id BIGINT,
  outcome BIGINT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (import_id, number)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX import_items_photo ON import_items (import_id, photo_id);
CREATE INDEX import_items_old ON import_items (import_id, old_id);
