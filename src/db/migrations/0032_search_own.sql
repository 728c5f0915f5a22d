-- Owners find their photos before those are published: what is developed, and what is held, is
-- indexed, too. What is held already is found by a walk. On PostgreSQL that walk gives all photos
-- the tokens of their whole tags and labels (src/db/search_query.h).
-- sqlite
INSERT INTO search_walk (id, account_id, doc)
  SELECT 1, 0, 9223372036854775807 WHERE EXISTS (SELECT 1 FROM photos WHERE state IN (2, 4))
  ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, doc = excluded.doc;
DROP TRIGGER accounts_renamed;
CREATE TRIGGER accounts_renamed AFTER UPDATE OF handle, name ON accounts
  WHEN (OLD.handle <> NEW.handle OR OLD.name <> NEW.name) AND EXISTS
    (SELECT 1 FROM photos p WHERE p.owner_id = NEW.id AND p.state IN (2, 3, 4))
BEGIN
  INSERT INTO search_renamed (account_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
-- end
-- postgres
INSERT INTO search_walk (id, account_id, doc)
  SELECT 1, 0, 9223372036854775807 WHERE EXISTS (SELECT 1 FROM photos)
  ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, doc = excluded.doc;
CREATE OR REPLACE FUNCTION note_rename() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_renamed (account_id)
    SELECT NEW.id WHERE EXISTS
      (SELECT 1 FROM photos p WHERE p.owner_id = NEW.id AND p.state IN (2, 3, 4))
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
-- end
