-- unchecked: published by a policy that looks at photos only afterwards, and not looked at yet. No
-- trigger tells of it: it is nobody's affair but the check's.
ALTER TABLE photos ADD COLUMN unchecked BIGINT NOT NULL DEFAULT 0;
CREATE INDEX photos_unchecked ON photos (created_at) WHERE unchecked = 1;
