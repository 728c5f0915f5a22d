-- jobs in turn: turn orders a lane so that each account waits only for its own and for as many of
-- each other's. 0 where a job belongs to nobody. (Goyal, Vin and Cheng, "Start-time fair queueing",
-- SIGCOMM 1996, with every job of the same length.)
ALTER TABLE jobs ADD COLUMN account_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
CREATE INDEX jobs_turn ON jobs (lane, turn, run_at, id) WHERE state = 0;
CREATE INDEX jobs_running ON jobs (lane, turn) WHERE state = 1;
CREATE INDEX jobs_account ON jobs (lane, account_id, turn) WHERE state IN (0, 1);

-- schedules: when a task is due again, for all processes together.
CREATE TABLE schedules (
  name TEXT PRIMARY KEY,
  next_at BIGINT NOT NULL
);
