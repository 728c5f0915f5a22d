CREATE TABLE likes (
  photo_id BIGINT NOT NULL REFERENCES photos (id),
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (photo_id, account_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
-- "Liked by me" of a page of photos is one range scan.
CREATE INDEX likes_account ON likes (account_id, photo_id);
