#include "features/feed/feed_service.h"

#include <limits>

#include "db/change_log.h"

namespace picsharz::feed {

using cards::CardLines;

namespace {

// Whom somebody follows, those people's photos, the cards; and then the page.
constexpr int rounds = 4;

HomeMemory::Ask ask_for(const Viewer& viewer, const PageRequest& page, Micros now) {
  const PhotoId newest{std::numeric_limits<std::int64_t>::max()};
  return {viewer.account, cards::before_of(page).value_or(newest), page.limit, now};
}

}  // namespace

FeedService::FeedService(db::Database& database, cards::CardService& cards, const Clock& clock)
    : database_(database),
      cards_(cards),
      clock_(clock),
      memory_(database.engine() == db::Engine::sqlite ? std::make_unique<HomeMemory>() : nullptr) {}

CardLines FeedService::home(const Viewer& viewer, const PageRequest& page) {
  return database_.read([&](db::Tx& tx) {
    if (auto known = remembered(tx, viewer, page)) {
      ++remembered_;
      return *std::move(known);
    }
    ++read_;
    auto ids = feeds_.home(tx, viewer.account, cards::before_of(page), page.limit + 1);
    return cards_.lines(cards_.page(tx, viewer, std::move(ids), page.limit));
  });
}

std::optional<CardLines> FeedService::remembered(db::Tx& tx, const Viewer& viewer,
                                                 const PageRequest& page) {
  if (!memory_) return std::nullopt;
  const LogPosition at = db::last_change(tx);
  const auto read_changes = [&](LogPosition position) { return db::changes_after(tx, position); };
  if (!memory_->advance(at, read_changes)) return std::nullopt;
  const HomeMemory::Ask ask = ask_for(viewer, page, clock_.now());
  for (int round = 0; round < rounds; ++round) {
    auto answer = memory_->page(at, ask);
    if (!answer) return std::nullopt;
    if (answer->missing.nothing()) {
      cards_.count(tx, viewer, answer->page.items);
      return std::move(answer->page);
    }
    if (!read(tx, viewer, at, answer->missing)) return std::nullopt;
  }
  return std::nullopt;
}

bool FeedService::read(db::Tx& tx, const Viewer& viewer, LogPosition at,
                       const HomeMemory::Missing& missing) {
  if (missing.follows) {
    memory_->put_follows(at, viewer.account, feeds_.followed(tx, viewer.account));
  }
  for (const AccountId author : missing.authors) {
    auto ids = feeds_.newest_of(tx, author, HomeMemory::author_photos + 1);
    const bool all = ids.size() <= HomeMemory::author_photos;
    if (!all) ids.pop_back();
    ids.shrink_to_fit();
    memory_->put_author(at, author, {std::move(ids), all});
  }
  auto cards = cards_.cards(tx, viewer, missing.cards);
  const bool seen = cards.size() == missing.cards.size();
  for (auto& card : cards) memory_->put_card(at, std::move(card));
  return seen;
}

cards::CardPage FeedService::recent(const Viewer& viewer, const PageRequest& page) {
  return database_.read([&](db::Tx& tx) {
    auto ids = feeds_.recent(tx, viewer, cards::before_of(page), page.limit + 1);
    return cards_.page(tx, viewer, std::move(ids), page.limit);
  });
}

}  // namespace picsharz::feed
