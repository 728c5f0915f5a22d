#include "features/photos/photo_service.h"

#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::World;

class PhotoServiceTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    mei_ = world_->add_account("mei");
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }
  Page<PhotoView> own(int limit, std::optional<Position> after = {}) {
    return world_->photos.own({.account = mei_}, {.after = after, .limit = limit});
  }

  std::unique_ptr<World> world_;
  AccountId mei_;
};
ON_BOTH_ENGINES(PhotoServiceTest);

TEST_P(PhotoServiceTest, CreatesARowWithItsTagsAndItsJob) {
  const PhotoView view = world_->upload(mei_, Visibility::followers);
  EXPECT_EQ(view.photo.state, PhotoState::received);
  EXPECT_EQ(view.photo.visibility, Visibility::followers);
  EXPECT_EQ(view.photo.tags, R"(["harbour","dawn"])");
  EXPECT_EQ(view.photo.file_name, "IMG_1.png");
  EXPECT_EQ(view.owner_handle, "mei");
  EXPECT_EQ(world_->count("SELECT count(*) FROM photo_tags"), 2);
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE kind = 'photo.develop'"), 1);
}

TEST_P(PhotoServiceTest, ListsOwnPhotosInEveryStateNewestFirst) {
  const AccountId other = world_->add_account("other");
  std::vector<PhotoId> newest_first;
  for (int i = 0; i < 5; ++i) {
    newest_first.insert(newest_first.begin(), world_->upload(mei_).photo.id);
    world_->upload(other);
    world_->clock.advance(second);
  }
  db().write([&](db::Tx& tx) {
    for (int i = 0; i < 5; ++i) {
      tx.exec("UPDATE photos SET state = $2 WHERE id = $1",
              newest_first[static_cast<std::size_t>(i)], 2 + i);
    }
    tx.exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES ($1, $2, 0)",
            newest_first[1], mei_);
  });
  std::vector<PhotoId> walked;
  std::optional<Position> after;
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = own(2, after);
    for (const PhotoView& view : page.items) {
      EXPECT_EQ(view.liked, view.photo.id == newest_first[1]);
      walked.push_back(view.photo.id);
    }
    after = page.next;
    EXPECT_EQ(after.has_value(), pages < 2);
  }
  EXPECT_EQ(walked, newest_first);
}

TEST_P(PhotoServiceTest, SaysHowLongToWaitForTheNextUpload) {
  EXPECT_EQ(world_->photos.wait_for_next(mei_, 2, day), 0);
  world_->upload(mei_);
  world_->clock.advance(hour);
  world_->upload(mei_);
  EXPECT_EQ(world_->photos.wait_for_next(mei_, 3, day), 0);
  EXPECT_EQ(world_->photos.wait_for_next(mei_, 2, day), 23 * hour);
  world_->clock.advance(23 * hour);
  EXPECT_EQ(world_->photos.wait_for_next(mei_, 2, day), 0);
}

TEST_P(PhotoServiceTest, GivesALostPhotoANewJobAndOthersNone) {
  const PhotoId lost = world_->upload(mei_).photo.id;
  db().write([](db::Tx& tx) { tx.exec("UPDATE jobs SET state = 3"); });
  const PhotoId waiting = world_->upload(mei_).photo.id;
  EXPECT_EQ(world_->photos.resume_unfinished(), 0);  // too young to be called lost
  world_->clock.advance(hour);
  EXPECT_EQ(world_->photos.resume_unfinished(), 2);
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE state = 0"), 2);
  world_->run_jobs();
  EXPECT_EQ(world_->find(lost).photo.state, PhotoState::published);
  EXPECT_EQ(world_->find(waiting).photo.state, PhotoState::published);
  EXPECT_EQ(world_->photos.resume_unfinished(), 0);
}

}  // namespace
}  // namespace picsharz::photos
