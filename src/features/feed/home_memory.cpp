#include "features/feed/home_memory.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace picsharz::feed {

namespace {

constexpr std::size_t MiB = 1 << 20;
constexpr std::size_t follows_bytes = 8 * MiB;
constexpr std::size_t authors_bytes = 16 * MiB;
constexpr std::size_t cards_bytes = 48 * MiB;
constexpr std::size_t node_bytes = 80;  // of a map, and what the vector itself takes
constexpr std::size_t accounts_changed_max = 4096;

// The newest of many lists, each newest first: a heap with the oldest of them on top.
class Newest {
 public:
  Newest(PhotoId before, std::size_t wanted) : before_(before), wanted_(wanted) {}

  void add(const AuthorPhotos& photos) {
    const auto& ids = photos.ids;
    auto id = std::ranges::upper_bound(ids, before_, std::ranges::greater{});
    while (id != ids.end() && offer(*id)) ++id;
    if (!photos.all && !ids.empty()) unknown_below_ = std::max(unknown_below_, ids.back());
  }

  // Newest first; nothing where an older one of somebody might belong in between.
  std::optional<std::vector<PhotoId>> take() {
    std::ranges::sort(heap_, std::ranges::greater{});
    const PhotoId unknown = std::min(unknown_below_, before_);
    const bool certain = heap_.size() == wanted_ && heap_.back() >= unknown;
    if (!certain && unknown_below_.value != 0) return std::nullopt;
    return std::move(heap_);
  }

 private:
  // False: neither this one nor what is older belongs here.
  bool offer(PhotoId id) {
    if (heap_.size() == wanted_) {
      if (id < heap_.front()) return false;
      std::ranges::pop_heap(heap_, std::ranges::greater{});
      heap_.pop_back();
    }
    heap_.push_back(id);
    std::ranges::push_heap(heap_, std::ranges::greater{});
    return true;
  }

  const PhotoId before_;
  const std::size_t wanted_;
  std::vector<PhotoId> heap_;
  PhotoId unknown_below_{};
};

// Whether anything that is remembered here changes with it.
bool concerns(const db::Change& change) {
  return change.kind == db::ChangeKind::photo || change.kind == db::ChangeKind::account ||
         change.kind == db::ChangeKind::relations;
}

}  // namespace

HomeMemory::HomeMemory() : follows_(follows_bytes), authors_(authors_bytes), cards_(cards_bytes) {}

bool HomeMemory::advance(LogPosition to, FunctionRef<db::Changes(LogPosition)> read) {
  LogPosition from = 0;
  {
    const std::shared_lock lock(mutex_);
    if (position_ >= to) return position_ == to;
    from = position_;
  }
  // Others may advance it while this reads: to forget a change twice does no harm.
  const db::Changes news = from < 0 ? db::Changes{.missed = true, .changes = {}} : read(from);
  const std::lock_guard lock(mutex_);
  if (position_ >= to) return position_ == to;
  position_ = to;
  if (news.missed || accounts_changed_.size() > accounts_changed_max) {
    forget_all();
  } else {
    for (const db::Change& change : news.changes) forget(change);
  }
  return true;
}

std::optional<LogPosition> HomeMemory::advance(const db::LogReading& reading) {
  {
    const std::shared_lock lock(mutex_);
    if (newest_.covers(reading.now)) return position_of(reading.now);
  }
  const std::lock_guard lock(mutex_);
  if (newest_.covers(reading.now)) return position_of(reading.now);
  const auto news = [&](const db::LogRow& row) {
    return !newest_.sees(row.transaction) && concerns(row.change);
  };
  if (reading.missed || position_ < 0 || accounts_changed_.size() > accounts_changed_max) {
    ++position_;
    began_ = reading.now;
    forget_all();
  } else if (std::ranges::any_of(reading.rows, news)) {
    ++position_;
    began_ = reading.now;
    for (const db::LogRow& row : reading.rows) {
      if (news(row)) forget(row.change);
    }
  }
  newest_ = reading.now;
  return position_;
}

// Of a snapshot that is no newer than the newest.
std::optional<LogPosition> HomeMemory::position_of(const db::Snapshot& snapshot) const {
  return snapshot.covers(began_) ? std::optional(position_) : std::nullopt;
}

db::Snapshot HomeMemory::newest() {
  const std::shared_lock lock(mutex_);
  return newest_;
}

std::optional<HomeMemory::Draft> HomeMemory::draft(const Ask& ask) {
  Looked looked = look(ask);
  if (looked.at < 0 || !looked.answer || !looked.answer->missing.nothing()) return std::nullopt;
  return Draft{looked.at, std::move(looked.answer->page)};
}

void HomeMemory::forget(const db::Change& change) {
  switch (change.kind) {
    case db::ChangeKind::photo:
      cards_.erase(PhotoId{change.id});
      authors_.erase(change.owner);
      break;
    case db::ChangeKind::account:
      authors_.erase(AccountId{change.id});
      accounts_changed_[AccountId{change.id}] = position_;
      break;
    case db::ChangeKind::relations:
      follows_.erase(AccountId{change.id});
      break;
    case db::ChangeKind::moderation_case:
    case db::ChangeKind::comments:
    case db::ChangeKind::notification:
      break;
  }
}

void HomeMemory::forget_all() {
  follows_.clear();
  authors_.clear();
  cards_.clear();
  accounts_changed_.clear();
}

std::optional<HomeMemory::Answer> HomeMemory::page(LogPosition at, const Ask& ask) {
  Looked looked = look(ask);
  if (looked.at != at) return std::nullopt;
  return std::move(looked.answer);
}

HomeMemory::Looked HomeMemory::look(const Ask& ask) {
  {
    const std::shared_lock lock(mutex_);
    Look look;
    Looked looked{position_, page_of(ask, look)};
    if (!look.aged) return looked;
  }
  const std::lock_guard lock(mutex_);
  Look look{.keeping = true};
  return {position_, page_of(ask, look)};
}

std::optional<HomeMemory::Answer> HomeMemory::page_of(const Ask& ask, Look& look) {
  Answer answer;
  const auto* followed = look.up(follows_, ask.viewer);
  answer.missing.follows = followed == nullptr;
  if (!followed) return answer;
  Newest newest(ask.before, static_cast<std::size_t>(ask.limit) + 1);
  for (const AccountId author : *followed) {
    if (const auto* photos = look.up(authors_, author)) {
      newest.add(*photos);
    } else {
      answer.missing.authors.push_back(author);
    }
  }
  if (!answer.missing.authors.empty()) return answer;
  auto ids = newest.take();
  if (!ids) return std::nullopt;
  if (static_cast<int>(ids->size()) > ask.limit) {
    ids->pop_back();
    answer.page.next = Position{0, ids->back().value};
  }
  for (const PhotoId id : *ids) {
    if (auto kept = card(id, ask.now, look)) {
      answer.page.items.push_back({std::move(kept), {}});
    } else {
      answer.missing.cards.push_back(id);
    }
  }
  return answer;
}

std::shared_ptr<const cards::Card> HomeMemory::card(PhotoId id, Micros now, Look& look) {
  const KeptCard* kept = look.up(cards_, id);
  if (!kept) return nullptr;
  if (kept->card->text && kept->card->text->good_until <= now) return nullptr;
  const auto changed = accounts_changed_.find(kept->card->view.photo.owner);
  const bool stale = changed != accounts_changed_.end() && kept->read_at < changed->second;
  return stale ? nullptr : kept->card;
}

void HomeMemory::put_follows(LogPosition at, AccountId viewer, std::vector<AccountId> followed) {
  const std::lock_guard lock(mutex_);
  if (position_ != at) return;
  const std::size_t bytes = node_bytes + followed.capacity() * sizeof(AccountId);
  follows_.put(viewer, std::move(followed), bytes);
}

void HomeMemory::put_author(LogPosition at, AccountId author, AuthorPhotos photos) {
  const std::lock_guard lock(mutex_);
  if (position_ != at) return;
  const std::size_t bytes = node_bytes + photos.ids.capacity() * sizeof(PhotoId);
  authors_.put(author, std::move(photos), bytes);
}

void HomeMemory::put_card(LogPosition at, std::shared_ptr<const cards::Card> card) {
  const std::lock_guard lock(mutex_);
  if (position_ != at) return;
  const PhotoId photo = card->view.photo.id;
  const std::size_t bytes = node_bytes + card->bytes();
  cards_.put(photo, {std::move(card), at}, bytes);
}

}  // namespace picsharz::feed
