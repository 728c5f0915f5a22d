-- follows: state 0 requested (a private account approves), 1 approved.
CREATE TABLE follows (
  follower_id BIGINT NOT NULL REFERENCES accounts (id),
  followee_id BIGINT NOT NULL REFERENCES accounts (id),
  state BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (follower_id, followee_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX follows_followee ON follows (followee_id, state, created_at, follower_id);
CREATE INDEX follows_follower ON follows (follower_id, state, created_at, followee_id);

CREATE TABLE blocks (
  blocker_id BIGINT NOT NULL REFERENCES accounts (id),
  blocked_id BIGINT NOT NULL REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (blocker_id, blocked_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX blocks_blocked ON blocks (blocked_id, blocker_id);
