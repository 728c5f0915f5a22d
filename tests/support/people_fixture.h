// People who follow, block and publish, in a test's database: written straight through the stores,
// so that a test starts from any situation, also from one that the services would not let arise.
//
//   PeopleFixture people(db());
//   const AccountId mei = people.join("mei");
//   const PhotoId boat = people.photo(mei, {.title = "Boat", .visibility = Visibility::followers});
//   people.follow(ada, mei);
//   people.feed.home(people.as(ada), {});
//
// Time:      the clock stands still but for a millisecond after each photo.
// Threads:   the services are thread-safe; the fixture's own methods belong to one thread.
// Failures:  a test fails, or an exception, where a row cannot be written.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/page.h"
#include "base/viewer.h"
#include "db/database.h"
#include "features/accounts/account_service.h"
#include "features/cards/card_service.h"
#include "features/collections/collection_service.h"
#include "features/feed/feed_service.h"
#include "features/feed/photo_list_service.h"
#include "features/follows/follow_opening_service.h"
#include "features/follows/follow_service.h"
#include "features/likes/like_service.h"
#include "features/photos/photo_store.h"
#include "features/search/search_rules.h"
#include "features/search/term_service.h"
#include "features/suggestions/suggestion_service.h"

namespace picsharz::test {

struct PhotoDraft {
  std::string title = "A photo";
  photos::Visibility visibility = photos::Visibility::everyone;
  photos::PhotoState state = photos::PhotoState::published;
  std::vector<std::string> tags{};
  std::vector<std::string> labels{};  // of the classifier
  std::string description{};
};

class PeopleFixture {
 public:
  explicit PeopleFixture(db::Database& tested) : database(tested) {}

  AccountId join(std::string_view handle, std::string_view name = "", bool is_private = false) {
    accounts::Account account;
    account.id = ids.next<AccountId>();
    account.handle = handle;
    account.email = std::string(handle) + "@example.org";
    account.name = name.empty() ? std::string("Name of ").append(handle) : std::string(name);
    account.country = "MY";
    account.is_private = is_private;
    account.created_at = clock.now();
    const bool inserted = database.write(
        [&](db::Tx& tx) { return accounts::AccountStore().insert(tx, account, "no password"); });
    EXPECT_TRUE(inserted) << handle << " is taken";
    return account.id;
  }
  Viewer as(AccountId account, Role role = Role::member) const {
    return {.account = account, .role = role};
  }
  void set_private(AccountId account, bool is_private) {
    write("UPDATE accounts SET private = $2 WHERE id = $1", account, is_private);
  }
  void set_state(AccountId account, accounts::AccountState state) {
    write("UPDATE accounts SET state = $2 WHERE id = $1", account, state);
  }
  void set_followers(AccountId account, std::int64_t followers) {
    write("UPDATE accounts SET followers = $2 WHERE id = $1", account, followers);
  }

  void follow(AccountId follower, AccountId followee,
              follows::FollowState state = follows::FollowState::approved) {
    database.write([&](db::Tx& tx) {
      follows::FollowStore().insert(tx, follower, followee, state, clock.now());
    });
  }
  // The row alone: an approved follow between the two stays where it is.
  void block(AccountId blocker, AccountId blocked) {
    database.write([&](db::Tx& tx) {
      follows::FollowStore().insert_block(tx, blocker, blocked, clock.now());
    });
  }

  void mute(AccountId muter, AccountId muted) {
    database.write(
        [&](db::Tx& tx) { follows::FollowStore().insert_mute(tx, muter, muted, clock.now()); });
  }

  // Waits until the answer is there, which a real caller does not.
  Result<likes::LikeState> like(AccountId who, PhotoId photo, bool liked = true) {
    const auto answered = std::make_shared<std::promise<Result<likes::LikeState>>>();
    auto answer = answered->get_future();
    likes.set(as(who), photo, liked,
              [answered](std::exception_ptr failure, Result<likes::LikeState> state) {
                failure ? answered->set_exception(failure) : answered->set_value(std::move(state));
              });
    return answer.get();
  }

  // In any state, with the index and the counters that belong to it.
  PhotoId photo(AccountId owner, const PhotoDraft& draft = {}) {
    const PhotoId id = ids.next<PhotoId>();
    database.write([&](db::Tx& tx) {
      insert(tx, id, owner, draft);
      bring_to(tx, id, draft.state);
    });
    clock.advance(millisecond);
    return id;
  }
  bool withdraw(PhotoId id, photos::PhotoState state) {
    return database.write(
        [&](db::Tx& tx) { return photos::PhotoStore().withdraw(tx, id, state, "test"); });
  }
  void set_reported(PhotoId id, bool reported) {
    database.write([&](db::Tx& tx) { photos::PhotoStore().set_reported(tx, id, reported); });
  }
  void set_visibility(PhotoId id, photos::Visibility visibility) {
    database.write([&](db::Tx& tx) {
      photos::PhotoStore store;
      store.count(tx, id, photos::Counts::out);
      tx.exec("UPDATE photos SET visibility = $2 WHERE id = $1", id, visibility);
      store.count(tx, id, photos::Counts::in);
      store.index(tx, id);
    });
  }

  template <class... P>
  std::int64_t number(const db::Sql& sql, const P&... params) {
    return database.read([&](db::Tx& tx) {
      return tx
          .one(
              sql, [](const db::Row& row) { return row.integer(0); }, params...)
          .value();
    });
  }

  db::Database& database;
  FakeClock clock;
  IdSource ids{clock, 1};
  activity::ActivityService activity{clock};
  follows::FollowOpeningService opening{activity, clock};
  accounts::AccountService accounts{database, &opening};
  follows::FollowService follows{database, accounts, activity, clock};
  likes::LikeService likes{database, activity, clock};
  crypto::HmacKey key{"a key of the tests, 32 bytes long"};
  photos::MediaSigner signer{key, clock};
  cards::CardService cards{database, follows, signer, ids, clock};
  feed::FeedService feed{database, cards, clock};
  feed::PhotoListService lists{database, cards};
  search::SearchService search{database, cards};
  suggestions::SuggestionService suggested{database};
  collections::CollectionService collections{database, follows, cards, ids, clock};
  search::TermService terms{database, search, clock};

  // What a person types.
  cards::CardPage search_photos(const Viewer& viewer, std::string_view typed,
                                const PageRequest& page = {},
                                search::Sort sort = search::Sort::newest) {
    return search.photos(viewer, search::parse_query(typed).value(), sort, page);
  }
  Page<accounts::Account> search_people(const Viewer& viewer, std::string_view typed,
                                        const PageRequest& page = {}) {
    return search.people(viewer, search::parse_query(typed).value(), page);
  }

 private:
  static constexpr Micros millisecond = 1000;

  template <class... P>
  void write(const db::Sql& sql, const P&... params) {
    database.write([&](db::Tx& tx) { EXPECT_EQ(tx.exec(sql, params...), 1); });
  }

  void insert(db::Tx& tx, PhotoId id, AccountId owner, const PhotoDraft& draft) {
    photos::Photo photo;
    photo.id = id;
    photo.owner = owner;
    photo.title = draft.title;
    photo.description = draft.description;
    photo.visibility = draft.visibility;
    JsonWriter tags(photo.tags);
    tags.begin_array();
    for (const std::string& tag : draft.tags) tags.value(tag);
    tags.end_array();
    photo.original = "00";
    photo.file_name = "test.jpg";
    photo.created_at = clock.now();
    photos::PhotoStore store;
    store.insert(tx, photo, draft.tags);
    photos::AssessmentRow assessment{.models = "test", .labels = {}};
    for (const std::string& label : draft.labels) assessment.labels.push_back({label, 0.9});
    store.set_assessment(tx, id, assessment, clock.now());
  }

  // Along the way that every photo goes.
  static void bring_to(db::Tx& tx, PhotoId id, photos::PhotoState state) {
    using photos::PhotoState;
    photos::PhotoStore store;
    if (state == PhotoState::received) return;
    store.begin_decoding(tx, id);
    if (state == PhotoState::decoding) return;
    store.set_developed(tx, id,
                        {.width = 640, .height = 480, .thumbhash = "", .renditions = "320.webp"});
    store.index(tx, id);
    if (state == PhotoState::classifying) return;
    const bool removed = state == PhotoState::removed;
    store.conclude(tx, id, removed ? PhotoState::published : state, "");
    if (removed) store.withdraw(tx, id, state, "test");
  }
};

// The ids of a page of cards, in their order.
inline std::vector<PhotoId> ids_of(const cards::CardPage& page) {
  std::vector<PhotoId> ids;
  for (const photos::PhotoView& view : page.items) ids.push_back(view.photo.id);
  return ids;
}

inline std::vector<PhotoId> ids_of(const cards::CardLines& page) {
  std::vector<PhotoId> ids;
  for (const cards::CardLine& line : page.items) ids.push_back(line.card->view.photo.id);
  return ids;
}

inline std::vector<std::string> handles_of(const Page<accounts::Account>& page) {
  std::vector<std::string> handles;
  for (const accounts::Account& account : page.items) handles.push_back(account.handle);
  return handles;
}

// Every item of a list, fetched page by page: `fetch(PageRequest)` gives a Page.
template <class Fetch>
auto walk(int limit, Fetch&& fetch) {
  constexpr int pages_max = 1000;  // a list that never ends fails instead of hanging
  auto page = fetch(PageRequest{.after = std::nullopt, .limit = limit});
  auto items = std::move(page.items);
  for (int pages = 1; page.next && pages < pages_max; ++pages) {
    page = fetch(PageRequest{.after = page.next, .limit = limit});
    EXPECT_LE(static_cast<int>(page.items.size()), limit);
    for (auto& item : page.items) items.push_back(std::move(item));
  }
  EXPECT_FALSE(page.next) << "the list never ends";
  return items;
}

}  // namespace picsharz::test
