// The pictures of the popular list: asked for when it is ranked, and in memory before anybody asks.
#include "features/feed/popular_picture_service.h"

#include <gtest/gtest.h>

#include "features/accounts/account_service.h"
#include "features/cards/card_service.h"
#include "features/follows/follow_service.h"
#include "features/likes/like_store.h"
#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::feed {
namespace {

using photos::MediaRequest;
using photos::test::Address;
using photos::test::World;

// The list and its pictures, as one process has them.
struct Process {
  explicit Process(World& world)
      : activity(world.clock),
        accounts(world.database),
        follows(world.database, accounts, activity, world.clock),
        cards(world.database, follows, world.signer, world.ids, world.clock),
        popular(world.database, cards, world.changes, &world.extras, world.clock),
        pictures(popular, world.media) {}

  activity::ActivityService activity;
  accounts::AccountService accounts;
  follows::FollowService follows;
  cards::CardService cards;
  PopularService popular;
  PopularPictureService pictures;
};

class PopularPictureTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    process_ = std::make_unique<Process>(*world_);
    world_->changes.add(world_->media);
    world_->changes.add(process_->popular);
    world_->changes.poll();
    mei_ = world_->add_account("mei");
    fan_ = world_->add_account("fan");
  }
  void TearDown() override {
    process_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  PhotoId photo(bool liked, std::string_view salt) {
    const PhotoId id = world_->publish(mei_, photos::Visibility::everyone, salt).photo.id;
    if (liked) {
      db().write([&](db::Tx& tx) {
        likes::LikeStore().insert(tx, fan_, likes::Likeable{id}, world_->clock.now());
      });
    }
    return id;
  }
  bool is_pinned(PhotoId id, std::string_view name) {
    const auto original = world_->find(id).photo.original;
    return world_->files.is_pinned(photos::rendition_key(original, name));
  }
  std::int64_t pinned() { return world_->files.stats().held.pinned; }
  void look() {
    world_->changes.poll();
    process_->pictures.look();
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<Process> process_;
  AccountId mei_;
  AccountId fan_;
};
ON_BOTH_ENGINES(PopularPictureTest);

TEST_P(PopularPictureTest, WhatIsRankedGetsThePicturesThatItDeserves) {
  const PhotoId liked = photo(true, "liked");
  const PhotoId other = photo(false, "other");
  process_->popular.rank();
  world_->run_jobs();
  EXPECT_EQ(world_->find(liked).photo.renditions,
            "320.webp,640.webp,640.avif,1280.jpg,1280.avif,2048.jpg");
  EXPECT_EQ(world_->find(other).photo.renditions, "320.webp,640.webp,1280.jpg");
}

TEST_P(PopularPictureTest, TheyAreInMemoryBeforeAnybodyAsks) {
  const PhotoId liked = photo(true, "liked");
  const PhotoId other = photo(false, "other");
  look();
  EXPECT_EQ(pinned(), 0);
  process_->popular.rank();
  look();
  for (const char* name : {"320.webp", "640.webp", "1280.jpg"}) {
    EXPECT_TRUE(is_pinned(liked, name)) << name;
  }
  EXPECT_FALSE(is_pinned(other, "320.webp"));
  world_->run_jobs();  // the AVIFs are made
  look();
  EXPECT_TRUE(is_pinned(liked, "640.avif") && is_pinned(liked, "1280.avif"));
  EXPECT_FALSE(is_pinned(liked, "2048.jpg"));
  EXPECT_GT(pinned(), 0);
}

TEST_P(PopularPictureTest, AfterAStartTheyAreThereAgain) {
  const PhotoId liked = photo(true, "liked");
  process_->popular.rank();
  world_->run_jobs();
  world_->files.pin({});  // a new process has nothing
  ASSERT_EQ(pinned(), 0);
  Process next(*world_);
  next.pictures.look();
  EXPECT_TRUE(is_pinned(liked, "640.avif"));
  const auto reads = db().stats().reads;
  world_->changes.poll();
  next.popular.list({});  // the list is, too
  EXPECT_LE(db().stats().reads, reads + 1);
}

TEST_P(PopularPictureTest, TheSecondOneWhoAsksIsAnsweredFromMemory) {
  const PhotoId liked = photo(true, "liked");
  const PhotoId other = photo(false, "other");
  process_->popular.rank();
  look();
  const auto from_memory = [&](PhotoId id) {
    Address address;
    world_->signer.append_url(address.url, id, "640", world_->find(id).photo.epoch, {});
    const std::string signature = address.value("s");
    const MediaRequest wanted{.photo = id,
                              .rendition = "640",
                              .expires = std::stoll(address.value("e")),
                              .signature = signature};
    if (auto picture = world_->media.cached(wanted)) return picture->held != nullptr;
    EXPECT_TRUE(world_->media.find(wanted, {}));
    return false;
  };
  EXPECT_FALSE(from_memory(liked));
  EXPECT_TRUE(from_memory(liked));
  EXPECT_FALSE(from_memory(other));
  EXPECT_FALSE(from_memory(other));
}

TEST_P(PopularPictureTest, WhatIsTakenAwayIsLetGo) {
  const PhotoId liked = photo(true, "liked");
  process_->popular.rank();
  look();
  ASSERT_TRUE(is_pinned(liked, "320.webp"));
  db().write([&](db::Tx& tx) {
    photos::PhotoStore().withdraw(tx, liked, photos::PhotoState::removed, "test");
  });
  look();
  EXPECT_EQ(pinned(), 0);
}

}  // namespace
}  // namespace picsharz::feed
