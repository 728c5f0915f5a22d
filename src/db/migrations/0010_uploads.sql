-- accounts.bytes: of the originals of an account's photos, each counted, the same bytes twice too.
-- reserved: what its unfinished resumable uploads may still become; uploads: how many those are.
ALTER TABLE accounts ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN reserved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN uploads BIGINT NOT NULL DEFAULT 0;
UPDATE accounts SET bytes =
  (SELECT COALESCE(SUM(p.bytes), 0) FROM photos p WHERE p.owner_id = accounts.id);
-- Whether an account has these bytes is answered from its own rows alone: an index over everybody's
-- would let the time of the answer tell of others.
CREATE INDEX photos_owner_original ON photos (owner_id, original);

-- uploads: bytes that may come over several connections. state: 0 open, 1 done, 2 expired.
-- length: NULL while it is deferred. received: how many bytes of the spool's file are synced.
-- original: their SHA-256, before the file is moved away. An open upload that is complete becomes a
-- photo without its client.
CREATE TABLE uploads (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  state BIGINT NOT NULL DEFAULT 0,
  length BIGINT,
  received BIGINT NOT NULL DEFAULT 0,
  reserved BIGINT NOT NULL,
  original TEXT,
  photo_id BIGINT,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  alt TEXT NOT NULL,
  tags TEXT NOT NULL,
  visibility BIGINT NOT NULL,
  file_name TEXT NOT NULL,
  metadata TEXT NOT NULL,
  idempotency_key TEXT,
  fingerprint TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX uploads_key ON uploads (account_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX uploads_expiry ON uploads (expires_at);

-- idempotency_keys: the answers that creating requests were given. status: NULL while the first of
-- them runs, at most until claimed_until. made: the id of what it committed.
CREATE TABLE idempotency_keys (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  made BIGINT,
  status BIGINT,
  headers TEXT NOT NULL DEFAULT '',
  body TEXT NOT NULL DEFAULT '',
  claimed_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (account_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
