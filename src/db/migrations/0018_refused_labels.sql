-- refused_labels: what an owner took off a photo, or made a tag of it: it does not come back when
-- the photo is looked at again.
CREATE TABLE refused_labels (
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (photo_id, name)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
