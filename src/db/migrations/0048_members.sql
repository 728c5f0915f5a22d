-- What an administrator grants one member beside what everybody has. NULL: what everybody has.
ALTER TABLE accounts ADD COLUMN quota BIGINT;

-- What administrators did to accounts. It outlives what it speaks of, so it refers to nothing, and
-- the database refuses to change it, but for the reason where the account is being erased: that is
-- emptied. action: 0 role, 1 suspend, 2 reinstate, 3 quota, 4 sessions.
-- detail: a role's name, bytes, how many sessions; reason: in the administrator's words.
CREATE TABLE admin_actions (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  actor_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  action BIGINT NOT NULL,
  detail TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX admin_actions_account ON admin_actions (account_id, id);

-- sqlite
CREATE TRIGGER admin_actions_kept_as_they_are BEFORE UPDATE ON admin_actions
  WHEN NOT (NEW.reason = ''
    AND EXISTS (SELECT 1 FROM departures d WHERE d.account_id = OLD.account_id AND d.phase = 2)
    AND NEW.id = OLD.id AND NEW.actor_id = OLD.actor_id AND NEW.account_id = OLD.account_id
    AND NEW.action = OLD.action AND NEW.detail = OLD.detail AND NEW.created_at = OLD.created_at)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER admin_actions_kept BEFORE DELETE ON admin_actions
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- end
-- postgres
CREATE TRIGGER admin_actions_kept BEFORE DELETE OR TRUNCATE
  ON admin_actions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE FUNCTION keep_action() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.reason = '' AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason'
    AND EXISTS (SELECT 1 FROM departures d WHERE d.account_id = OLD.account_id AND d.phase = 2) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER admin_actions_kept_as_they_are BEFORE UPDATE
  ON admin_actions FOR EACH ROW EXECUTE FUNCTION keep_action();
-- end
