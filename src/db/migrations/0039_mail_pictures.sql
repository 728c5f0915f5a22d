-- Which photos a mail that is kept here shows, as "photo:reader" with blanks between: no bytes.
ALTER TABLE mails ADD COLUMN pictures TEXT NOT NULL DEFAULT '';
