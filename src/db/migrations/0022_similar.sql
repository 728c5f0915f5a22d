-- What photos are like. photo_embeddings: the numbers of a model, eight bits each; only those of
-- the same model compare. photo_sketches: 512 bits of them, in a table of their own because a
-- process reads all of them at once: a twentieth of the pages. photo_duplicates: of an owner's two
-- photos that are nearly the same, the newer one (photo_id) tells of the older one, until both are
-- wanted.
CREATE TABLE photo_embeddings (
-- sqlite
  photo_id INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  embedding BYTEA NOT NULL
-- end
-- postgres
  photo_id BIGINT PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  embedding BYTEA NOT NULL
-- end
);
CREATE TABLE photo_sketches (
-- sqlite
  photo_id INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  sketch BYTEA NOT NULL
-- end
-- postgres
  photo_id BIGINT PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  sketch BYTEA NOT NULL
-- end
);
CREATE TABLE photo_duplicates (
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  other_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  PRIMARY KEY (photo_id, other_id)
);
CREATE INDEX photo_duplicates_other ON photo_duplicates (other_id);
