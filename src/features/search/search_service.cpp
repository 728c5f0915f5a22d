#include "features/search/search_service.h"

#include <algorithm>
#include <unordered_map>

namespace picsharz::search {

namespace {

constexpr int rounds_max = 3;  // of candidates_max, for one page
// PostgreSQL's index has no order: it collects every match of a word before the newest are known.
// Where these many newest documents hold enough of them already, they are read one by one instead.
constexpr std::int64_t first_documents = 500;
constexpr std::int64_t first_documents_ranked = 2'000;
constexpr std::size_t checked_at_once = 64;  // ranked ones, whether the viewer may see them

bool before(const Ranked& one, const Ranked& other) {
  return one.rank != other.rank ? one.rank > other.rank : one.doc > other.doc;
}

}  // namespace

SearchService::Wanted SearchService::wanted(db::Tx& tx, const Viewer& viewer, const Query& query) {
  Owners owners;
  for (const Clause& clause : query.clauses) {
    for (const Unit& unit : clause.any_of) {
      if (unit.kind != Unit::Kind::from || owners.contains(unit.text)) continue;
      const auto account =
          unit.text == "me" ? std::optional(viewer.account) : search_.account(tx, unit.text);
      if (account) owners[unit.text] = *account;
    }
  }
  Wanted wanted{.words = photo_query(query, owners), .text = "", .window = {}};
  wanted.text = db::engine_query(tx.engine(), wanted.words);
  wanted.window = search_.window(tx, query.filter);
  return wanted;
}

cards::CardPage SearchService::photos(const Viewer& viewer, const Query& query, Sort sort,
                                      const PageRequest& page) {
  if (query.empty()) return {};
  return database_.read([&](db::Tx& tx) {
    Found found = sort == Sort::newest ? newest(tx, viewer, query, page)
                                       : ranked(tx, viewer, query, sort, page);
    return cards::CardPage{cards_.hydrate(tx, viewer, found.photos), found.next};
  });
}

std::optional<Window> SearchService::first_look(db::Tx& tx, const Window& all,
                                                std::int64_t documents) {
  if (tx.engine() == db::Engine::sqlite) return std::nullopt;
  const std::int64_t below = std::min(all.below, search_.last_document(tx) + 1);
  if (below - documents <= all.from) return std::nullopt;
  return Window{below - documents, all.below};
}

SearchService::Found SearchService::newest(db::Tx& tx, const Viewer& viewer, const Query& query,
                                           const PageRequest& page) {
  Wanted wanted = this->wanted(tx, viewer, query);
  Window& window = wanted.window;
  if (page.after) window.below = std::min(window.below, page.after->id);
  Found found;
  // False: the page is full, and there is more.
  const auto add = [&](const Window& within) {
    const int missing = page.limit - static_cast<int>(found.photos.size());
    for (const Hit& hit :
         search_.newest(tx, viewer, wanted.text, query.filter, within, missing + 1)) {
      if (static_cast<int>(found.photos.size()) == page.limit) return false;
      found.photos.push_back(hit.photo);
      found.next = Position{0, hit.doc};
    }
    return true;
  };
  if (const auto first = first_look(tx, window, first_documents)) {
    if (!add(*first)) return found;
    window.below = first->from;
  }
  for (int round = 0; round < rounds_max; ++round) {
    if (!add(window)) return found;
    const auto last = search_.last_examined(tx, wanted.text, window);
    found.next = last ? std::optional(Position{0, *last}) : std::nullopt;
    if (!last || static_cast<int>(found.photos.size()) == page.limit) return found;
    window.below = *last;
  }
  return found;
}

SearchService::Found SearchService::ranked(db::Tx& tx, const Viewer& viewer, const Query& query,
                                           Sort sort, const PageRequest& page) {
  const Wanted wanted = this->wanted(tx, viewer, query);
  const bool by_likes = sort == Sort::likes;
  const std::string counting = tx.engine() == db::Engine::sqlite
                                   ? db::counting_mask(wanted.words)
                                   : db::counting_phrases(wanted.words);
  const auto rank = [&](const Window& within) {
    return by_likes ? search_.liked(tx, viewer, wanted.text, query.filter, within)
                    : search_.ranked(tx, wanted.text, counting, within);
  };
  std::vector<Ranked> list;
  const auto first = first_look(tx, wanted.window, first_documents_ranked);
  if (first) list = rank(*first);
  if (!first || static_cast<int>(list.size()) < ranked_max) list = rank(wanted.window);
  std::ranges::sort(list, before);
  auto at = list.begin();
  if (page.after) {
    at = std::ranges::upper_bound(list, Ranked{page.after->id, page.after->key}, before);
  }
  Found found;
  while (at != list.end()) {
    const auto chunk = static_cast<std::ptrdiff_t>(checked_at_once);
    const auto end = at + std::min(chunk, list.end() - at);
    std::vector<std::int64_t> docs;
    for (auto each = at; each != end; ++each) docs.push_back(each->doc);
    std::unordered_map<std::int64_t, PhotoId> seen;
    for (const Hit& hit : search_.visible(tx, viewer, query.filter, docs)) {
      seen[hit.doc] = hit.photo;
    }
    for (; at != end; ++at) {
      const auto hit = seen.find(at->doc);
      if (hit == seen.end()) continue;
      if (static_cast<int>(found.photos.size()) == page.limit) return found;
      found.photos.push_back(hit->second);
      found.next = Position{at->rank, at->doc};
    }
  }
  found.next.reset();
  return found;
}

Page<accounts::Account> SearchService::people(const Viewer& viewer, const Query& query,
                                              const PageRequest& request) {
  const db::SearchQuery words = people_query(query);
  Page<accounts::Account> page;
  if (words.clauses.empty()) return page;
  page.items = database_.read([&](db::Tx& tx) {
    return search_.people(tx, viewer, db::account_query(tx.engine(), words), request.after,
                          request.limit + 1);
  });
  if (static_cast<int>(page.items.size()) > request.limit) {
    page.items.resize(static_cast<std::size_t>(request.limit));
    page.next = Position{page.items.back().followers, page.items.back().id.value};
  }
  return page;
}

std::vector<accounts::Account> SearchService::suggest(const Viewer& viewer, const Query& query,
                                                      int limit) {
  const db::SearchQuery words = people_query(query);
  if (words.clauses.empty()) return {};
  return database_.read([&](db::Tx& tx) {
    return search_.suggest(tx, viewer, db::account_query(tx.engine(), words), limit);
  });
}

}  // namespace picsharz::search
