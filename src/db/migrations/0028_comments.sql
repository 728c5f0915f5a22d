-- comments_allowed: whoever sees the photo may write under it. New photos begin as the owner's
-- account says.
ALTER TABLE accounts ADD COLUMN comments_allowed BIGINT NOT NULL DEFAULT 1;
ALTER TABLE photo_details ADD COLUMN comments_allowed BIGINT NOT NULL DEFAULT 1;

-- comments: one level of threads. parent_id: the top comment that a reply stands under, 0 for a top
-- comment itself; no reference, because a tombstone takes the place of a row that goes. state: 0
-- published, 1 a tombstone (it was deleted and has replies: no author, no text), 2 removed by a
-- moderator. photos.comments counts those of state 0; whoever changes that holds the photo's row.
CREATE TABLE comments (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  parent_id BIGINT NOT NULL,
  author_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
  state BIGINT NOT NULL,
  text TEXT NOT NULL,
  edited_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX comments_thread ON comments (photo_id, parent_id, id);
CREATE INDEX comments_author ON comments (author_id, id);

-- comment_mentions: who is linked in a comment, decided when it was written. written: the handle as
-- it stands in the text; the account's may change.
CREATE TABLE comment_mentions (
  comment_id BIGINT NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  written TEXT NOT NULL,
  PRIMARY KEY (comment_id, account_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX comment_mentions_account ON comment_mentions (account_id);

-- kind 5 in changes: the comments of a photo changed; id is the photo's.
-- sqlite
CREATE TRIGGER comments_inserted AFTER INSERT ON comments
BEGIN
  INSERT INTO changes (kind, id) VALUES (5, NEW.photo_id);
END;
CREATE TRIGGER comments_updated AFTER UPDATE ON comments
BEGIN
  INSERT INTO changes (kind, id) VALUES (5, OLD.photo_id);
END;
CREATE TRIGGER comments_deleted AFTER DELETE ON comments
BEGIN
  INSERT INTO changes (kind, id) VALUES (5, OLD.photo_id);
END;
-- end
-- postgres
CREATE FUNCTION record_comment_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (kind, id)
    VALUES (5, CASE TG_OP WHEN 'INSERT' THEN NEW.photo_id ELSE OLD.photo_id END);
  RETURN NULL;
END
$$;
CREATE TRIGGER comments_changed AFTER INSERT OR UPDATE OR DELETE ON comments
  FOR EACH ROW EXECUTE FUNCTION record_comment_change();
-- end

-- A moderators' case is about a photo, or about a comment on it (comment_id). words: of the comment
-- when the case was opened; its author may edit it meanwhile.
ALTER TABLE moderation_cases
  ADD COLUMN comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE;
ALTER TABLE moderation_cases ADD COLUMN words TEXT NOT NULL DEFAULT '';
DROP INDEX moderation_cases_open;
CREATE UNIQUE INDEX moderation_cases_open ON moderation_cases (photo_id, (COALESCE(comment_id, 0)))
  WHERE closed_at IS NULL;
CREATE INDEX moderation_cases_comment ON moderation_cases (comment_id)
  WHERE comment_id IS NOT NULL;
ALTER TABLE moderation_decisions ADD COLUMN comment_id BIGINT;
ALTER TABLE appeals ADD COLUMN comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE;

-- comment_standing: the decision that a comment stands under.
CREATE TABLE comment_standing (
-- sqlite
  comment_id INTEGER PRIMARY KEY REFERENCES comments (id) ON DELETE CASCADE,
-- end
-- postgres
  comment_id BIGINT PRIMARY KEY REFERENCES comments (id) ON DELETE CASCADE,
-- end
  decision_id BIGINT NOT NULL
);

-- reports: one a member and photo, and one a member and comment.
-- sqlite
CREATE TABLE reports_of_both (
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE,
  reporter_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  case_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
INSERT INTO reports_of_both (photo_id, reporter_id, case_id, reason, note, created_at)
  SELECT photo_id, reporter_id, case_id, reason, note, created_at FROM reports;
DROP TABLE reports;
ALTER TABLE reports_of_both RENAME TO reports;
CREATE INDEX reports_case ON reports (case_id, created_at);
CREATE INDEX reports_reporter ON reports (reporter_id, created_at);
-- end
-- postgres
ALTER TABLE reports ADD COLUMN comment_id BIGINT REFERENCES comments (id) ON DELETE CASCADE;
ALTER TABLE reports DROP CONSTRAINT reports_pkey;
-- end
CREATE UNIQUE INDEX reports_once ON reports (photo_id, reporter_id, (COALESCE(comment_id, 0)));
CREATE INDEX reports_comment ON reports (comment_id) WHERE comment_id IS NOT NULL;
