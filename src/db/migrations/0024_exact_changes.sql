-- changes.account_id: whose photo it was, so that what is remembered of a person can be forgotten.
-- kind 4: id is an account whose home feed may draw on other people now (a follow, a block). Only
-- SQLite commits in the order of seq, so that memory can be exactly as old as a snapshot
-- (feed/home_memory.h); on PostgreSQL nobody would read these rows.
ALTER TABLE changes ADD COLUMN account_id BIGINT NOT NULL DEFAULT 0;
-- sqlite
DROP TRIGGER photos_inserted;
DROP TRIGGER photos_updated;
DROP TRIGGER photos_deleted;
CREATE TRIGGER photos_inserted AFTER INSERT ON photos WHEN NEW.state = 3
BEGIN
  INSERT INTO changes (kind, id, account_id) VALUES (1, NEW.id, NEW.owner_id);
END;
CREATE TRIGGER photos_updated AFTER UPDATE OF id, owner_id, title, description, alt, tags, labels,
  visibility, state, reason, width, height, thumbhash, renditions, epoch, original, created_at
  ON photos
BEGIN
  INSERT INTO changes (kind, id, account_id) VALUES (1, OLD.id, OLD.owner_id);
END;
CREATE TRIGGER photos_deleted AFTER DELETE ON photos
BEGIN
  INSERT INTO changes (kind, id, account_id) VALUES (1, OLD.id, OLD.owner_id);
END;
CREATE TRIGGER follows_inserted AFTER INSERT ON follows WHEN NEW.state = 1
BEGIN
  INSERT INTO changes (kind, id) VALUES (4, NEW.follower_id);
END;
CREATE TRIGGER follows_updated AFTER UPDATE OF state ON follows
BEGIN
  INSERT INTO changes (kind, id) VALUES (4, NEW.follower_id);
END;
CREATE TRIGGER follows_deleted AFTER DELETE ON follows WHEN OLD.state = 1
BEGIN
  INSERT INTO changes (kind, id) VALUES (4, OLD.follower_id);
END;
CREATE TRIGGER blocks_inserted AFTER INSERT ON blocks
BEGIN
  INSERT INTO changes (kind, id) VALUES (4, NEW.blocker_id), (4, NEW.blocked_id);
END;
CREATE TRIGGER blocks_deleted AFTER DELETE ON blocks
BEGIN
  INSERT INTO changes (kind, id) VALUES (4, OLD.blocker_id), (4, OLD.blocked_id);
END;
-- end
