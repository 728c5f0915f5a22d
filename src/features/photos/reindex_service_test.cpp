#include "features/photos/reindex_service.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "db/migrations.h"
#include "jobs/worker.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::ids_of;
using test::PeopleFixture;
using Ids = std::vector<PhotoId>;

constexpr auto no_rest = [](Micros) { return true; };

class ReindexTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    service_.emplace(db(), people_->clock);
    mei_ = people_->join("mei", "Mei Tan");
  }
  void TearDown() override {
    service_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }
  PeopleFixture& people() { return *people_; }
  ReindexService& service() { return *service_; }
  Ids found(std::string_view typed) { return ids_of(people_->search_photos({}, typed)); }
  template <class... P>
  void exec(const db::Sql& sql, const P&... params) {
    db().write([&](db::Tx& tx) { tx.exec(sql, params...); });
  }
  IndexReport verify(bool mend) { return service_->verify(mend, no_rest); }

  AccountId mei_;

 private:
  std::optional<PeopleFixture> people_;
  std::optional<ReindexService> service_;
};
ON_BOTH_ENGINES(ReindexTest);

TEST_P(ReindexTest, VerifyFindsNothingWhereAllIsWell) {
  people().photo(mei_, {.title = "Boat", .tags = {"sea"}, .labels = {"boat"}});
  people().photo(mei_, {.title = "Held", .state = PhotoState::held});
  people().photo(mei_, {.visibility = Visibility::only_me, .tags = {"sea"}});
  const IndexReport report = verify(false);
  EXPECT_EQ(report.photos, 3);
  EXPECT_EQ(report.accounts, 1);
  EXPECT_EQ(report.wrong(), 0);
}

TEST_P(ReindexTest, VerifyFindsAndMendsWhatIsMissingStaleAndSurplus) {
  const PhotoId missing = people().photo(mei_, {.title = "First boat", .tags = {"sea"}});
  const PhotoId stale = people().photo(mei_, {.title = "Second boat"});
  const PhotoId surplus = people().photo(mei_, {.title = "Third boat"});
  const AccountId ada = people().join("ada");
  db().write([&](db::Tx& tx) {
    db::SearchIndex().remove_photo(tx, missing);
    tx.exec("UPDATE photos SET title = 'Fifth boat' WHERE id = $1", stale);
    tx.exec("UPDATE photos SET state = 5 WHERE id = $1", surplus);
    db::SearchIndex().remove_account(tx, ada);
    tx.exec("UPDATE accounts SET name = 'Other' WHERE id = $1", mei_);
    tx.exec("UPDATE search_terms SET photos = photos + 3");
  });
  exec("DELETE FROM search_renamed");
  IndexReport report = verify(false);
  EXPECT_EQ(report.missing, 2) << "a photo and an account";
  EXPECT_GE(report.stale, 2) << "a photo, and the account whose name differs";
  EXPECT_EQ(report.surplus, 1);
  EXPECT_EQ(found("fifth"), Ids{});
  EXPECT_GT(verify(true).wrong(), 0);
  report = verify(false);
  EXPECT_EQ(report.wrong(), 0);
  EXPECT_EQ(found("fifth"), Ids{stale});
  EXPECT_EQ(found("boat"), (Ids{stale, missing}));
  EXPECT_EQ(test::handles_of(people().search_people({}, "ada")).size(), 1U);
}

TEST_P(ReindexTest, VerifyRemovesNumbersThatNoPhotoHas) {
  if (db().engine() == db::Engine::postgres) return;  // a foreign key keeps them out there
  people().photo(mei_, {.title = "Boat"});
  exec("INSERT INTO photo_search (rowid, title) VALUES (77, 'boat')");
  EXPECT_EQ(verify(false).surplus, 1);
  EXPECT_EQ(verify(true).surplus, 1);
  EXPECT_EQ(verify(false).surplus, 0);
  EXPECT_EQ(people().number("SELECT count(*) FROM photo_search"), 1);
}

TEST_P(ReindexTest, AWalkIndexesEverythingAndGoesOnWhereItWasEnded) {
  Ids all;
  for (int i = 0; i < 130; ++i) all.insert(all.begin(), people().photo(mei_, {.title = "Boat"}));
  exec("DELETE FROM photo_search");
  exec("DELETE FROM account_search");
  exec("DELETE FROM search_photo_terms");
  EXPECT_EQ(found("boat"), Ids{});
  service().begin();
  EXPECT_TRUE(verify(false).walking);
  int steps = 0;
  EXPECT_THROW(service().run([&](Micros) { return ++steps < 2; }), jobs::Postponed);
  EXPECT_EQ(people().number("SELECT count(*) FROM photo_search"), 20) << "the newest first";
  EXPECT_EQ(found("boat"), Ids(all.begin(), all.begin() + 20));
  service().run(no_rest);
  EXPECT_EQ(people().number("SELECT count(*) FROM photo_search"), 130);
  const IndexReport report = verify(false);
  EXPECT_FALSE(report.walking);
  EXPECT_EQ(report.wrong(), 0);
  jobs::Queue queue(db(), people().ids, people().clock);
  service().resume(queue);
  EXPECT_EQ(people().number("SELECT count(*) FROM jobs"), 0) << "there is nothing to do";
  service().begin();
  service().resume(queue);
  EXPECT_EQ(people().number("SELECT count(*) FROM jobs"), 1);
}

TEST_P(ReindexTest, ANewNameFindsTheOldPhotos) {
  const PhotoId boat = people().photo(mei_, {.title = "Boat"});
  people().photo(mei_, {.state = PhotoState::held});
  EXPECT_EQ(found("tan"), Ids{boat});
  accounts::ProfileChange change;
  change.name = "Mei Okafor";
  ASSERT_TRUE(people().accounts.change_profile(people().as(mei_), change));
  EXPECT_EQ(found("tan"), Ids{boat}) << "not yet";
  service().run(no_rest);
  EXPECT_EQ(found("tan"), Ids{});
  EXPECT_EQ(found("okafor"), Ids{boat});
  EXPECT_EQ(people().number("SELECT count(*) FROM search_renamed"), 0);
  EXPECT_EQ(verify(false).wrong(), 0);
}

// From the schema before this index, with photos and accounts in it.
TEST_P(ReindexTest, AnOlderDatabaseIsIndexedAfterItsMigration) {
  test::TestDatabase old(GetParam(), test::Schema::empty);
  constexpr int search_step = 29;
  const auto all = db::migrations();
  const auto before = std::ranges::find_if(
      all, [](const db::Migration& step) { return step.number >= search_step; });
  db::migrate(old, all.first(static_cast<std::size_t>(before - all.begin())));
  old.write([](db::Tx& tx) {
    tx.exec(
        "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
        " VALUES (5, 'mei', 'mei@example.org', '', 'Mei Tan', 'SG', 0)");
    for (int id = 1; id <= 120; ++id) {
      tx.exec(
          "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
          " height, renditions, original, format, bytes, file_name, created_at)"
          " VALUES ($1, 5, 'Old boats', '', '', 0, $2, 640, 480, '320.webp', '00', 0, 1, '', 0)",
          id, id % 10 == 0 ? 4 : 3);
      tx.exec("INSERT INTO photo_tags (photo_id, tag) VALUES ($1, 'harbour')", id);
    }
  });
  db::migrate(old);
  PeopleFixture now(old);
  EXPECT_TRUE(now.search_photos({}, "boat").items.empty());
  ReindexService reindexing(old, now.clock);
  EXPECT_TRUE(reindexing.verify(false, no_rest).walking);
  const PhotoId fresh = now.photo(AccountId{5}, {.title = "A new boat"});
  EXPECT_EQ(ids_of(now.search_photos({}, "boat")), Ids{fresh}) << "at once";
  reindexing.run(no_rest);
  EXPECT_EQ(reindexing.verify(false, no_rest).wrong(), 0);
  const auto seen =
      test::walk(50, [&](const PageRequest& page) { return now.search_photos({}, "boat", page); });
  ASSERT_EQ(seen.size(), 109U);
  EXPECT_EQ(seen.front().photo.id, fresh);
  EXPECT_EQ(seen.back().photo.id, PhotoId{1});
  EXPECT_EQ(test::handles_of(now.search_people({}, "tan")), std::vector<std::string>{"mei"});
  EXPECT_EQ(now.number("SELECT photos FROM search_terms WHERE key = 'harbour'"), 108);
}

}  // namespace
}  // namespace picsharz::photos
