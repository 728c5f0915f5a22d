-- Use, counted in memory and added up by hour (kept 100 days) and by day (kept for ever): no person
-- is in it. kind: see base/tally.h ('sign_up', 'log_in', 'upload', 'view', 'like', ...). label: a
-- kind's small, bounded classes ('media', 'decode', 'image/jpeg', ...). amount: bytes or
-- microseconds, by kind; 0 where there is none. A gauge has its last value there, and count 1.
CREATE TABLE usage_hours (
  hour BIGINT NOT NULL,  -- its beginning, microseconds UTC
  kind TEXT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  count BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (kind, hour, label)  -- a chart asks for one kind over a range
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end

CREATE TABLE usage_days (
  day BIGINT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  count BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (kind, day, label)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end

-- Who was here on a day (UTC): kept 35 days, for active members of a week and a month, and
-- retention.
CREATE TABLE active_days (
  day BIGINT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (day, account_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX active_days_account ON active_days (account_id);

-- What remains of it: numbers.
CREATE TABLE active_counts (
  day BIGINT PRIMARY KEY,
  daily BIGINT NOT NULL,
  weekly BIGINT NOT NULL,
  monthly BIGINT NOT NULL
);

-- cohort: the Monday (UTC, microseconds) of the week of sign-up; week: 0, 1, 2 ... after it.
CREATE TABLE retention_weeks (
  cohort BIGINT NOT NULL,
  week BIGINT NOT NULL,
  members BIGINT NOT NULL,
  active BIGINT NOT NULL,
  PRIMARY KEY (cohort, week)
);

-- What was looked for: words folded, nobody's name beside them, kept 90 days; only words asked at
-- least 3 times a day are kept after it.
CREATE TABLE search_days (
  day BIGINT NOT NULL,
  words TEXT NOT NULL,
  searches BIGINT NOT NULL,
  without_result BIGINT NOT NULL,
  PRIMARY KEY (day, words)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end

-- Views of photos by day, kept 100 days (the total lives in usage_days).
CREATE TABLE photo_views (
  day BIGINT NOT NULL,
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  views BIGINT NOT NULL,
  PRIMARY KEY (day, photo_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX photo_views_photo ON photo_views (photo_id);
