-- accounts: a person whose e-mail address is proved.
-- role: 0 member, 1 moderator, 2 administrator. state: 0 active, 1 suspended, 2 deleted.
CREATE TABLE accounts (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  handle TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  bio TEXT NOT NULL DEFAULT '',
  country TEXT NOT NULL,
  role BIGINT NOT NULL DEFAULT 0,
  state BIGINT NOT NULL DEFAULT 0,
  private BIGINT NOT NULL DEFAULT 0,
  photos BIGINT NOT NULL DEFAULT 0,
  followers BIGINT NOT NULL DEFAULT 0,
  following BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);
CREATE INDEX accounts_staff ON accounts (role) WHERE role > 0;

-- signups: waiting for the code from the e-mail. A row of its own, so that an address that is taken
-- cannot be told from one that is free: taken = 1 means that the mail said so and no code fits.
CREATE TABLE signups (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  handle TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  country TEXT NOT NULL,
  code_hash BYTEA,
  code_expires_at BIGINT NOT NULL,
  tries BIGINT NOT NULL DEFAULT 0,
  binding_hash BYTEA,
  taken BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX signups_email ON signups (email, created_at);
CREATE INDEX signups_age ON signups (created_at);

CREATE TABLE password_resets (
  token_hash BYTEA PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  expires_at BIGINT NOT NULL
);
CREATE INDEX password_resets_account ON password_resets (account_id);

-- The one-time link of a server without any administrator.
CREATE TABLE setup_links (
  token_hash BYTEA PRIMARY KEY,
  expires_at BIGINT NOT NULL
);

CREATE TABLE sessions (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  token_hash BYTEA NOT NULL UNIQUE,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
