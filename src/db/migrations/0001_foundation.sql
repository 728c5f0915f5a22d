-- What every feature stands on: secrets of the instance, jobs, kept mails.
-- Types that both engines read alike: BIGINT for integers, truth (0 or 1) and time (microseconds
-- UTC), TEXT, BYTEA (SQLite stores bytes as they are whatever the type's name), DOUBLE PRECISION.

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value BYTEA NOT NULL
);

CREATE TABLE jobs (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  lane BIGINT NOT NULL,
  state BIGINT NOT NULL,
  key TEXT,
  run_at BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  worker TEXT,
  lease_until BIGINT,
  last_error TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE UNIQUE INDEX jobs_key ON jobs (kind, key) WHERE key IS NOT NULL AND state IN (0, 1);
CREATE INDEX jobs_due ON jobs (lane, run_at, id) WHERE state = 0;
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 1;
CREATE INDEX jobs_dead ON jobs (id) WHERE state = 3;
CREATE INDEX jobs_ended ON jobs (finished_at) WHERE state IN (2, 3);

CREATE TABLE mails (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  message_id TEXT NOT NULL UNIQUE,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
