#include "features/photos/download_service.h"

#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::World;

class DownloadTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    downloads_ = std::make_unique<DownloadService>(db(), world_->queue, world_->store,
                                                   world_->originals, world_->encoder);
    mei_ = world_->add_account("mei");
    other_ = world_->add_account("other");
  }
  void TearDown() override {
    downloads_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  std::string answer(PhotoId id, AccountId account = {}) {
    const auto file = downloads_->find({.account = account}, id);
    return file ? "ok" : file.error().code;
  }
  void edit(PhotoId id, const PhotoEdit& change) {
    EXPECT_TRUE(world_->editing.edit({.account = mei_}, id, change));
  }
  std::string key(PhotoId id) {
    return rendition_key(world_->find(id).photo.original, download_name);
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<DownloadService> downloads_;
  AccountId mei_;
  AccountId other_;
};
ON_BOTH_ENGINES(DownloadTest);

TEST_P(DownloadTest, IsForThoseWhomTheOwnerAllows) {
  const PhotoId id = world_->publish(mei_).photo.id;
  EXPECT_EQ(answer(id), "forbidden");
  EXPECT_EQ(answer(id, other_), "forbidden");
  EXPECT_EQ(answer(id, mei_), "ok");
  edit(id, {.allow_download = true});
  EXPECT_EQ(answer(id), "ok");
  EXPECT_EQ(answer(id, other_), "ok");
  edit(id, {.visibility = Visibility::only_me});
  EXPECT_EQ(answer(id, other_), "not_found");
  edit(id, {.visibility = Visibility::everyone, .allow_download = false});
  EXPECT_EQ(answer(id, other_), "forbidden");
  EXPECT_EQ(answer(PhotoId{7}, mei_), "not_found");
  world_->photos.withdraw(id, PhotoState::removed, "explicit");
  EXPECT_EQ(answer(id, mei_), "not_found");
  EXPECT_EQ(world_->encoder.calls, 1);  // made once, kept
}

TEST_P(DownloadTest, GoesWithThePhoto) {
  const PhotoId id = world_->publish(mei_).photo.id;
  ASSERT_EQ(answer(id, mei_), "ok");
  ASSERT_EQ(world_->store.objects(""), 5);
  ASSERT_TRUE(world_->editing.remove({.account = mei_}, id));
  world_->run_jobs();
  EXPECT_EQ(world_->store.objects(""), 0);
}

TEST_P(DownloadTest, OneThatIsMadeWhileThePhotoGoesDoesNotStay) {
  const PhotoId id = world_->publish(mei_).photo.id;
  world_->encoder.before = [&] {
    ASSERT_TRUE(world_->editing.remove({.account = mei_}, id));
    world_->run_jobs();
  };
  answer(id, mei_);
  world_->run_jobs();
  EXPECT_EQ(world_->store.objects(""), 0);
}

TEST_P(DownloadTest, WhoComesWhileItIsMadeIsToldToComeBack) {
  const PhotoId id = world_->publish(mei_).photo.id;
  world_->encoder.before = [&] {
    world_->encoder.before = nullptr;
    const auto second = downloads_->find({.account = mei_}, id);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "busy");
    EXPECT_GT(second.error().retry_after_seconds, 0);
  };
  EXPECT_EQ(answer(id, mei_), "ok");
  EXPECT_EQ(answer(id, mei_), "ok");
  EXPECT_EQ(world_->encoder.calls, 1);
}

// What can be seen of it, and how often it was made, are the photo's own history.
TEST_P(DownloadTest, NobodyLearnsThatSomebodyElseHasTheSameBytes) {
  const PhotoId first = world_->publish(mei_, Visibility::only_me, "same").photo.id;
  ASSERT_EQ(answer(first, mei_), "ok");
  const auto history = [&](std::string_view salt) {
    const PhotoId id = world_->publish(other_, Visibility::only_me, salt).photo.id;
    std::vector<std::string> seen;
    const int calls = world_->encoder.calls;
    for (int i = 0; i < 2; ++i) {
      seen.push_back(answer(id, other_));
      seen.push_back(std::to_string(world_->encoder.calls - calls) + " made");
      seen.push_back(world_->find(id).photo.renditions);
    }
    return seen;
  };
  const auto stranger = history("other");
  const int stored = world_->store.objects("");
  EXPECT_EQ(history("same"), stranger);
  EXPECT_EQ(world_->store.objects(""), stored);  // once
  EXPECT_EQ(stranger[1], "1 made");
  EXPECT_EQ(stranger[4], "1 made");
}

TEST_P(DownloadTest, WhileOneIsMadeAnotherOfTheSameBytesIsMadeAsWell) {
  const PhotoId first = world_->publish(mei_, Visibility::only_me).photo.id;
  const PhotoId second = world_->publish(other_, Visibility::only_me).photo.id;
  world_->encoder.before = [&] {
    world_->encoder.before = nullptr;
    EXPECT_EQ(answer(second, other_), "ok");
  };
  EXPECT_EQ(answer(first, mei_), "ok");
  EXPECT_EQ(world_->encoder.calls, 2);
}

TEST_P(DownloadTest, ItIsNoRenditionThatHasAnAddress) {
  const PhotoId id = world_->publish(mei_).photo.id;
  ASSERT_EQ(answer(id, mei_), "ok");
  const std::string list = world_->find(id).photo.renditions;
  EXPECT_EQ(list, "320.webp,640.webp,1280.jpg,download.jpg");
  EXPECT_EQ(rendition_names(list).size(), 3U);
  for (const char* address : {"download", "download.jpg"}) {
    EXPECT_FALSE(world_->media.find_public(id, address)) << address;
  }
  EXPECT_TRUE(world_->media.find_public(id, "320"));
}

TEST_P(DownloadTest, WhatAKilledProcessLeftIsReplaced) {
  const PhotoId id = world_->publish(mei_).photo.id;
  world_->store.put_bytes(key(id), "half of another one");
  ASSERT_EQ(answer(id, mei_), "ok");
  const auto file = world_->store.open(key(id));
  EXPECT_NE(file->read(0, 100), "half of another one");
  world_->clock.advance(minute);
  EXPECT_EQ(world_->originals.scrub(world_->clock.now(), {.bytes = 1 << 30}).rebuilt, 0);
}

TEST_P(DownloadTest, ARaceOfTwoProcessesLeavesTheHashOfWhatIsStored) {
  const PhotoId id = world_->publish(mei_).photo.id;
  const std::string original = world_->find(id).photo.original;
  // Another process stores its own after ours; its row is written before.
  world_->store.after_next_put([&] {
    world_->store.put_bytes(key(id), "of another process");
    db().write([&](db::Tx& tx) {
      OriginalStore().put_rendition(tx, original,
                                    rendition_row(download_name, "of another process"));
    });
  });
  ASSERT_EQ(answer(id, mei_), "ok");
  world_->clock.advance(minute);
  EXPECT_EQ(world_->originals.scrub(world_->clock.now(), {.bytes = 1 << 30}).rebuilt, 0);
  EXPECT_TRUE(world_->store.open(key(id)));
}

TEST_P(DownloadTest, ADamagedOneIsMadeAnewAndADamagedOriginalGivesNone) {
  const PhotoId id = world_->publish(mei_).photo.id;
  ASSERT_EQ(answer(id, mei_), "ok");
  world_->store.remove(key(id));
  world_->store.put_bytes(key(id), "altered");
  world_->clock.advance(minute);
  EXPECT_EQ(world_->originals.scrub(world_->clock.now(), {.bytes = 1 << 30}).rebuilt, 1);
  EXPECT_FALSE(world_->store.open(key(id)));
  const std::string original = original_key(world_->find(id).photo.original);
  world_->store.remove(original);
  world_->store.put_bytes(original, "altered");
  EXPECT_EQ(answer(id, mei_), "original_damaged");
  EXPECT_EQ(world_->encoder.calls, 1);
}

}  // namespace
}  // namespace picsharz::photos
