-- PostgreSQL's search index is asked for the newest documents by blocks of them
-- (docs/adr/0020-search.md); src/db/search_query.cpp makes the same tokens.
-- postgres
UPDATE photo_search SET words = words || CAST(
  '''' || chr(57629) || chr(983040 + CAST((doc >> 13) & 32767 AS INTEGER))
       || chr(983040 + CAST((doc >> 28) & 32767 AS INTEGER)) || ''' '
  || '''' || chr(57632) || chr(983040 + CAST((doc >> 16) & 32767 AS INTEGER))
       || chr(983040 + CAST((doc >> 31) & 32767 AS INTEGER)) || ''' '
  || '''' || chr(57635) || chr(983040 + CAST((doc >> 19) & 32767 AS INTEGER))
       || chr(983040 + CAST((doc >> 34) & 32767 AS INTEGER)) || ''' ' AS tsvector);
-- end
