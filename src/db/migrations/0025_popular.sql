-- popular: the most popular public photos, as they were ranked last. place: 1 is the most popular.
-- Whoever reads it looks again whether a photo may still be seen.
CREATE TABLE popular (
  place BIGINT PRIMARY KEY,
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  score DOUBLE PRECISION NOT NULL,
  ranked_at BIGINT NOT NULL
);
CREATE INDEX popular_photo ON popular (photo_id);
