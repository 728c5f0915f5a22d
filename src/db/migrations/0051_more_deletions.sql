-- deletions, more of what must not come back with a restore. what: 9 a comment was removed by
-- moderation, 10 and is back, 11 a session ended, or has another id and token since, 12 a token was
-- revoked, 13 the bytes of a removed photo are erased. name: of 6 (a photo is back) the state that
-- it has now, for it may be back and held.
-- A session or a token that is over by its time (0: none) is over in a restored database, too: what
-- sweeps thousands of them writes nothing here.
-- sqlite
DROP TRIGGER photos_removed;
CREATE TRIGGER photos_removed AFTER UPDATE OF state ON photos
  WHEN (NEW.state = 5) <> (OLD.state = 5)
BEGIN
  INSERT INTO deletions (what, id, name, created_at)
    VALUES (CASE NEW.state WHEN 5 THEN 5 ELSE 6 END, OLD.id,
            CASE NEW.state WHEN 5 THEN '' ELSE CAST(NEW.state AS TEXT) END,
            CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER photos_erased AFTER UPDATE OF original ON photos
  WHEN NEW.original = '' AND OLD.original <> ''
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (13, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER comments_removed AFTER UPDATE OF state ON comments
  WHEN (NEW.state = 2) <> (OLD.state = 2)
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (CASE NEW.state WHEN 2 THEN 9 ELSE 10 END, OLD.id,
            CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER sessions_ended AFTER DELETE ON sessions
  WHEN OLD.expires_at > CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (11, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER sessions_renewed AFTER UPDATE OF id ON sessions WHEN NEW.id <> OLD.id
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (11, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
CREATE TRIGGER tokens_revoked AFTER DELETE ON tokens
  WHEN OLD.expires_at = 0
    OR OLD.expires_at > CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
BEGIN
  INSERT INTO deletions (what, id, created_at)
    VALUES (12, OLD.id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER));
END;
-- end
-- postgres
DROP TRIGGER photos_reinstated ON photos;
CREATE FUNCTION note_reinstated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deletions (what, id, name, created_at)
    VALUES (6, OLD.id, CAST(NEW.state AS TEXT),
            CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT));
  RETURN NULL;
END
$$;
CREATE TRIGGER photos_reinstated AFTER UPDATE OF state ON photos
  FOR EACH ROW WHEN (NEW.state <> 5 AND OLD.state = 5) EXECUTE FUNCTION note_reinstated();
CREATE TRIGGER photos_erased AFTER UPDATE OF original ON photos
  FOR EACH ROW WHEN (NEW.original = '' AND OLD.original <> '') EXECUTE FUNCTION note_deletion(13);
CREATE TRIGGER comments_removed AFTER UPDATE OF state ON comments
  FOR EACH ROW WHEN (NEW.state = 2 AND OLD.state <> 2) EXECUTE FUNCTION note_deletion(9);
CREATE TRIGGER comments_reinstated AFTER UPDATE OF state ON comments
  FOR EACH ROW WHEN (NEW.state <> 2 AND OLD.state = 2) EXECUTE FUNCTION note_deletion(10);
CREATE TRIGGER sessions_ended AFTER DELETE ON sessions
  FOR EACH ROW WHEN (OLD.expires_at > extract(epoch FROM clock_timestamp()) * 1000000)
  EXECUTE FUNCTION note_deletion(11);
CREATE TRIGGER sessions_renewed AFTER UPDATE OF id ON sessions
  FOR EACH ROW WHEN (NEW.id <> OLD.id) EXECUTE FUNCTION note_deletion(11);
CREATE TRIGGER tokens_revoked AFTER DELETE ON tokens
  FOR EACH ROW WHEN (OLD.expires_at = 0
    OR OLD.expires_at > extract(epoch FROM clock_timestamp()) * 1000000)
  EXECUTE FUNCTION note_deletion(12);
-- end
