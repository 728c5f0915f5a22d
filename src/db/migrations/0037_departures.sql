-- departures: accounts that were deleted (docs/adr/0025-leaving.md). phase: 0 in the days of grace,
-- 1 taken back and not yet put together again, 2 being erased, 3 erased but for what is left in the
-- files of the database. state_before: of the account, which it has again when it is taken back. No
-- reference: the row outlives the account.
CREATE TABLE departures (
-- sqlite
  account_id INTEGER PRIMARY KEY,
-- end
-- postgres
  account_id BIGINT PRIMARY KEY,
-- end
  phase BIGINT NOT NULL,
  state_before BIGINT NOT NULL,
  left_at BIGINT NOT NULL,
  erase_at BIGINT NOT NULL
);
CREATE INDEX departures_due ON departures (erase_at);

-- departure_journal: ids and times only, kept for ever: whoever restores a backup erases again what
-- was erased since. event: 0 deleted, 1 taken back, 2 erased. operator: 1: by the command line.
CREATE TABLE departure_journal (
-- sqlite
  seq INTEGER PRIMARY KEY,
-- end
-- postgres
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL,
  event BIGINT NOT NULL,
  operator BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX departure_journal_account ON departure_journal (account_id);

-- Whoever takes apart or puts together what people did holds this one row: what two of them did to
-- each other has an order then.
CREATE TABLE departure_turns (id BIGINT PRIMARY KEY, turns BIGINT NOT NULL);
INSERT INTO departure_turns (id, turns) VALUES (1, 0);

-- departed_likes: what a departed account liked; neither counted nor listed. Its follows stay in
-- their table, with 2 added to their state; its comments too, with the state 3.
CREATE TABLE departed_likes (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, photo_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX departed_likes_photo ON departed_likes (photo_id);

-- Of the audit log ids and codes stay. What a moderator wrote about somebody who is being erased is
-- emptied: the one change that the log takes.
-- sqlite
DROP TRIGGER moderation_decisions_kept_as_they_are;
CREATE TRIGGER moderation_decisions_kept_as_they_are BEFORE UPDATE ON moderation_decisions
  WHEN NOT (NEW.note = ''
    AND EXISTS (SELECT 1 FROM departures d WHERE d.account_id = OLD.owner_id AND d.phase = 2)
    AND NEW.id = OLD.id AND NEW.case_id = OLD.case_id AND NEW.photo_id = OLD.photo_id
    AND NEW.owner_id = OLD.owner_id AND NEW.actor_id IS OLD.actor_id
    AND NEW.action = OLD.action AND NEW.reason = OLD.reason
    AND NEW.state_before = OLD.state_before AND NEW.state_after = OLD.state_after
    AND NEW.reason_before IS OLD.reason_before
    AND NEW.owner_state_before = OLD.owner_state_before AND NEW.facts = OLD.facts
    AND NEW.undoes IS OLD.undoes AND NEW.created_at = OLD.created_at
    AND NEW.comment_id IS OLD.comment_id)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- end
-- postgres
DROP TRIGGER moderation_decisions_kept ON moderation_decisions;
CREATE TRIGGER moderation_decisions_kept BEFORE DELETE OR TRUNCATE
  ON moderation_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.note = '' AND to_jsonb(NEW) - 'note' = to_jsonb(OLD) - 'note'
    AND EXISTS (SELECT 1 FROM departures d WHERE d.account_id = OLD.owner_id AND d.phase = 2) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER moderation_decisions_kept_as_they_are BEFORE UPDATE
  ON moderation_decisions FOR EACH ROW EXECUTE FUNCTION keep_decision();
-- end
