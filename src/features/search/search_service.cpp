#include "features/search/search_service.h"

#include "db/search_index.h"
#include "features/search/search_rules.h"

namespace picsharz::search {

cards::CardPage SearchService::photos(const Viewer& viewer, std::string_view typed,
                                      const PageRequest& page) {
  const std::string query = db::SearchIndex::query(database_.engine(), without_plurals(typed));
  if (query.empty()) return {};
  return database_.read([&](db::Tx& tx) {
    auto ids = search_.photos(tx, viewer, query, cards::before_of(page), page.limit + 1);
    return cards_.page(tx, viewer, std::move(ids), page.limit);
  });
}

Page<accounts::Account> SearchService::people(const Viewer& viewer, std::string_view typed,
                                              const PageRequest& request) {
  const std::string query = db::SearchIndex::query(database_.engine(), typed);
  Page<accounts::Account> page;
  if (query.empty()) return page;
  page.items = database_.read([&](db::Tx& tx) {
    return search_.people(tx, viewer, query, request.after, request.limit + 1);
  });
  if (static_cast<int>(page.items.size()) > request.limit) {
    page.items.resize(static_cast<std::size_t>(request.limit));
    page.next = Position{page.items.back().followers, page.items.back().id.value};
  }
  return page;
}

}  // namespace picsharz::search
