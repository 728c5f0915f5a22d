-- activity: what somebody did that another may want to hear of, until notifications take it. Ids
-- only, and no reference: a row lives for seconds. 0: no photo, no comment.
CREATE TABLE activity (
-- sqlite
  seq INTEGER PRIMARY KEY,
-- end
-- postgres
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
-- end
  kind BIGINT NOT NULL,
  actor_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  photo_id BIGINT NOT NULL,
  comment_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
