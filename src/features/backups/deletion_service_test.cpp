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
        idempotency(tested, people.ids, people.clock),
        comments(tested, people.ids, people.clock, people.activity, idempotency,
                 {.per_minute = 1, .per_hour = 1}),
        passwords(tested, people.clock, queue, outbox, people.key,
                  {.mail = context, .cost = replay_cost}),
        totps(tested, people.clock, outbox, passwords, context),
        departures(tested, people.clock, queue, outbox, passwords, totps, {.mail = context}),
        erasures(tested, people.clock, queue, departures, comments, editing, spool),
        deletions({tested, *store, editing, departures, erasures, 14 * day}) {}

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

}  // namespace
}  // namespace picsharz::backups
