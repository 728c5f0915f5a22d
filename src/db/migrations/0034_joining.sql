-- invitations: links that let people in. The token is nowhere, its hash is. email '': whoever has
-- the link. A use is counted in the transaction that makes the account, never before: a sign-up
-- that nobody finishes costs none.
CREATE TABLE invitations (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  maker_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  token_hash BYTEA NOT NULL UNIQUE,
  email TEXT NOT NULL,
  uses BIGINT NOT NULL,
  uses_max BIGINT NOT NULL,
  revoked BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_maker ON invitations (maker_id, id);
CREATE INDEX invitations_age ON invitations (expires_at);

-- What a sign-up brings along: its invitation (0: none), and what was accepted when.
ALTER TABLE signups ADD COLUMN invitation_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signups ADD COLUMN terms_version TEXT NOT NULL DEFAULT '';
ALTER TABLE signups ADD COLUMN terms_accepted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE signups ADD COLUMN confirmed_age BIGINT NOT NULL DEFAULT 0;

-- terms_accepted_at 0: an account that was made by the command line, or before there were terms.
-- avatar: names its pictures below avatars/ of the object store; '': none.
ALTER TABLE accounts ADD COLUMN terms_version TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN terms_accepted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN confirmed_age BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX accounts_avatar ON accounts (avatar) WHERE avatar <> '';

-- Cards show the avatar, so what remembers them has to hear of a new one.
-- sqlite
DROP TRIGGER accounts_updated;
CREATE TRIGGER accounts_updated AFTER UPDATE OF id, handle, name, state, private, avatar ON accounts
BEGIN
  INSERT INTO changes (kind, id) VALUES (2, OLD.id);
END;
-- end
-- postgres
DROP TRIGGER accounts_updated ON accounts;
CREATE TRIGGER accounts_updated AFTER UPDATE OF id, handle, name, state, private, avatar ON accounts
  FOR EACH ROW EXECUTE FUNCTION record_change(2);
-- end
