#include "features/photos/photo_edit_service.h"

#include <atomic>
#include <thread>

#include "db/search_query.h"
#include "features/photos/photo_edit_rules.h"
#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::Address;
using test::World;

TEST(PhotoEditRulesTest, ReadsWhatIsThereAndNamesWhatIsWrong) {
  auto body = JsonObject::parse(
      R"({"title":" A pier ","tags":["#Old Harbour","old-harbour",""],"visibility":"followers",)"
      R"("place":"Penang","show_camera":true})");
  const auto edit = read_edit(*body);
  ASSERT_TRUE(edit);
  EXPECT_EQ(edit->title, "A pier");
  EXPECT_EQ(edit->tags, std::vector<std::string>{"old-harbour"});
  EXPECT_EQ(edit->visibility, Visibility::followers);
  EXPECT_EQ(edit->place, "Penang");
  EXPECT_EQ(edit->show_camera, true);
  EXPECT_FALSE(edit->description || edit->alt || edit->allow_download);

  auto wrong = JsonObject::parse(R"({"title":")" + std::string(201, 'x') +
                                 R"(","visibility":"all","tags":["a,b"],"state":"published",)"
                                 R"("place":7})");
  const auto refused = read_edit(*wrong);
  ASSERT_FALSE(refused);
  std::vector<std::string> fields;
  for (const auto& field : refused.error().fields) fields.push_back(field.field);
  std::ranges::sort(fields);
  EXPECT_EQ(fields, (std::vector<std::string>{"place", "state", "tags", "title", "visibility"}));
}

class PhotoEditTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    world_->changes.add(world_->media);
    world_->changes.poll();
    mei_ = world_->add_account("mei");
    other_ = world_->add_account("other");
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }

  PhotoEditService& editing() { return world_->editing; }
  static Viewer as(AccountId account) { return {.account = account}; }
  template <class... P>
  void exec(const db::Sql& sql, const P&... params) {
    db().write([&](db::Tx& tx) { tx.exec(sql, params...); });
  }
  // Photos that a word finds.
  std::int64_t found(std::string_view word) {
    const std::string query = db::engine_query(db().engine(), {{{{{{std::string(word)}, true}}}}});
    static constexpr db::Sql sql(
        "SELECT count(*) FROM photo_search WHERE photo_search MATCH $1",
        "SELECT count(*) FROM photo_search WHERE words @@ CAST(CAST($1 AS TEXT) AS tsquery)");
    return db().read([&](db::Tx& tx) {
      return tx
          .one(
              sql, [](const db::Row& row) { return row.integer(0); }, query)
          .value();
    });
  }
  std::int64_t count(const db::Sql& sql) { return world_->count(sql); }

  Address address(PhotoId photo, AccountId account = {}) {
    Address address;
    const std::int64_t epoch = world_->find(photo).photo.epoch;
    world_->signer.append_url(address.url, photo, "320", epoch, account);
    return address;
  }
  // As the route asks: what is remembered first.
  bool shown(PhotoId photo, const Address& address, AccountId account = {}) {
    const std::string signature = address.value("s");
    const MediaRequest wanted{.photo = photo,
                              .rendition = "320",
                              .account = account,
                              .expires = std::stoll(address.value("e")),
                              .signature = signature};
    if (world_->media.cached(wanted)) return true;
    return world_->media.find(wanted, as(account)).has_value();
  }

  std::unique_ptr<World> world_;
  AccountId mei_;
  AccountId other_;
};
ON_BOTH_ENGINES(PhotoEditTest);

TEST_P(PhotoEditTest, AnEditKeepsRowTagsAndIndexTogether) {
  const PhotoId id = world_->publish(mei_).photo.id;
  ASSERT_EQ(found("boats"), 1);
  const auto page = editing().edit(as(mei_), id,
                                   {.title = "Lighthouse",
                                    .description = "Waves",
                                    .alt = "",
                                    .tags = std::vector<std::string>{"penang", "storm"},
                                    .place = "George Town",
                                    .show_camera = true,
                                    .allow_download = true});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->view.photo.title, "Lighthouse");
  EXPECT_EQ(page->view.photo.tags, R"(["penang","storm"])");
  EXPECT_EQ(page->view.photo.epoch, 1);  // nobody was shut out: addresses stay
  EXPECT_EQ(page->details.place, "George Town");
  EXPECT_TRUE(page->details.show_camera && page->details.allow_download);
  EXPECT_EQ(found("boats"), 0);
  EXPECT_EQ(found("harbour"), 0);
  EXPECT_EQ(found("lighthouse"), 1);
  EXPECT_EQ(found("storm"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM photo_tags"), 2);

  const auto again = editing().edit(as(mei_), id, {.description = "Calm"});
  EXPECT_EQ(again->view.photo.title, "Lighthouse");
  EXPECT_EQ(again->view.photo.tags, R"(["penang","storm"])");
  EXPECT_EQ(again->details.place, "George Town");
  EXPECT_EQ(found("waves"), 0);
  EXPECT_EQ(count("SELECT photos FROM accounts WHERE handle = 'mei'"), 1);
}

TEST_P(PhotoEditTest, WhatIsNotPublishedIsEditedAndNotFound) {
  const PhotoId id = world_->upload(mei_).photo.id;
  ASSERT_TRUE(editing().edit(as(mei_), id, {.title = "Early"}));
  EXPECT_EQ(found("early"), 0);
  world_->run_job();
  EXPECT_EQ(found("early"), 1);
}

TEST_P(PhotoEditTest, OthersAreToldThatItIsNotTheirsOnlyWhereTheySeeIt) {
  const PhotoId open = world_->publish(mei_).photo.id;
  const PhotoId closed = world_->publish(mei_, Visibility::only_me).photo.id;
  for (const Viewer& viewer :
       {as(other_), Viewer{.account = other_, .role = Role::administrator}}) {
    EXPECT_EQ(editing().edit(viewer, open, {.title = "x"}).error().code, "forbidden");
    EXPECT_EQ(editing().remove(viewer, open).error().code, "forbidden");
    EXPECT_EQ(editing().remove_label(viewer, open, "boat").error().code, "forbidden");
    EXPECT_EQ(editing().original(viewer, open).error().code, "not_found");
    EXPECT_EQ(editing().edit(viewer, closed, {.title = "x"}).error().code, "not_found");
    EXPECT_EQ(editing().remove(viewer, closed).error().code, "not_found");
    EXPECT_EQ(editing().original(viewer, closed).error().code, "not_found");
  }
  exec("INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, 0)", mei_, other_);
  EXPECT_EQ(editing().edit(as(other_), open, {.title = "x"}).error().code, "not_found");
  EXPECT_EQ(editing().remove(as(other_), open).error().code, "not_found");
  EXPECT_EQ(editing().edit(as(mei_), PhotoId{7}, {}).error().code, "not_found");
  EXPECT_EQ(editing().remove(as(mei_), PhotoId{7}).error().code, "not_found");
  EXPECT_EQ(world_->find(open).photo.title, "The harbour");
}

TEST_P(PhotoEditTest, DeletingLeavesNoRowAndExactCounts) {
  const PhotoId kept = world_->publish(mei_).photo.id;
  const PhotoId gone = world_->publish(mei_).photo.id;
  const db::Sql counted = "SELECT bytes FROM accounts WHERE handle = 'mei'";
  EXPECT_EQ(count(counted), 2 * world_->find(kept).photo.bytes);
  exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES ($1, $2, 0)", gone, other_);
  exec("INSERT INTO photo_labels (photo_id, name, confidence, models) VALUES ($1, 'pier', 0.9, '')",
       gone);
  ASSERT_TRUE(editing().remove(as(mei_), gone));
  EXPECT_EQ(count(counted), world_->find(kept).photo.bytes);
  EXPECT_EQ(count("SELECT photos FROM accounts WHERE handle = 'mei'"), 1);
  EXPECT_EQ(found("harbour"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM photos"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM photo_details"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM likes"), 0);
  EXPECT_EQ(count("SELECT count(*) FROM photo_tags"), 2);
  EXPECT_EQ(editing().remove(as(mei_), gone).error().code, "not_found");

  // One that was never published was not counted.
  const PhotoId early = world_->upload(mei_).photo.id;
  ASSERT_TRUE(editing().remove(as(mei_), early));
  world_->run_jobs();
  EXPECT_EQ(count("SELECT photos FROM accounts WHERE handle = 'mei'"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM photos"), 1);
}

// Likes that arrive while a photo goes: no row is left over, and nobody is told of a broken server.
TEST_P(PhotoEditTest, LikesAndADeletionAtOnceLeaveNothing) {
  for (int round = 0; round < 10; ++round) {
    const PhotoId id = world_->publish(mei_).photo.id;
    std::atomic<int> broken = 0;
    std::thread liker([&] {
      for (int i = 0; i < 20; ++i) {
        try {
          db().write([&](db::Tx& tx) {
            tx.exec(
                "INSERT INTO likes (photo_id, account_id, created_at) SELECT id, $2, 0"
                " FROM photos WHERE id = $1 ON CONFLICT DO NOTHING",
                id, other_);
          });
        } catch (const db::DatabaseError&) {
          ++broken;
        }
      }
    });
    EXPECT_TRUE(editing().remove(as(mei_), id));
    liker.join();
    EXPECT_EQ(broken, 0);
    EXPECT_EQ(count("SELECT count(*) FROM likes"), 0);
  }
}

TEST_P(PhotoEditTest, ALabelIsRemovedOrBecomesATag) {
  const PhotoId id = world_->publish(mei_).photo.id;
  for (const char* name : {"pier", "palm tree", "fog"}) {
    exec("INSERT INTO photo_labels (photo_id, name, confidence, models) VALUES ($1, $2, 0.9, '')",
         id, name);
  }
  auto page = editing().remove_label(as(mei_), id, "fog");
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->view.photo.labels.contains("fog"));
  EXPECT_TRUE(page->view.photo.labels.contains("pier"));
  EXPECT_EQ(found("fog"), 0);
  EXPECT_TRUE(editing().remove_label(as(mei_), id, "fog"));
  for (int round = 0; round < 2; ++round) {
    page = editing().make_tag(as(mei_), id, "palm tree");
    ASSERT_TRUE(page);
    EXPECT_TRUE(page->view.photo.tags.contains("palm-tree")) << page->view.photo.tags;
    EXPECT_FALSE(page->view.photo.labels.contains("palm")) << page->view.photo.labels;
    EXPECT_EQ(found("palm"), 1);
  }
  EXPECT_EQ(editing().make_tag(as(mei_), id, "whale").error().code, "not_found");
  std::vector<std::string> many;
  for (int i = 0; i < 30; ++i) many.push_back("t" + std::to_string(i));
  ASSERT_TRUE(editing().edit(as(mei_), id, {.tags = many}));
  EXPECT_EQ(editing().make_tag(as(mei_), id, "pier").error().code, "too_many_tags");
}

// A15: every address that was ever given out dies with what it stood for.
TEST_P(PhotoEditTest, OldAddressesDieWithWhatAllowedThem) {
  exec("INSERT INTO follows (follower_id, followee_id, state, created_at) VALUES ($1, $2, 1, 0)",
       other_, mei_);
  const auto expect_dead = [&](const char* after, auto change) {
    const PhotoId id = world_->publish(mei_).photo.id;
    const Address open = address(id);
    const Address signed_for = address(id, other_);
    ASSERT_TRUE(shown(id, open));
    ASSERT_TRUE(shown(id, open));  // remembered
    ASSERT_TRUE(shown(id, signed_for, other_));
    change(id);
    world_->changes.poll();  // at the latest a fifth of a second later
    EXPECT_FALSE(shown(id, open)) << after;
    EXPECT_FALSE(shown(id, signed_for, other_)) << after;
  };
  expect_dead("removal",
              [&](PhotoId id) { world_->photos.withdraw(id, PhotoState::removed, "explicit"); });
  expect_dead("deletion", [&](PhotoId id) { EXPECT_TRUE(editing().remove(as(mei_), id)); });
  expect_dead("private", [&](PhotoId id) {
    EXPECT_TRUE(editing().edit(as(mei_), id, {.visibility = Visibility::only_me}));
  });
  expect_dead("private and back", [&](PhotoId id) {
    EXPECT_TRUE(editing().edit(as(mei_), id, {.visibility = Visibility::only_me}));
    EXPECT_TRUE(editing().edit(as(mei_), id, {.visibility = Visibility::everyone}));
  });
  expect_dead("by another process",
              [&](PhotoId id) { exec("UPDATE photos SET state = 5 WHERE id = $1", id); });
}

TEST_P(PhotoEditTest, AddressesOfAFollowerDieWithTheFollowing) {
  const auto follow = [&] {
    exec("INSERT INTO follows (follower_id, followee_id, state, created_at) VALUES ($1, $2, 1, 0)",
         other_, mei_);
  };
  follow();
  const PhotoId id = world_->publish(mei_, Visibility::followers).photo.id;
  const Address mine = address(id, other_);
  ASSERT_TRUE(shown(id, mine, other_));
  EXPECT_FALSE(shown(id, address(id)));
  exec("DELETE FROM follows WHERE follower_id = $1", other_);
  EXPECT_FALSE(shown(id, mine, other_)) << "unfollow";
  follow();
  exec("INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, 0)", mei_, other_);
  EXPECT_FALSE(shown(id, mine, other_)) << "block";
  exec("DELETE FROM blocks WHERE blocker_id = $1", mei_);
  ASSERT_TRUE(shown(id, mine, other_));
  ASSERT_TRUE(editing().edit(as(mei_), id, {.visibility = Visibility::only_me}));
  EXPECT_FALSE(shown(id, mine, other_)) << "visibility";
  EXPECT_TRUE(shown(id, address(id, mei_), mei_));
}

TEST_P(PhotoEditTest, APrivateAccountIsNotForAllAtOnce) {
  const PhotoId id = world_->publish(mei_).photo.id;
  const Address open = address(id);
  ASSERT_TRUE(shown(id, open));
  exec("UPDATE accounts SET private = 1 WHERE id = $1", mei_);
  world_->changes.poll();
  EXPECT_FALSE(shown(id, open));
  EXPECT_FALSE(shown(id, address(id, other_), other_));
  EXPECT_TRUE(shown(id, address(id, mei_), mei_));
}

TEST_P(PhotoEditTest, TheOriginalComesBackByteForByteOrNotAtAll) {
  const PhotoView view = world_->publish(mei_);
  const auto original = editing().original(as(mei_), view.photo.id);
  ASSERT_TRUE(original);
  EXPECT_EQ(original->file->size(), view.photo.bytes);
  EXPECT_EQ(original->file_name, "IMG_1.png");
  const std::string key = original_key(view.photo.original);
  world_->store.remove(key);
  world_->store.put_bytes(key, "something else");
  EXPECT_EQ(editing().original(as(mei_), view.photo.id).error().code, "original_damaged");
  EXPECT_EQ(world_->originals.count_damaged(), 1);
}

TEST_P(PhotoEditTest, ANewPhotoBeginsAsItsOwnersAccountSays) {
  EXPECT_EQ(count("SELECT max(show_camera + allow_download) FROM photo_details"), 0);
  exec("UPDATE accounts SET show_camera = 1, allow_download = 1 WHERE id = $1", mei_);
  const PhotoId id = world_->upload(mei_).photo.id;
  const auto page = editing().edit(as(mei_), id, {});
  EXPECT_TRUE(page->details.show_camera && page->details.allow_download);
}

}  // namespace
}  // namespace picsharz::photos
