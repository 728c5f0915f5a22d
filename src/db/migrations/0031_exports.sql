-- exports: everything of one account, as one archive that is computed while it is sent: its originals
-- lie where they are, the object exports/<id> holds the rest. One for each account, the newest.
-- state: 0 it is being made, 1 ready, 2 failed. photos: how many it has; done: of how many the
-- checksum is known. left_out: photos whose file is damaged here. key: Idempotency-Key, or ''.
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

-- Whose bytes an archive holds. No reference to photos: that one is gone is what is to be found out.
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
