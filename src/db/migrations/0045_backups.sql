-- backups: what was made, as the administrators' pages list it. What counts is in the target, where
-- each has a manifest; a row without one is a try that failed. state: 0 waiting, 1 running, 2 made
-- and not proved, 3 proved, 4 failed, 5 the proof failed. kind: 0 full, 1 archive. done, total: of
-- the stage. asked_by: 0: the schedule, or the command line.
CREATE TABLE backups (
  id TEXT PRIMARY KEY,
  kind BIGINT NOT NULL,
  state BIGINT NOT NULL,
  stage TEXT NOT NULL DEFAULT '',
  done BIGINT NOT NULL DEFAULT 0,
  total BIGINT NOT NULL DEFAULT 0,
  all_again BIGINT NOT NULL DEFAULT 0,
  asked_by BIGINT NOT NULL DEFAULT 0,
  asked_at BIGINT NOT NULL,
  ended_at BIGINT,
  proved_at BIGINT,
  problem TEXT NOT NULL DEFAULT ''
);

-- deletions: what went, ids only, in the transaction in which it went. Copied beside the backups
-- (shipped 1), and kept for longer than any full backup: whoever restores one takes away again what
-- was taken away since. name: of an avatar. created_at: by the database's clock, for the order.
CREATE TABLE deletions (
-- sqlite
  seq INTEGER PRIMARY KEY,
-- end
-- postgres
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
-- end
  what BIGINT NOT NULL,
  id BIGINT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  shipped BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX deletions_waiting ON deletions (seq) WHERE shipped = 0;
CREATE INDEX deletions_age ON deletions (created_at);

-- what: 0 an account, 1 a photo, 2 a comment (or its text, where a tombstone stays), 3 a
-- collection, 4 an avatar, 5 a photo was removed by moderation, 6 and is back, 7 an account is
-- leaving, 8 and is back.
-- sqlite
CREATE TRIGGER accounts_gone AFTER DELETE ON accounts
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (0, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER photos_gone AFTER DELETE ON photos
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (1, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER comments_gone AFTER DELETE ON comments
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (2, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER comments_emptied AFTER UPDATE OF state ON comments
  WHEN NEW.state = 1 AND OLD.state <> 1
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (2, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER collections_gone AFTER DELETE ON collections
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (3, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER avatars_gone AFTER UPDATE OF avatar ON accounts
  WHEN OLD.avatar <> '' AND NEW.avatar <> OLD.avatar
BEGIN
  INSERT INTO deletions (what, id, name, created_at)
    VALUES (4, OLD.id, OLD.avatar,
            CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER photos_removed AFTER UPDATE OF state ON photos
  WHEN (NEW.state = 5) <> (OLD.state = 5)
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (CASE NEW.state WHEN 5 THEN 5 ELSE 6 END, OLD.id,
            CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER accounts_leaving AFTER UPDATE OF state ON accounts
  WHEN (NEW.state = 2) <> (OLD.state = 2)
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (CASE NEW.state WHEN 2 THEN 7 ELSE 8 END, OLD.id,
            CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
-- end
-- postgres
CREATE FUNCTION note_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (CAST(TG_ARGV[0] AS BIGINT), OLD.id,
            CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT));
  RETURN NULL;
END
$$;
CREATE TRIGGER accounts_gone AFTER DELETE ON accounts
  FOR EACH ROW EXECUTE FUNCTION note_deletion(0);
CREATE TRIGGER photos_gone AFTER DELETE ON photos
  FOR EACH ROW EXECUTE FUNCTION note_deletion(1);
CREATE TRIGGER comments_gone AFTER DELETE ON comments
  FOR EACH ROW EXECUTE FUNCTION note_deletion(2);
CREATE TRIGGER comments_emptied AFTER UPDATE OF state ON comments
  FOR EACH ROW WHEN (NEW.state = 1 AND OLD.state <> 1) EXECUTE FUNCTION note_deletion(2);
CREATE TRIGGER collections_gone AFTER DELETE ON collections
  FOR EACH ROW EXECUTE FUNCTION note_deletion(3);
CREATE TRIGGER photos_removed AFTER UPDATE OF state ON photos
  FOR EACH ROW WHEN (NEW.state = 5 AND OLD.state <> 5) EXECUTE FUNCTION note_deletion(5);
CREATE TRIGGER photos_reinstated AFTER UPDATE OF state ON photos
  FOR EACH ROW WHEN (NEW.state <> 5 AND OLD.state = 5) EXECUTE FUNCTION note_deletion(6);
CREATE TRIGGER accounts_leaving AFTER UPDATE OF state ON accounts
  FOR EACH ROW WHEN (NEW.state = 2 AND OLD.state <> 2) EXECUTE FUNCTION note_deletion(7);
CREATE TRIGGER accounts_returned AFTER UPDATE OF state ON accounts
  FOR EACH ROW WHEN (NEW.state <> 2 AND OLD.state = 2) EXECUTE FUNCTION note_deletion(8);
CREATE FUNCTION note_avatar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions (what, id, name, created_at)
    VALUES (4, OLD.id, OLD.avatar,
            CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT));
  RETURN NULL;
END
$$;
CREATE TRIGGER avatars_gone AFTER UPDATE OF avatar ON accounts
  FOR EACH ROW WHEN (OLD.avatar <> '' AND NEW.avatar <> OLD.avatar)
  EXECUTE FUNCTION note_avatar();
-- end
