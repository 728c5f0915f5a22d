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

std::vector<PhotoId> ids_of(const CardLines& page) {
  std::vector<PhotoId> ids;
  ids.reserve(page.items.size());
  for (const cards::CardLine& line : page.items) ids.push_back(line.card->view.photo.id);
  return ids;
}

}  // namespace

FeedService::FeedService(db::Database& database, cards::CardService& cards, const Clock& clock)
    : database_(database), cards_(cards), clock_(clock), glance_(database, memory_) {}

CardLines FeedService::home(const Viewer& viewer, const PageRequest& page) {
  if (database_.engine() == db::Engine::postgres) {
    if (auto known = at_a_glance(ask_for(viewer, page, clock_.now()))) {
      ++remembered_;
      return *std::move(known);
    }
  }
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

std::optional<CardLines> FeedService::at_a_glance(const HomeMemory::Ask& ask) {
  auto draft = memory_.draft(ask);
  if (!draft) return std::nullopt;
  const std::vector<PhotoId> photos = ids_of(draft->page);
  const Glance glance = glance_.ask(ask.viewer, photos);
  const auto at = memory_.advance(*glance.log);
  if (!at) return std::nullopt;
  if (*at != draft->at) {
    // Something changed meanwhile. The counts are of that moment, too: good for the same photos.
    auto answer = memory_.page(*at, ask);
    if (!answer || !answer->missing.nothing() || ids_of(answer->page) != photos) {
      return std::nullopt;
    }
    draft->page = std::move(answer->page);
  }
  for (std::size_t i = 0; i < photos.size(); ++i) draft->page.items[i].counts = glance.counts[i];
  return std::move(draft->page);
}

std::optional<LogPosition> FeedService::advance(db::Tx& tx) {
  if (tx.engine() == db::Engine::postgres) {
    return memory_.advance(db::read_log(tx, memory_.newest()));
  }
  const LogPosition at = db::last_change(tx);
  const auto read_changes = [&](LogPosition position) { return db::changes_after(tx, position); };
  return memory_.advance(at, read_changes) ? std::optional(at) : std::nullopt;
}

std::optional<CardLines> FeedService::remembered(db::Tx& tx, const Viewer& viewer,
                                                 const PageRequest& page) {
  const auto advanced = advance(tx);
  if (!advanced) return std::nullopt;
  const LogPosition at = *advanced;
  const HomeMemory::Ask ask = ask_for(viewer, page, clock_.now());
  for (int round = 0; round < rounds; ++round) {
    auto answer = memory_.page(at, ask);
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
    memory_.put_follows(at, viewer.account, feeds_.followed(tx, viewer.account));
  }
  for (const AccountId author : missing.authors) {
    auto ids = feeds_.newest_of(tx, author, HomeMemory::author_photos + 1);
    const bool all = ids.size() <= HomeMemory::author_photos;
    if (!all) ids.pop_back();
    ids.shrink_to_fit();
    memory_.put_author(at, author, {std::move(ids), all});
  }
  auto cards = cards_.cards(tx, viewer, missing.cards);
  const bool seen = cards.size() == missing.cards.size();
  for (auto& card : cards) memory_.put_card(at, std::move(card));
  return seen;
}

cards::CardPage FeedService::recent(const Viewer& viewer, const PageRequest& page) {
  return database_.read([&](db::Tx& tx) {
    auto ids = feeds_.recent(tx, viewer, cards::before_of(page), page.limit + 1);
    return cards_.page(tx, viewer, std::move(ids), page.limit);
  });
}

}  // namespace picsharz::feed
