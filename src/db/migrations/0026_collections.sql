-- collections: photos in an order of their owner's, also other people's. visibility as of photos.
-- saved: 1 for the one that everybody has for himself, made when its first photo is saved.
CREATE TABLE collections (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  owner_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  saved BIGINT NOT NULL DEFAULT 0,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  visibility BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX collections_owner ON collections (owner_id, id);
CREATE UNIQUE INDEX collections_saved ON collections (owner_id) WHERE saved = 1;

-- In the order of place. A photo that is gone is gone from every collection.
CREATE TABLE collection_photos (
  collection_id BIGINT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  place BIGINT NOT NULL,
  PRIMARY KEY (collection_id, photo_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX collection_photos_place ON collection_photos (collection_id, place, photo_id);
CREATE INDEX collection_photos_photo ON collection_photos (photo_id);
