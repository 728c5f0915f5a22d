#include "features/search/search_service.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace picsharz::search {

namespace {

constexpr int rounds_max = 3;  // of candidates_max, for one page
constexpr int looks_max = 12;
constexpr int blocks_max = 7;  // of one size; the next one is as large as eight
// Of the newest, that PostgreSQL reads one by one (search_store.h).
constexpr std::int64_t first_documents = 1'000;
constexpr std::int64_t first_documents_ranked = 2'500;
// Half as many again as are wanted: the newest may have more of them than others.
constexpr double at_first = 1.5;
constexpr std::size_t checked_at_once = 32;  // ranked ones, whether the viewer may see them

bool before(const Ranked& one, const Ranked& other) {
  return one.rank != other.rank ? one.rank > other.rank : one.doc > other.doc;
}

// The share of a window's documents that matched.
double share_of(int matches, const Window& window) {
  return matches / static_cast<double>(window.below - window.from);
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
  search_.complete(tx, wanted.words);
  if (tx.engine() == db::Engine::postgres) wanted.index = db::index_query(wanted.words);
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
    return cards::CardPage{cards_.hydrate_found(tx, viewer, found.photos), found.next};
  });
}

double SearchService::known_share(const std::string& query) {
  const std::lock_guard lock(mutex_);
  const double* const share = shares_.find(query);
  return share ? *share : 1;
}

void SearchService::note_share(const std::string& query, double share) {
  constexpr std::size_t node_bytes = 100;
  const std::lock_guard lock(mutex_);
  shares_.put(query, share, node_bytes + query.size());
}

Look SearchService::first_look(db::Tx& tx, const Wanted& wanted, std::int64_t documents,
                               int matches) {
  Look look{.window = wanted.window, .query = wanted.text};
  if (tx.engine() == db::Engine::sqlite) return look;
  look.window.below = std::min(look.window.below, search_.last_document(tx) + 1);
  const double share = known_share(wanted.text);
  if (share * static_cast<double>(documents) < matches) {
    return next_look(wanted, look.window.below, share, at_first * matches);
  }
  look.one_by_one = true;
  look.window.from = std::max(look.window.from, look.window.below - documents);
  return look;
}

Look SearchService::next_look(const Wanted& wanted, std::int64_t below, double share,
                              double matches) {
  Look look{.window = {.from = wanted.window.from, .below = below}, .query = wanted.text};
  if (wanted.index.text.empty()) return look;  // SQLite, whose index has an order
  look.query = wanted.index.text;
  if (!wanted.index.exact) look.check = wanted.text;
  for (const int bits : db::block_bits) {
    const double block = std::exp2(bits);
    const double blocks = share > 0 ? std::ceil(matches / (share * block)) : blocks_max + 1;
    if (blocks > blocks_max) continue;
    const auto documents = static_cast<std::int64_t>(blocks * block);
    if (below - documents <= look.window.from) return look;
    look.window.from = below - documents;
    look.query = db::query_in_blocks(look.query, look.window.from, below - 1, bits);
    return look;
  }
  return look;
}

SearchService::Found SearchService::newest(db::Tx& tx, const Viewer& viewer, const Query& query,
                                           const PageRequest& page) {
  Wanted wanted = this->wanted(tx, viewer, query);
  if (page.after) wanted.window.below = std::min(wanted.window.below, page.after->id);
  Found found;
  const auto missing = [&] { return page.limit - static_cast<int>(found.photos.size()); };
  // False: the page is full, and there is more.
  const auto add = [&](const Look& look) {
    for (const Hit& hit : search_.newest(tx, viewer, look, query.filter, missing() + 1)) {
      if (missing() == 0) return false;
      found.photos.push_back(hit.photo);
      found.next = Position{0, hit.doc};
    }
    return true;
  };
  Look look = first_look(tx, wanted, first_documents, page.limit + 1);
  double share = known_share(wanted.text);
  int rounds = 0;
  for (int looks = 1; add(look); ++looks) {
    const auto last = search_.last_examined(tx, look);
    if (!last && look.window.from <= wanted.window.from) {
      found.next.reset();
      break;
    }
    const std::int64_t below = last.value_or(look.window.from);
    found.next = Position{0, below};
    if (last) {
      ++rounds;
      note_share(wanted.text, share_of(candidates_max, {below, look.window.below}));
    }
    if (rounds == rounds_max || looks == looks_max || (last && missing() == 0)) break;
    if (look.one_by_one) {
      share = share_of(search_.matches(tx, look), look.window);
      note_share(wanted.text, share);
    }
    // More each time: those who look may see fewer of them than match.
    const double matches = (missing() + 1) * std::pow(8, looks - 1);
    look = next_look(wanted, below, share, std::min<double>(matches, candidates_max));
  }
  return found;
}

std::vector<Ranked> SearchService::ranking(db::Tx& tx, const Wanted& wanted, Sort sort) {
  const std::string counting = tx.engine() == db::Engine::sqlite
                                   ? db::counting_mask(wanted.words)
                                   : db::counting_phrases(wanted.words);
  const auto rank = [&](const Look& look) {
    return sort == Sort::likes ? search_.liked(tx, look) : search_.ranked(tx, look, counting);
  };
  Look look = first_look(tx, wanted, first_documents_ranked, ranked_max);
  std::vector<Ranked> list = rank(look);
  while (static_cast<int>(list.size()) < ranked_max && look.window.from > wanted.window.from) {
    const double share = share_of(static_cast<int>(list.size()), look.window);
    note_share(wanted.text, share);
    look = next_look(wanted, look.window.below, share, at_first * ranked_max);
    list = rank(look);
  }
  // More may match now than when the hint was noted.
  if (static_cast<int>(list.size()) == ranked_max && !look.one_by_one) {
    const std::int64_t oldest = std::ranges::min(list, {}, &Ranked::doc).doc;
    note_share(wanted.text, share_of(ranked_max, {oldest, look.window.below}));
  }
  std::ranges::sort(list, before);
  return list;
}

SearchService::Found SearchService::ranked(db::Tx& tx, const Viewer& viewer, const Query& query,
                                           Sort sort, const PageRequest& page) {
  const std::vector<Ranked> list = ranking(tx, wanted(tx, viewer, query), sort);
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
