-- What was decided on each day that is over, of decisions that were not undone: a year of them is
-- too much to count while somebody waits (features/analytics/summary_service.h). Kept for ever; no
-- person is in it, and `reason` is of the list of reasons.
CREATE TABLE analytics_decisions (
  day BIGINT NOT NULL,  -- its beginning, microseconds UTC
  action BIGINT NOT NULL,
  reason TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (day, action, reason)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
-- What the last summary would have counted.
INSERT INTO analytics_decisions (day, action, reason, count)
  SELECT created_at / 86400000000 * 86400000000, action, reason, count(*)
  FROM moderation_decisions d
  WHERE action < 5 AND NOT EXISTS (SELECT 1 FROM moderation_decisions u WHERE u.undoes = d.id)
    AND created_at < (SELECT (at - 3600000000) / 86400000000 * 86400000000
                      FROM analytics_refresh WHERE id = 1)
  GROUP BY 1, 2, 3;

-- How many microseconds of work an analysis took: what is quickly made is made more often.
ALTER TABLE tag_analyses ADD COLUMN took BIGINT NOT NULL DEFAULT 0;
