-- sqlite
-- The words of the index, each with where it occurs: asked for the first one from a word on, it
-- tells the next word that is written in any photo at the cost of one look-up.
CREATE VIRTUAL TABLE photo_search_words USING fts5vocab(photo_search, instance);
-- end
