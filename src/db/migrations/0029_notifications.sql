-- notifications: what an account is told in the app and by e-mail; one row for what several people
-- did ("Mei and 4 others liked your photo"). kind: as in activity, and 8, a decision of moderation.
-- topic: what they are gathered by: the photo, the decision, or 0. closed: 0 while it takes more
-- people, then its own id. size: how often somebody joined it. in_app 0: only for mails. told_at:
-- who came later has neither been read of nor stood in a mail. mail_at: when a mail is due; mails:
-- how many went out. digest: 1: for the next daily mail. outcome, appealed: of a decision.
-- No trigger tells of them: a batch that concerns an account once is told once (kind 6 in changes).
CREATE TABLE notifications (
-- sqlite
  id INTEGER PRIMARY KEY,
-- end
-- postgres
  id BIGINT PRIMARY KEY,
-- end
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind BIGINT NOT NULL,
  topic BIGINT NOT NULL,
  closed BIGINT NOT NULL,
  photo_id BIGINT REFERENCES photos (id) ON DELETE CASCADE,
  outcome TEXT NOT NULL DEFAULT '',
  appealed BIGINT NOT NULL DEFAULT 0,
  in_app BIGINT NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  read_at BIGINT,
  told_at BIGINT NOT NULL DEFAULT 0,
  mail_at BIGINT,
  mails BIGINT NOT NULL DEFAULT 0,
  digest BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX notifications_topic ON notifications (account_id, kind, topic, closed);
CREATE INDEX notifications_account ON notifications (account_id, updated_at, id);
CREATE INDEX notifications_unread ON notifications (account_id)
  WHERE read_at IS NULL AND in_app = 1;
CREATE INDEX notifications_mail ON notifications (mail_at) WHERE mail_at IS NOT NULL;
CREATE INDEX notifications_photo ON notifications (photo_id) WHERE photo_id IS NOT NULL;

-- Who did it. Who took it back, or is not to be heard of, stays and is left out by the query
-- (notification_truth.h). comment_id: the newest of theirs, or 0.
CREATE TABLE notification_actors (
  notification_id BIGINT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
  actor_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  comment_id BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (notification_id, actor_id)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end
CREATE INDEX notification_actors_actor ON notification_actors (actor_id);

-- notification_settings: what somebody wants otherwise than it is by itself. email: 0 never, 1 in
-- the daily mail, 2 at once.
CREATE TABLE notification_settings (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind BIGINT NOT NULL,
  in_app BIGINT NOT NULL,
  email BIGINT NOT NULL,
  PRIMARY KEY (account_id, kind)
-- sqlite
) WITHOUT ROWID;
-- end
-- postgres
);
-- end

-- notification_digests: the daily mail of an account. hour: of the day in UTC; due_at: when the
-- next one is, NULL while there is nothing for it.
CREATE TABLE notification_digests (
-- sqlite
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
-- end
-- postgres
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
-- end
  hour BIGINT NOT NULL,
  due_at BIGINT
);
CREATE INDEX notification_digests_due ON notification_digests (due_at) WHERE due_at IS NOT NULL;

-- The address that ends mails of this kind for their reader (RFC 8058), or ''.
ALTER TABLE mails ADD COLUMN unsubscribe TEXT NOT NULL DEFAULT '';
