// What home feeds are made of, remembered: whom a person follows, the newest photos of those who
// are followed, and their cards. Exactly as old as a snapshot, or silent.
//
// What:      a request opens its snapshot, reads how far the change log goes in it, and advances
//            the memory to there: what the log names is forgotten. From then on everything that is
//            left is as this snapshot has it. What is missing is read from the snapshot and
//            remembered, unless another request has advanced the memory meanwhile. A request whose
//            snapshot is older than the memory is told so, and asks the database alone.
// Who sees:  a home feed shows to approved followers, where nobody of the two blocked the other,
//            published photos of active accounts that are not private: what the predicate of
//            photos/photo_visibility.h leaves of itself for them. Whom somebody follows comes in
//            without those who are blocked or muted; authors without what is not shared and without
//            accounts that are not active; cards through the predicate itself.
// Bounds:    bytes, by generation (base/generation_map.h). Of an author the newest `author_photos`
//            are kept; who walks further back asks the database.
// Threads:   thread-safe; one lock, never held while a database is asked, and shared by those who
//            change nothing: one who is interrupted while he looks holds up nobody.
// Source:    pulling and merging a follow list's newest is "fan-out on read" (Silberstein et al.,
//            "Feeding Frenzy: selectively materializing users' event feeds", SIGMOD 2010).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/generation_map.h"
#include "db/change.h"
#include "db/snapshot.h"
#include "features/cards/card.h"

namespace picsharz::feed {

// Where the log of changes ends in a snapshot. On PostgreSQL the memory counts for itself.
using LogPosition = std::int64_t;

// The newest of an author, newest first.
struct AuthorPhotos {
  std::vector<PhotoId> ids;
  bool all = true;  // there are no older ones
};

class HomeMemory {
 public:
  HomeMemory();

  static constexpr int author_photos = 64;

  struct Ask {
    AccountId viewer;
    PhotoId before;
    int limit = 0;
    Micros now = 0;  // a card whose URLs are out of date is made anew
  };
  // What has to be read before the page is whole.
  struct Missing {
    bool follows = false;
    std::vector<AccountId> authors;
    std::vector<PhotoId> cards;

    bool nothing() const { return !follows && authors.empty() && cards.empty(); }
  };
  // Nothing: another request has advanced the memory, or the page lies beyond what is kept.
  struct Answer {
    cards::CardLines page;  // without the counts
    Missing missing;
  };
  // What the memory says now, whatever the database says meanwhile.
  struct Draft {
    LogPosition at = 0;
    cards::CardLines page;  // whole, without the counts
  };

  // False: the memory is newer than this snapshot. `read` is asked for the changes after a
  // position.
  bool advance(LogPosition to, FunctionRef<db::Changes(LogPosition)> read);
  // The same on PostgreSQL, where a snapshot has no number: the position that stands for it, or
  // nothing. `reading` was asked for what is news since newest(), then or earlier.
  std::optional<LogPosition> advance(const db::LogReading& reading);
  db::Snapshot newest();
  // Nothing where something would have to be read.
  std::optional<Draft> draft(const Ask& ask);
  std::optional<Answer> page(LogPosition at, const Ask& ask);

  // Nothing is kept where the memory is not at `at` any more.
  void put_follows(LogPosition at, AccountId viewer, std::vector<AccountId> followed);
  void put_author(LogPosition at, AccountId author, AuthorPhotos photos);
  void put_card(LogPosition at, std::shared_ptr<const cards::Card> card);

 private:
  struct KeptCard {
    std::shared_ptr<const cards::Card> card;
    LogPosition read_at = 0;
  };

  struct Looked {
    LogPosition at = -1;
    std::optional<Answer> answer;
  };
  // How a page is put together: only looking, or keeping what is found from being forgotten.
  struct Look {
    bool keeping = false;
    bool aged = false;  // something has to be kept, or it is forgotten soon

    template <class K, class V>
    const V* up(GenerationMap<K, V>& map, const K& key) {
      return keeping ? map.find(key) : map.peek(key, aged);
    }
  };

  std::optional<LogPosition> position_of(const db::Snapshot& snapshot) const;
  Looked look(const Ask& ask);
  std::optional<Answer> page_of(const Ask& ask, Look& look);
  void forget(const db::Change& change);
  void forget_all();
  std::shared_ptr<const cards::Card> card(PhotoId id, Micros now, Look& look);

  std::shared_mutex mutex_;
  LogPosition position_ = -1;
  // PostgreSQL: the oldest and the newest snapshot known that position_ stands for. Between them
  // nothing happened that is remembered here.
  db::Snapshot began_;
  db::Snapshot newest_;
  GenerationMap<AccountId, std::vector<AccountId>> follows_;
  GenerationMap<AccountId, AuthorPhotos> authors_;
  GenerationMap<PhotoId, KeptCard> cards_;
  // When an account changed last: cards of its photos that were read before say something else.
  std::unordered_map<AccountId, LogPosition> accounts_changed_;
};

}  // namespace picsharz::feed
