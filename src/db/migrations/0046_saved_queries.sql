-- Questions in SQL that administrators keep for one another. Those that are shipped stand in the
-- program. Whose idea one was is not kept: it stays when its maker leaves.
CREATE TABLE saved_queries (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    sql TEXT NOT NULL,
    chart TEXT NOT NULL,             -- how its answer is best shown: table, line or bars
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
