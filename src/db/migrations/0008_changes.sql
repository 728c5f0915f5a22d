-- changes: what a process that remembers photos or accounts has to forget, and what it has to tell
-- those who look. The database itself writes it, in the transaction of the change, so that no
-- writer can leave it out; what changes all the time (likes, counts) is left out. kind: 1 photo,
-- 2 account. Of a new photo only a published one is told: nobody knows another one yet.
-- PostgreSQL commits out of the order of seq: there a reader goes by the transaction's id, which is
-- in no snapshot before it is in all later ones.
-- changes_pruned: one row, the last seq (PostgreSQL: the last transaction) that was dropped.
CREATE TABLE changes_pruned (id BIGINT PRIMARY KEY, up_to BIGINT NOT NULL);
-- sqlite
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,
  kind BIGINT NOT NULL,
  id BIGINT NOT NULL
);
CREATE TRIGGER photos_inserted AFTER INSERT ON photos WHEN NEW.state = 3
BEGIN
  INSERT INTO changes (kind, id) VALUES (1, NEW.id);
END;
CREATE TRIGGER photos_updated AFTER UPDATE OF id, owner_id, title, description, alt, tags, labels,
  visibility, state, reason, width, height, thumbhash, renditions, epoch, original, created_at
  ON photos
BEGIN
  INSERT INTO changes (kind, id) VALUES (1, OLD.id);
END;
CREATE TRIGGER photos_deleted AFTER DELETE ON photos
BEGIN
  INSERT INTO changes (kind, id) VALUES (1, OLD.id);
END;
CREATE TRIGGER accounts_updated AFTER UPDATE OF id, handle, name, state, private ON accounts
BEGIN
  INSERT INTO changes (kind, id) VALUES (2, OLD.id);
END;
CREATE TRIGGER accounts_deleted AFTER DELETE ON accounts
BEGIN
  INSERT INTO changes (kind, id) VALUES (2, OLD.id);
END;
-- end
-- postgres
CREATE TABLE changes (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction BIGINT NOT NULL DEFAULT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT),
  kind BIGINT NOT NULL,
  id BIGINT NOT NULL
);
CREATE INDEX changes_transaction ON changes (transaction);
CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (kind, id)
    VALUES (CAST(TG_ARGV[0] AS BIGINT), CASE TG_OP WHEN 'INSERT' THEN NEW.id ELSE OLD.id END);
  RETURN NULL;
END
$$;
CREATE TRIGGER photos_inserted AFTER INSERT ON photos
  FOR EACH ROW WHEN (NEW.state = 3) EXECUTE FUNCTION record_change(1);
CREATE TRIGGER photos_updated AFTER UPDATE OF id, owner_id, title, description, alt, tags, labels,
  visibility, state, reason, width, height, thumbhash, renditions, epoch, original, created_at
  ON photos FOR EACH ROW EXECUTE FUNCTION record_change(1);
CREATE TRIGGER photos_deleted AFTER DELETE ON photos
  FOR EACH ROW EXECUTE FUNCTION record_change(1);
CREATE TRIGGER accounts_updated AFTER UPDATE OF id, handle, name, state, private ON accounts
  FOR EACH ROW EXECUTE FUNCTION record_change(2);
CREATE TRIGGER accounts_deleted AFTER DELETE ON accounts
  FOR EACH ROW EXECUTE FUNCTION record_change(2);
-- end
