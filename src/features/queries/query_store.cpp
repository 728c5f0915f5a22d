#include "features/queries/query_store.h"

namespace picsharz::queries {
namespace {

#define QUERY_COLUMNS "id, name, sql, chart, created_at, changed_at"

// A way of showing that a later version brought is a table here.
Chart chart_in(std::string_view name) {
  for (const Chart chart : {Chart::line, Chart::bars}) {
    if (name_of(chart) == name) return chart;
  }
  return Chart::table;
}

SavedQuery read_query(const db::Row& row) {
  return {.id = row.id<QueryId>(0),
          .name = row.string(1),
          .sql = row.string(2),
          .chart = chart_in(row.text(3)),
          .created_at = row.integer(4),
          .changed_at = row.integer(5)};
}

}  // namespace

bool QueryStore::insert(db::Tx& tx, const SavedQuery& query, int most) {
  return tx.exec("INSERT INTO saved_queries (" QUERY_COLUMNS
                 ") SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT),"
                 " CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($5 AS BIGINT)"
                 " WHERE (SELECT count(*) FROM saved_queries) < $6",
                 query.id, query.name, query.sql, name_of(query.chart), query.created_at, most) > 0;
}

std::vector<SavedQuery> QueryStore::all(db::Tx& tx) {
  return tx.all("SELECT " QUERY_COLUMNS " FROM saved_queries ORDER BY id", read_query);
}

std::optional<SavedQuery> QueryStore::find(db::Tx& tx, QueryId id) {
  return tx.one("SELECT " QUERY_COLUMNS " FROM saved_queries WHERE id = $1", read_query, id);
}

void QueryStore::set(db::Tx& tx, const SavedQuery& query) {
  tx.exec("UPDATE saved_queries SET name = $2, sql = $3, chart = $4, changed_at = $5 WHERE id = $1",
          query.id, query.name, query.sql, name_of(query.chart), query.changed_at);
}

bool QueryStore::remove(db::Tx& tx, QueryId id) {
  return tx.exec("DELETE FROM saved_queries WHERE id = $1", id) > 0;
}

}  // namespace picsharz::queries
