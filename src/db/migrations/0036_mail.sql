-- Mails that were given up, for 30 days, and addresses that refused their last ones.
CREATE TABLE bounces (
  id BIGINT PRIMARY KEY,
  message_id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  cause BIGINT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX bounces_recipient ON bounces (recipient);
CREATE TABLE refusing_addresses (
  address TEXT PRIMARY KEY,
  refusals BIGINT NOT NULL,
  refused_at BIGINT NOT NULL
);
CREATE INDEX refusing_addresses_age ON refusing_addresses (refused_at);

-- What language a member's mails are in; of a sign-up, what the browser asked for.
ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE signups ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
