-- old_handles: what an account was called. It leads to the account and is nobody else's until
-- kept_until; then the row goes.
CREATE TABLE old_handles (
  handle TEXT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kept_until BIGINT NOT NULL
);
CREATE INDEX old_handles_account ON old_handles (account_id);
CREATE INDEX old_handles_age ON old_handles (kept_until);
ALTER TABLE accounts ADD COLUMN handle_changed_at BIGINT NOT NULL DEFAULT 0;

-- email_changes: a new address that waits for the code sent to it and for the link sent to the old
-- one. taken = 1: the address has an account, its mail said so, and no code fits.
CREATE TABLE email_changes (
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  session_id BIGINT NOT NULL,
  email TEXT NOT NULL,
  taken BIGINT NOT NULL,
  code_hash BYTEA NOT NULL,
  code_expires_at BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  link_hash BYTEA NOT NULL UNIQUE,
  by_code BIGINT NOT NULL DEFAULT 0,
  by_link BIGINT NOT NULL DEFAULT 0,
  expires_at BIGINT NOT NULL
);
CREATE INDEX email_changes_age ON email_changes (expires_at);

-- known_logins: from where an account logged in before; a hash of program and network.
CREATE TABLE known_logins (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  mark BYTEA NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, mark)
);

-- totp: the secret of an authenticator. on_since 0: not confirmed by a code yet. last_step: of the
-- newest code that was used; only later ones are good.
CREATE TABLE totp (
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  secret BYTEA NOT NULL,
  on_since BIGINT NOT NULL,
  last_step BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE recovery_codes (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  code_hash BYTEA NOT NULL,
  PRIMARY KEY (account_id, code_hash)
);

-- tokens: of programs that act for an account. scopes: bits of Scope. expires_at 0: never.
CREATE TABLE tokens (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_hash BYTEA NOT NULL UNIQUE,
  scopes BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_account ON tokens (account_id, id);
