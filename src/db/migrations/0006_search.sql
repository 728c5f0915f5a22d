-- Full text, one index an engine, written in the transaction that changes the text. The row id of
-- FTS5 is the photo's or the account's id, so newest first is the index's own order.
-- sqlite
CREATE VIRTUAL TABLE photo_search USING fts5(
  words, tags, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4 5', detail = full);
CREATE VIRTUAL TABLE account_search USING fts5(
  handle, name, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3 4 5');
-- end
-- postgres
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE TABLE photo_search (id BIGINT PRIMARY KEY, words tsvector NOT NULL);
CREATE INDEX photo_search_words ON photo_search USING gin (words);
CREATE TABLE account_search (id BIGINT PRIMARY KEY, words tsvector NOT NULL);
CREATE INDEX account_search_words ON account_search USING gin (words);
-- end
