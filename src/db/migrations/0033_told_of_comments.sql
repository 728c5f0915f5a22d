-- What moderators decide about a comment is told to who wrote it. comment_id: of the comment that a
-- decision is about, 0 of all else; photo_id then is the photo under which it stands.
ALTER TABLE notifications ADD COLUMN comment_id BIGINT NOT NULL DEFAULT 0;
