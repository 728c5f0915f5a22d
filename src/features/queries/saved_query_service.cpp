#include "features/queries/saved_query_service.h"

#include <utility>

#include "features/queries/shipped_queries.h"

namespace picsharz::queries {
namespace {

constexpr int most = 200;

}  // namespace

std::vector<SavedQuery> SavedQueryService::list() {
  const auto shipped = shipped_queries();
  std::vector<SavedQuery> all(shipped.begin(), shipped.end());
  for (SavedQuery& each : database_.read([&](db::Tx& tx) { return store_.all(tx); })) {
    all.push_back(std::move(each));
  }
  return all;
}

Result<SavedQuery> SavedQueryService::add(SavedQuery query) {
  query.id = ids_.next<QueryId>();
  query.created_at = query.changed_at = clock_.now();
  if (!database_.write([&](db::Tx& tx) { return store_.insert(tx, query, most); })) {
    return fail(ErrorKind::conflict, "too_many_queries", "There are 200 saved questions already.",
                "Delete one that nobody asks any more.");
  }
  return query;
}

Result<SavedQuery> SavedQueryService::change(QueryId id, const QueryChange& change) {
  return database_.write([&](db::Tx& tx) -> Result<SavedQuery> {
    auto query = store_.find(tx, id);
    if (!query) return not_found();
    if (change.name) query->name = *change.name;
    if (change.sql) query->sql = *change.sql;
    if (change.chart) query->chart = *change.chart;
    query->changed_at = clock_.now();
    store_.set(tx, *query);
    return *query;
  });
}

Result<void> SavedQueryService::remove(QueryId id) {
  if (!database_.write([&](db::Tx& tx) { return store_.remove(tx, id); })) return not_found();
  return {};
}

}  // namespace picsharz::queries
