-- How many seconds each case had waited that was closed on a day that is over, in any order, with
-- spaces between them: a year of rows is too much to read while somebody waits, and medians cannot
-- be put together of medians (features/analytics/summary_service.h). Kept for ever; no person is in
-- it.
CREATE TABLE analytics_delays (
  day BIGINT PRIMARY KEY,  -- its beginning, microseconds UTC
  seconds TEXT NOT NULL
);
-- What the last summary would have counted.
INSERT INTO analytics_delays (day, seconds)
  SELECT closed_at / 86400000000 * 86400000000,
-- sqlite
    group_concat((closed_at - opened_at) / 1000000, ' ')
-- end
-- postgres
    string_agg(CAST((closed_at - opened_at) / 1000000 AS TEXT), ' ')
-- end
  FROM moderation_cases
  WHERE closed_at < (SELECT (at - 3600000000) / 86400000000 * 86400000000
                     FROM analytics_refresh WHERE id = 1)
  GROUP BY 1;

-- How often words were looked for on all days, from the index alone: what is popular is looked for
-- every day.
DROP INDEX search_days_words;
CREATE INDEX search_days_words ON search_days (words, day, searches, without_result);
