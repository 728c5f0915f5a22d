-- The home feed walks the photos of each followed person, newest first, from this index alone.
CREATE INDEX photos_followable ON photos (owner_id, id, state, visibility)
  WHERE state = 3 AND visibility <= 1;
