-- reported: people reported this published photo and nobody has decided yet: moderators may see it
-- whatever its visibility is. No trigger tells of it: its owner must not learn of the report.
ALTER TABLE photos ADD COLUMN reported BIGINT NOT NULL DEFAULT 0;

-- moderation_cases: what waits for a person's eyes, and what became of it; at most one open case a
-- photo. origin: 0 the classifier, 1 reports, 2 an appeal. facts: what the classifier said and by
-- which thresholds, as JSON. barred_id: whose decision is appealed. decision_id: what closed it;
-- before_*: the photo's standing until then, for an undo.
CREATE TABLE moderation_cases (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  origin BIGINT NOT NULL,
  reason TEXT NOT NULL,
  facts TEXT NOT NULL,
  barred_id BIGINT,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  decision_id BIGINT,
  before_decision_id BIGINT,
  before_erase_at BIGINT
);
CREATE UNIQUE INDEX moderation_cases_open ON moderation_cases (photo_id) WHERE closed_at IS NULL;
CREATE INDEX moderation_cases_queue ON moderation_cases (id) WHERE closed_at IS NULL;
CREATE INDEX moderation_cases_photo ON moderation_cases (photo_id, id);

-- moderation_decisions: the audit log. It outlives what it speaks of, so it refers to nothing, and
-- the database refuses to change it. actor_id: NULL for the classifier and for what time did.
-- action: 0 hold, 1 approve, 2 keep_hidden, 3 remove, 4 suspend, 5 undo, 6 erase. undoes: what an
-- undo takes back.
CREATE TABLE moderation_decisions (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  case_id BIGINT NOT NULL,
  photo_id BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  actor_id BIGINT,
  action BIGINT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  state_before BIGINT NOT NULL,
  state_after BIGINT NOT NULL,
  reason_before TEXT,
  owner_state_before BIGINT NOT NULL,
  facts TEXT NOT NULL,
  undoes BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX moderation_decisions_owner ON moderation_decisions (owner_id, id);
CREATE INDEX moderation_decisions_case ON moderation_decisions (case_id, id);

-- staff_views: which moderator looked at what others did not share with them.
CREATE TABLE staff_views (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  viewer_id BIGINT NOT NULL,
  photo_id BIGINT NOT NULL,
  state BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- sqlite
CREATE TRIGGER moderation_decisions_kept_as_they_are BEFORE UPDATE ON moderation_decisions
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER moderation_decisions_kept BEFORE DELETE ON moderation_decisions
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER staff_views_kept_as_they_are BEFORE UPDATE ON staff_views
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER staff_views_kept BEFORE DELETE ON staff_views
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- end
-- postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER moderation_decisions_kept BEFORE UPDATE OR DELETE OR TRUNCATE
  ON moderation_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER staff_views_kept BEFORE UPDATE OR DELETE OR TRUNCATE
  ON staff_views FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- end

-- moderation_standing: the decision that a photo stands under. erase_at: when the bytes of a
-- removed one go, NULL while they are to be kept; erased_at: when they went.
CREATE TABLE moderation_standing (
-- sqlite
  photo_id INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
-- end
-- postgres
  photo_id BIGINT PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
-- end
  decision_id BIGINT NOT NULL,
  erase_at BIGINT,
  erased_at BIGINT
);
CREATE INDEX moderation_standing_due ON moderation_standing (erase_at) WHERE erase_at IS NOT NULL;

-- reports: what members complain about, one a member and photo. Who it was is for nobody's eyes.
CREATE TABLE reports (
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  reporter_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  case_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (photo_id, reporter_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX reports_case ON reports (case_id, created_at);
CREATE INDEX reports_reporter ON reports (reporter_id, created_at);

-- appeals: an owner's answer to a decision, at most one each. outcome: what answers it.
CREATE TABLE appeals (
-- sqlite
  decision_id INTEGER PRIMARY KEY,
-- end
-- postgres
  decision_id BIGINT PRIMARY KEY,
-- end
  photo_id BIGINT NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
  case_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  outcome BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX appeals_case ON appeals (case_id);
CREATE INDEX appeals_photo ON appeals (photo_id);
CREATE INDEX appeals_outcome ON appeals (outcome) WHERE outcome IS NOT NULL;

-- What was held or removed before there was a queue waits in it now; its bytes are kept until a
-- person decides. Ids are unique over all tables, so a case may have its photo's.
INSERT INTO moderation_cases (id, photo_id, origin, reason, facts, opened_at)
  SELECT id, id, 0, COALESCE(reason, 'suggestive'),
    '{"models":null,"verdict":null,"scores":[],"thresholds":null}', created_at
  FROM photos WHERE state IN (4, 5);
INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, action, reason, note,
    state_before, state_after, owner_state_before, facts, created_at)
  SELECT id, id, id, owner_id, CASE state WHEN 4 THEN 0 ELSE 3 END,
    COALESCE(reason, 'suggestive'), '', 2, state, 0,
    '{"models":null,"verdict":null,"scores":[],"thresholds":null}', created_at
  FROM photos WHERE state IN (4, 5);
INSERT INTO moderation_standing (photo_id, decision_id)
  SELECT id, id FROM photos WHERE state IN (4, 5);
