-- What belongs to a photo's page and not to its card. place is a name that the owner typed.
-- show_camera: others see camera, exposure, time and copyright. allow_download: others may have a
-- full-size picture. Both start as the owner's account says. The rest is what the camera or a
-- program wrote into the original, for its owner: camera is a JSON object ('' where there is none),
-- taken_at the local time with its zone where that is known, keywords a JSON list.
CREATE TABLE photo_details (
-- sqlite
  photo_id INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
-- end
-- postgres
  photo_id BIGINT PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
-- end
  place TEXT NOT NULL DEFAULT '',
  show_camera BIGINT NOT NULL DEFAULT 0,
  allow_download BIGINT NOT NULL DEFAULT 0,
  camera TEXT NOT NULL DEFAULT '',
  taken_at TEXT,
  copyright TEXT NOT NULL DEFAULT '',
  artist TEXT NOT NULL DEFAULT '',
  caption TEXT NOT NULL DEFAULT '',
  keywords TEXT NOT NULL DEFAULT '[]',
  latitude DOUBLE PRECISION,
  longitude DOUBLE PRECISION
);
INSERT INTO photo_details (photo_id) SELECT id FROM photos;

ALTER TABLE accounts ADD COLUMN show_camera BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN allow_download BIGINT NOT NULL DEFAULT 0;
