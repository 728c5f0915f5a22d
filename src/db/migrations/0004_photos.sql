-- photos. visibility: 0 public, 1 followers, 2 private. state: 0 received, 1 decoding,
-- 2 classifying, 3 published, 4 held, 5 removed, 6 rejected. Ids sort by the time of upload: lists
-- walk by id.
-- tags and labels hold the JSON of the card, written with the rows of photo_tags and photo_labels.
-- epoch: media URLs signed with an older one are dead.
CREATE TABLE photos (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  owner_id BIGINT NOT NULL REFERENCES accounts (id),
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  alt TEXT NOT NULL,
  tags TEXT NOT NULL DEFAULT '[]',
  labels TEXT NOT NULL DEFAULT '[]',
  visibility BIGINT NOT NULL,
  state BIGINT NOT NULL,
  reason TEXT,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  thumbhash TEXT,
  renditions TEXT NOT NULL DEFAULT '',
  likes BIGINT NOT NULL DEFAULT 0,
  comments BIGINT NOT NULL DEFAULT 0,
  epoch BIGINT NOT NULL DEFAULT 1,
  original TEXT NOT NULL,
  format BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  file_name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX photos_owner ON photos (owner_id, id);
CREATE INDEX photos_published ON photos (owner_id, id) WHERE state = 3;
CREATE INDEX photos_recent ON photos (id) WHERE state = 3 AND visibility = 0;
CREATE INDEX photos_original ON photos (original);
CREATE INDEX photos_unfinished ON photos (state) WHERE state < 3;

CREATE TABLE photo_tags (
  photo_id BIGINT NOT NULL REFERENCES photos (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (photo_id, tag)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX photo_tags_tag ON photo_tags (tag, photo_id);

CREATE TABLE photo_labels (
  photo_id BIGINT NOT NULL REFERENCES photos (id),
  name TEXT NOT NULL,
  confidence DOUBLE PRECISION NOT NULL,
  models TEXT NOT NULL,
  PRIMARY KEY (photo_id, name)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX photo_labels_name ON photo_labels (name, photo_id);

-- What the classifier said, kept so that a policy can be replayed. stage: 1 the first moderation
-- model, 2 the second, where it was asked.
CREATE TABLE assessments (
  photo_id BIGINT NOT NULL REFERENCES photos (id),
  models TEXT NOT NULL,
  stage BIGINT NOT NULL,
  verdict BIGINT NOT NULL,
  drawing DOUBLE PRECISION NOT NULL,
  hentai DOUBLE PRECISION NOT NULL,
  neutral DOUBLE PRECISION NOT NULL,
  porn DOUBLE PRECISION NOT NULL,
  sexy DOUBLE PRECISION NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (photo_id, models, stage)
);
