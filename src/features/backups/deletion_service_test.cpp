// What was deleted since a backup goes again: each kind of it, and the last word about what can
// come back.
#include "features/backups/deletion_service.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "db/change_log.h"
#include "features/accounts/avatar_key.h"
#include "features/backups/test_folder.h"
#include "features/comments/comment_service.h"
#include "features/comments/comment_store.h"
#include "features/photos/media_service.h"
#include "features/photos/original_service.h"
#include "image/decoder_pool.h"
#include "storage/file_cache.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::backups {
namespace {

constexpr crypto::PasswordCost replay_cost{.memory_bytes = 8 << 20, .passes = 1};

std::unique_ptr<storage::ObjectStore> store_in(const std::string& folder) {
  std::filesystem::create_directories(folder);
  return storage::open_fs_store(folder);
}

// The services that take things away, as `picsharz restore` has them.
struct ReplayWorld {
  explicit ReplayWorld(db::Database& tested)
      : people(tested),
        store(store_in(folder / "objects")),
        spool(folder / "spool", 0),
        files(*store, 16),
        decoders({.program = "", .processes = 1}),
        queue(tested, people.ids, people.clock),
        outbox(queue),
        changes(tested, people.clock),
        originals(tested, people.clock, *store, files, decoders),
        media(tested, people.clock, changes, files, people.signer, {}),
        editing(tested, queue, media, originals),
        blocklist(tested, people.ids, people.clock),
        idempotency(tested, people.ids, people.clock),
        comments(tested, people.ids, people.clock, people.activity, idempotency,
                 {.per_minute = 1, .per_hour = 1}),
        passwords(tested, people.clock, queue, outbox, people.key,
                  {.mail = context, .cost = replay_cost}),
        totps(tested, people.clock, outbox, passwords, context),
        departures(tested, people.clock, queue, outbox, passwords, totps, {.mail = context}),
        erasures(tested, people.clock, queue, departures, comments, editing, spool),
        deletions({.database = tested,
                   .ids = people.ids,
                   .queue = queue,
                   .store = *store,
                   .photos = editing,
                   .blocklist = blocklist,
                   .departures = departures,
                   .erasures = erasures,
                   .grace = grace,
                   .quarantine = quarantine}) {}

  static constexpr Micros grace = 14 * day;
  static constexpr Micros quarantine = 10 * day;

  Folder folder;
  test::PeopleFixture people;
  std::unique_ptr<storage::ObjectStore> store;
  storage::Spool spool;
  storage::FileCache files;
  image::DecoderPool decoders;
  jobs::Queue queue;
  mail::Outbox outbox;
  mail::Context context{.instance = "Test", .base_url = "https://test.example"};
  db::ChangeLog changes;
  photos::OriginalService originals;
  photos::MediaService media;
  photos::PhotoEditService editing;
  moderation::BlocklistService blocklist;
  accounts::IdempotencyService idempotency;
  comments::CommentService comments;
  accounts::PasswordService passwords;
  sessions::TotpService totps;
  departures::DepartureService departures;
  departures::ErasureService erasures;
  DeletionService deletions;
};

class ReplayTest : public test::DatabaseSuite {
 protected:
  using What = Deletion::What;

  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<ReplayWorld>(db());
    mei_ = people().join("mei");
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }

  test::PeopleFixture& people() { return world_->people; }
  storage::ObjectStore& store() { return *world_->store; }
  AccountId mei() const { return mei_; }
  Deletion word(What what, std::int64_t id, const std::string& name = "") {
    people().clock.advance(second);
    return {++seq_, what, id, name, people().clock.now()};
  }
  std::int64_t replay(const std::vector<Deletion>& journal) {
    return world_->deletions.replay(journal);
  }
  ReplayWorld& world() { return *world_; }
  // As a backup has them that was made meanwhile.
  void leave(const std::string& handle) { ASSERT_TRUE(world_->departures.remove(handle, false)); }
  std::int64_t state_of(AccountId account) {
    return people().number("SELECT state FROM accounts WHERE id = $1", account);
  }
  CommentId say(PhotoId photo, AccountId author) {
    const CommentId id = people().ids.next<CommentId>();
    db().write([&](db::Tx& tx) {
      comments::CommentStore().insert(tx, {.id = id,
                                           .photo = photo,
                                           .author = author,
                                           .text = "A word.",
                                           .created_at = people().clock.now()});
    });
    return id;
  }

 private:
  std::unique_ptr<ReplayWorld> world_;
  AccountId mei_{};
  std::int64_t seq_ = 0;
};
ON_BOTH_ENGINES(ReplayTest);

TEST_P(ReplayTest, ACollectionGoesOnceAndOthersStay) {
  db().write([&](db::Tx& tx) {
    for (const std::int64_t id : {5, 6}) {
      tx.exec(
          "INSERT INTO collections (id, owner_id, name, visibility, created_at, changed_at)"
          " VALUES ($1, $2, 'Boats', 0, 1, 1)",
          id, mei());
    }
  });
  const std::vector<Deletion> journal{word(What::collection, 5)};
  EXPECT_EQ(replay(journal), 1);
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(people().number("SELECT id FROM collections"), 6);
}

TEST_P(ReplayTest, AnAvatarGoesWithItsObjectsAndANewerOneStays) {
  const std::string old = "0123456789abcdef";
  const std::string newer = "fedcba9876543210";
  const auto wear = [&](const std::string& avatar) {
    db().write([&](db::Tx& tx) {
      tx.exec("UPDATE accounts SET avatar = $2 WHERE id = $1", mei(), avatar);
    });
    for (const int size : accounts::avatar_sizes) {
      store().put_bytes(accounts::avatar_key(avatar, std::to_string(size)), "a face");
    }
  };
  const auto has = [&](const std::string& avatar) {
    const auto first = std::to_string(*std::begin(accounts::avatar_sizes));
    return store().open(accounts::avatar_key(avatar, first)) != nullptr;
  };
  wear(old);
  const std::vector<Deletion> journal{word(What::avatar, mei().value, old)};
  EXPECT_EQ(replay(journal), 1);
  EXPECT_FALSE(has(old));
  EXPECT_EQ(people().number("SELECT count(*) FROM accounts WHERE avatar <> ''"), 0);
  wear(newer);
  EXPECT_EQ(replay(journal), 0);
  EXPECT_TRUE(has(newer));
  EXPECT_EQ(people().number("SELECT count(*) FROM accounts WHERE avatar <> ''"), 1);
}

TEST_P(ReplayTest, OfRemovedAndReinstatedTheLastOneCounts) {
  const PhotoId photo = people().photo(mei());
  const auto state = [&] { return people().number("SELECT state FROM photos"); };
  std::vector<Deletion> journal{word(What::removed, photo.value),
                                word(What::reinstated, photo.value)};
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(state(), 3);
  journal.push_back(word(What::removed, photo.value));
  EXPECT_EQ(replay(journal), 1);
  EXPECT_EQ(state(), 5);
}

TEST_P(ReplayTest, OfLeftAndReturnedTheLastOneCounts) {
  const auto state = [&] {
    return people().number("SELECT state FROM accounts WHERE id = $1", mei());
  };
  std::vector<Deletion> journal{word(What::left, mei().value), word(What::returned, mei().value)};
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(state(), 0);
  journal.push_back(word(What::left, mei().value));
  EXPECT_EQ(replay(journal), 1);
  EXPECT_EQ(state(), 2);
  EXPECT_EQ(replay(journal), 0);  // it is leaving already
  // From when it left, not from when it was restored.
  EXPECT_EQ(people().number("SELECT erase_at FROM departures"), journal.back().at + 14 * day);
}

// The backup is of between: it would erase them when their first grace is over.
TEST_P(ReplayTest, WhoWasLeavingAndCameBackIsNotErased) {
  const AccountId ada = people().join("ada");
  const AccountId tom = people().join("tom");
  people().follow(mei(), ada);
  const auto follow = [&] {
    return people().number("SELECT state FROM follows WHERE follower_id = $1", mei());
  };
  const auto left = word(What::left, mei().value);
  for (const char* handle : {"mei", "tom"}) leave(handle);
  EXPECT_EQ(follow(), 3);
  EXPECT_EQ(replay({left, word(What::returned, mei().value)}), 0);
  EXPECT_EQ(state_of(mei()), 0);
  EXPECT_EQ(follow(), 1);
  // A word of before they left is about another time.
  EXPECT_EQ(replay({{.seq = 1, .what = What::returned, .id = tom.value, .name = "", .at = 1}}), 0);
  EXPECT_EQ(state_of(tom), 2);
  people().clock.advance(20 * day);
  EXPECT_EQ(people().number("SELECT count(*) FROM departures WHERE account_id = $1", mei()), 0);
  EXPECT_EQ(world().erasures.sweep(), 1);  // tom alone
  EXPECT_TRUE(world().erasures.erase(mei()));
  EXPECT_EQ(state_of(mei()), 0);
}

TEST_P(ReplayTest, WhoLeftAgainHasTheGraceOfTheSecondTime) {
  leave("mei");
  const auto erase_at = [&] { return people().number("SELECT erase_at FROM departures"); };
  const std::int64_t first = erase_at();
  std::vector<Deletion> journal{word(What::left, mei().value)};
  // That is the time that the backup knows.
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(erase_at(), first);
  people().clock.advance(day);
  journal.push_back(word(What::returned, mei().value));
  people().clock.advance(day);
  journal.push_back(word(What::left, mei().value));
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(state_of(mei()), 2);
  EXPECT_EQ(erase_at(), journal.back().at + ReplayWorld::grace);
  people().clock.advance(ReplayWorld::grace - hour);
  EXPECT_EQ(world().erasures.sweep(), 0);
  people().clock.advance(hour);
  EXPECT_EQ(world().erasures.sweep(), 1);
}

TEST_P(ReplayTest, WhatModerationRemovedIsErasedWhenItsTimeIsOver) {
  const PhotoId shown = people().photo(mei());
  const PhotoId fresh = people().photo(mei(), {.state = photos::PhotoState::classifying});
  const std::vector<Deletion> journal{word(What::removed, shown.value),
                                      word(What::removed, fresh.value)};
  EXPECT_EQ(replay(journal), 2);
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(people().number("SELECT count(*) FROM photos WHERE state = 5"), 2);
  EXPECT_EQ(people().number("SELECT photos FROM accounts WHERE id = $1", mei()), 0);
  for (const Deletion& each : journal) {
    EXPECT_EQ(
        people().number("SELECT erase_at FROM moderation_standing WHERE photo_id = $1", each.id),
        each.at + ReplayWorld::quarantine);
  }
  EXPECT_EQ(people().number("SELECT count(*) FROM moderation_decisions WHERE action = 3"), 2);
  EXPECT_EQ(people().number("SELECT count(*) FROM moderation_cases WHERE closed_at IS NULL"), 0);
}

TEST_P(ReplayTest, BytesThatModerationErasedGo) {
  const std::string key = photos::original_key("00");
  store().put_bytes(key, "a picture");
  for (const auto state : {photos::PhotoState::published, photos::PhotoState::classifying,
                           photos::PhotoState::removed}) {
    const PhotoId photo = people().photo(mei(), {.state = state});
    const std::vector<Deletion> journal{word(What::removed, photo.value),
                                        word(What::erased, photo.value)};
    EXPECT_EQ(replay(journal), 1);
    EXPECT_EQ(replay(journal), 0);
    EXPECT_EQ(people().number("SELECT count(*) FROM photos WHERE id = $1 AND state = 5"
                              " AND original = '' AND renditions = ''",
                              photo),
              1);
    EXPECT_EQ(people().number("SELECT count(*) FROM moderation_standing WHERE photo_id = $1"
                              " AND erase_at IS NOT NULL",
                              photo),
              0);
  }
  EXPECT_EQ(people().number("SELECT count(*) FROM jobs WHERE kind = 'original.erase'"), 3);
  EXPECT_EQ(world().originals.erase("00"), photos::Erasure::erased);
  EXPECT_FALSE(store().open(key));
}

// The backup is of between, too: its photo is removed, and would be erased.
TEST_P(ReplayTest, WhatWasReinstatedIsAsItWasThenAndNotErased) {
  for (const int state : {3, 4}) {
    const PhotoId photo = people().photo(mei());
    const auto removed = word(What::removed, photo.value);
    ASSERT_EQ(replay({removed}), 1);
    const auto back = word(What::reinstated, photo.value, std::to_string(state));
    EXPECT_EQ(replay({removed, back}), 0);
    EXPECT_EQ(people().number("SELECT state FROM photos WHERE id = $1", photo), state);
    EXPECT_EQ(people().number("SELECT count(*) FROM moderation_standing WHERE photo_id = $1"
                              " AND erase_at IS NULL",
                              photo),
              1);
  }
  EXPECT_EQ(people().number("SELECT photos FROM accounts WHERE id = $1", mei()), 1);
}

TEST_P(ReplayTest, ACommentThatModerationRemovedIsRemovedAndOneThatIsBackIsBack) {
  const PhotoId photo = people().photo(mei());
  const CommentId comment = say(photo, mei());
  const auto state = [&] { return people().number("SELECT state FROM comments"); };
  const auto counted = [&] { return people().number("SELECT comments FROM photos"); };
  std::vector<Deletion> journal{word(What::comment_removed, comment.value)};
  EXPECT_EQ(replay(journal), 1);
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(state(), 2);
  EXPECT_EQ(counted(), 0);
  EXPECT_EQ(people().number("SELECT count(*) FROM comment_standing"), 1);
  journal.push_back(word(What::comment_reinstated, comment.value));
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(state(), 0);
  EXPECT_EQ(counted(), 1);
}

TEST_P(ReplayTest, SessionsThatEndedAndTokensThatWereRevokedAreNoMore) {
  constexpr std::int64_t many = 1'500;  // more than one piece
  std::vector<Deletion> journal;
  db().write([&](db::Tx& tx) {
    for (std::int64_t id = 1; id <= many + 1; ++id) {
      const std::string hash = std::to_string(id);
      tx.exec(
          "INSERT INTO sessions (id, account_id, token_hash, user_agent, address, created_at,"
          " last_used_at, expires_at) VALUES ($1, $2, $3, '', '', 1, 1, 2)",
          id, mei(), db::Param::bytes(hash));
    }
    for (const std::int64_t id : {5, 6}) {
      const std::string hash = std::to_string(id);
      tx.exec(
          "INSERT INTO tokens (id, account_id, name, token_hash, scopes, created_at, last_used_at,"
          " expires_at) VALUES ($1, $2, 'A token', $3, 1, 1, 1, 0)",
          id, mei(), db::Param::bytes(hash));
    }
  });
  for (std::int64_t id = 1; id <= many; ++id) journal.push_back(word(What::session, id));
  journal.push_back(word(What::token, 5));
  EXPECT_EQ(replay(journal), many + 1);
  EXPECT_EQ(replay(journal), 0);
  EXPECT_EQ(people().number("SELECT id FROM sessions"), many + 1);
  EXPECT_EQ(people().number("SELECT id FROM tokens"), 6);
}

}  // namespace
}  // namespace picsharz::backups
