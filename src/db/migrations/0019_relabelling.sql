-- relabelling: one row, how far the walk over all photos is that looks at them again after the
-- models have changed. It goes from the newest to the oldest; before_id: the next one is older; 0:
-- all are done. seen and changed count photos.
CREATE TABLE relabelling (
  id BIGINT PRIMARY KEY,
  before_id BIGINT NOT NULL,
  photos BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX photos_held ON photos (id) WHERE state = 4;
