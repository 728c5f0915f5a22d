-- What things cost: edits of the two price books, newest version last; before the first one the
-- prices of the program hold. An edit is for the record, so it refers to nothing and the database
-- refuses to change it. amount: millionths of a dollar for a unit.
CREATE TABLE price_edits (
  book TEXT NOT NULL,
  version BIGINT NOT NULL,
  actor_id BIGINT NOT NULL,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (book, version)
);
CREATE TABLE price_changes (
  book TEXT NOT NULL,
  version BIGINT NOT NULL,
  price TEXT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (book, version, price)
);
-- sqlite
CREATE TRIGGER price_edits_kept_as_they_are BEFORE UPDATE ON price_edits
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER price_edits_kept BEFORE DELETE ON price_edits
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER price_changes_kept_as_they_are BEFORE UPDATE ON price_changes
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER price_changes_kept BEFORE DELETE ON price_changes
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- end
-- postgres
CREATE TRIGGER price_edits_kept BEFORE UPDATE OR DELETE OR TRUNCATE
  ON price_edits FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER price_changes_kept BEFORE UPDATE OR DELETE OR TRUNCATE
  ON price_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end

-- What people write about on public photos, as it was found the last time: one row a question. Only
-- words of several members are in it, and a new one takes its place within hours.
CREATE TABLE tag_analyses (
  name TEXT PRIMARY KEY,
  made_at BIGINT NOT NULL,
  result TEXT NOT NULL
);
