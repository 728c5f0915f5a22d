-- Whether a job of some kind and key has given up is asked before another one is enqueued.
CREATE INDEX jobs_given_up ON jobs (kind, key) WHERE key IS NOT NULL AND state = 3;
