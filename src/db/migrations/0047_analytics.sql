-- The numbers of the dashboards that would take too long to count while somebody waits; a schedule
-- counts them anew (features/analytics/summary_service.h).

-- How much there was at the end of a day, kept for ever. kind: 'members', 'photos'. Of today: as of
-- the last time that it was counted.
CREATE TABLE analytics_days (
  day BIGINT NOT NULL,  -- its beginning, microseconds UTC
  kind TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (day, kind)
);

-- What there is now, by class. kind: 'country', 'format', 'camera', 'lens'; amount: bytes, of
-- formats.
CREATE TABLE analytics_counts (
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  count BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (kind, label)
);

-- Whose photos were looked at most on a day: few a day, and kept as long as photo_views.
CREATE TABLE analytics_people (
  day BIGINT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  views BIGINT NOT NULL,
  PRIMARY KEY (day, account_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX analytics_people_account ON analytics_people (account_id);

-- One row: when all this was counted last, and how many microseconds it took.
CREATE TABLE analytics_refresh (id BIGINT PRIMARY KEY, at BIGINT NOT NULL, took BIGINT NOT NULL);

-- The most of a day, from its end: no dashboard reads all that was looked at and looked for.
CREATE INDEX photo_views_most ON photo_views (day, views);
CREATE INDEX search_days_most ON search_days (day, searches);
CREATE INDEX search_days_empty ON search_days (day, without_result) WHERE without_result > 0;
CREATE INDEX search_days_words ON search_days (words, day);

-- What was decided in a stretch of time, and how long it had waited.
CREATE INDEX moderation_decisions_time ON moderation_decisions (created_at, action, reason, id);
CREATE INDEX moderation_decisions_undone ON moderation_decisions (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX moderation_cases_closed ON moderation_cases (closed_at, opened_at)
  WHERE closed_at IS NOT NULL;

-- The days before use was counted, from the rows that are still there. Who was erased signed up
-- once, too: an account's id holds the millisecond in which it was made.
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT at / 86400000000 * 86400000000, 'sign_up', '', count(*), 0
  FROM (SELECT created_at AS at FROM accounts
    UNION ALL SELECT (1704067200000 + account_id / 4194304) * 1000 FROM departure_journal
    WHERE event = 2) AS joined
  WHERE at > 0 GROUP BY 1 ON CONFLICT DO NOTHING;
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT created_at / 86400000000 * 86400000000, 'upload',
    CASE format WHEN 1 THEN 'image/jpeg' WHEN 2 THEN 'image/png' WHEN 3 THEN 'image/webp'
      WHEN 4 THEN 'image/gif' WHEN 5 THEN 'image/avif' ELSE 'image/heic' END,
    count(*), 0
  FROM photos WHERE true GROUP BY 1, 3 ON CONFLICT DO NOTHING;
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT created_at / 86400000000 * 86400000000, 'upload_bytes',
    CASE format WHEN 1 THEN 'image/jpeg' WHEN 2 THEN 'image/png' WHEN 3 THEN 'image/webp'
      WHEN 4 THEN 'image/gif' WHEN 5 THEN 'image/avif' ELSE 'image/heic' END,
    count(*), CAST(SUM(bytes) AS BIGINT)
  FROM photos WHERE true GROUP BY 1, 3 ON CONFLICT DO NOTHING;
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT created_at / 86400000000 * 86400000000, 'like', '', count(*), 0
  FROM likes WHERE true GROUP BY 1 ON CONFLICT DO NOTHING;
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT created_at / 86400000000 * 86400000000, 'follow', '', count(*), 0
  FROM follows WHERE state = 1 GROUP BY 1 ON CONFLICT DO NOTHING;
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT created_at / 86400000000 * 86400000000, 'comment', '', count(*), 0
  FROM comments WHERE state = 0 GROUP BY 1 ON CONFLICT DO NOTHING;
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT created_at / 86400000000 * 86400000000, 'moderation',
    CASE action WHEN 0 THEN 'held' WHEN 1 THEN 'approved' WHEN 2 THEN 'kept'
      WHEN 3 THEN 'removed' ELSE 'suspended' END,
    count(*), 0
  FROM moderation_decisions d
  WHERE action < 5 AND NOT EXISTS (SELECT 1 FROM moderation_decisions u WHERE u.undoes = d.id)
  GROUP BY 1, 3 ON CONFLICT DO NOTHING;
INSERT INTO usage_days (day, kind, label, count, amount)
  SELECT created_at / 86400000000 * 86400000000, 'moderation', 'reported', count(*), 0
  FROM reports WHERE true GROUP BY 1 ON CONFLICT DO NOTHING;
