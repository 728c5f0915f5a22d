-- On PostgreSQL, too, what is remembered of home feeds is exact (ADR 0027): the log says whose
-- photo it was, and whose home feed may draw on other people now (kind 4), as migrations 0024 and
-- 0027 have it on SQLite.
-- postgres
CREATE FUNCTION record_photo_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (kind, id, account_id)
    VALUES (1, CASE TG_OP WHEN 'INSERT' THEN NEW.id ELSE OLD.id END,
            CASE TG_OP WHEN 'INSERT' THEN NEW.owner_id ELSE OLD.owner_id END);
  RETURN NULL;
END
$$;
DROP TRIGGER photos_inserted ON photos;
DROP TRIGGER photos_updated ON photos;
DROP TRIGGER photos_deleted ON photos;
CREATE TRIGGER photos_inserted AFTER INSERT ON photos
  FOR EACH ROW WHEN (NEW.state = 3) EXECUTE FUNCTION record_photo_change();
CREATE TRIGGER photos_updated AFTER UPDATE OF id, owner_id, title, description, alt, tags, labels,
  visibility, state, reason, width, height, thumbhash, renditions, epoch, original, created_at
  ON photos FOR EACH ROW EXECUTE FUNCTION record_photo_change();
CREATE TRIGGER photos_deleted AFTER DELETE ON photos
  FOR EACH ROW EXECUTE FUNCTION record_photo_change();
CREATE FUNCTION record_follow_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (kind, id)
    VALUES (4, CASE TG_OP WHEN 'DELETE' THEN OLD.follower_id ELSE NEW.follower_id END);
  RETURN NULL;
END
$$;
CREATE TRIGGER follows_inserted AFTER INSERT ON follows
  FOR EACH ROW WHEN (NEW.state = 1) EXECUTE FUNCTION record_follow_change();
CREATE TRIGGER follows_updated AFTER UPDATE OF state ON follows
  FOR EACH ROW EXECUTE FUNCTION record_follow_change();
CREATE TRIGGER follows_deleted AFTER DELETE ON follows
  FOR EACH ROW WHEN (OLD.state = 1) EXECUTE FUNCTION record_follow_change();
CREATE FUNCTION record_block_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (kind, id)
    VALUES (4, CASE TG_OP WHEN 'DELETE' THEN OLD.blocker_id ELSE NEW.blocker_id END),
           (4, CASE TG_OP WHEN 'DELETE' THEN OLD.blocked_id ELSE NEW.blocked_id END);
  RETURN NULL;
END
$$;
CREATE TRIGGER blocks_changed AFTER INSERT OR DELETE ON blocks
  FOR EACH ROW EXECUTE FUNCTION record_block_change();
CREATE FUNCTION record_mute_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO changes (kind, id)
    VALUES (4, CASE TG_OP WHEN 'DELETE' THEN OLD.muter_id ELSE NEW.muter_id END);
  RETURN NULL;
END
$$;
CREATE TRIGGER mutes_changed AFTER INSERT OR DELETE ON mutes
  FOR EACH ROW EXECUTE FUNCTION record_mute_change();

-- The search index knows more than the words (ADR 0027): the beginnings of a word,
-- and two words that follow each other, as tokens of their own; src/db/search_query.cpp makes the
-- same.
CREATE FUNCTION search_tokens(words tsvector) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
DECLARE
  made TEXT[];
BEGIN
  WITH found AS MATERIALIZED (
    SELECT u.lexeme, u.positions FROM unnest(words) u
    WHERE ascii(u.lexeme) NOT BETWEEN 57344 AND 63743
  ), placed AS (
    SELECT f.lexeme, p.place, lead(f.lexeme) OVER w AS next, lead(p.place) OVER w AS next_place
    FROM found f CROSS JOIN LATERAL unnest(f.positions) p (place) WINDOW w AS (ORDER BY p.place)
  )
  SELECT array_agg(each.token) INTO made FROM (
    SELECT chr(57392) || left(f.lexeme, n) AS token
    FROM found f CROSS JOIN generate_series(2, 12) n WHERE n <= length(f.lexeme)
    UNION
    SELECT chr(57393) || p.lexeme || chr(57348) || p.next FROM placed p
    WHERE p.next_place = p.place + 1
  ) each;
  RETURN strip(words) || array_to_tsvector(COALESCE(made, CAST(ARRAY[] AS TEXT[])));
END
$$;
DROP INDEX photo_search_words;
CREATE INDEX photo_search_tokens ON photo_search USING gin (search_tokens(words))
  WITH (fastupdate = off);
-- No statistics: to sample 30,000 documents would take seconds, and no plan depends on them.
ALTER INDEX photo_search_tokens ALTER COLUMN 1 SET STATISTICS 0;
-- end
