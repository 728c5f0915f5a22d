-- kind 3 in changes: a moderators' case was opened, closed or went with its photo.
-- sqlite
CREATE TRIGGER moderation_cases_opened AFTER INSERT ON moderation_cases
BEGIN
  INSERT INTO changes (kind, id) VALUES (3, NEW.id);
END;
CREATE TRIGGER moderation_cases_closed AFTER UPDATE OF closed_at ON moderation_cases
BEGIN
  INSERT INTO changes (kind, id) VALUES (3, OLD.id);
END;
CREATE TRIGGER moderation_cases_gone AFTER DELETE ON moderation_cases WHEN OLD.closed_at IS NULL
BEGIN
  INSERT INTO changes (kind, id) VALUES (3, OLD.id);
END;
-- end
-- postgres
CREATE TRIGGER moderation_cases_opened AFTER INSERT OR DELETE OR UPDATE OF closed_at
  ON moderation_cases FOR EACH ROW EXECUTE FUNCTION record_change(3);
-- end
