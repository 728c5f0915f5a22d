#include "features/uploads/upload_service.h"

#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::uploads {
namespace {

using photos::test::png_bytes;
using photos::test::World;

class UploadTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    mei_ = {.account = world_->add_account("mei")};
    make_service({});
  }
  void TearDown() override {
    uploads_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  void make_service(UploadSettings settings, photos::GateService* gate = nullptr) {
    uploads_ = std::make_unique<UploadService>(world_->photos, world_->spool, world_->store,
                                               settings, nullptr, gate);
  }
  Result<photos::PhotoView> send(std::string_view bytes, const UploadFields& fields = {}) {
    TRY_ASSIGN(const auto upload, uploads_->begin(mei_, -1));
    for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(1000, bytes.size()))) {
      TRY(upload->write(bytes.substr(0, 1000)));
    }
    return uploads_->finish(mei_, *upload, fields, "IMG_1.png");
  }
  void expect_refused(const Result<photos::PhotoView>& answer, std::string_view code) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, code);
    EXPECT_FALSE(answer.error().message.empty());
    EXPECT_FALSE(answer.error().action.empty());
    expect_photos(0);
    EXPECT_EQ(world_->store.objects(""), 0);
  }
  void expect_photos(int count) {
    EXPECT_EQ(world_->count("SELECT count(*) FROM photos"), count);
    EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE kind = 'photo.develop'"), count);
    EXPECT_EQ(world_->scratch.files(), 0);  // the spool
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<UploadService> uploads_;
  Viewer mei_;
};
ON_BOTH_ENGINES(UploadTest);

TEST_P(UploadTest, APhotoIsStoredWithItsJob) {
  const std::string bytes = png_bytes(1600, 900);
  UploadFields fields;
  fields.title = "The harbour";
  fields.tags = {"sea"};
  const auto view = send(bytes, fields);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->photo.state, photos::PhotoState::received);
  EXPECT_EQ(view->photo.width, 1600);
  EXPECT_EQ(view->photo.height, 900);
  EXPECT_EQ(view->photo.original, crypto::hex(crypto::sha256(bytes)));
  EXPECT_EQ(view->photo.bytes, static_cast<std::int64_t>(bytes.size()));
  EXPECT_EQ(view->photo.file_name, "IMG_1.png");
  EXPECT_EQ(view->owner_handle, "mei");
  expect_photos(1);
  EXPECT_EQ(world_->store.objects("originals/"), 1);
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(view->photo.id).photo.state, photos::PhotoState::published);
}

TEST_P(UploadTest, TheSameBytesAreAnotherPhotoButOneObject) {
  const auto first = send(png_bytes(1600, 900));
  const auto second = send(png_bytes(1600, 900));
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->photo.id, second->photo.id);
  expect_photos(2);
  EXPECT_EQ(world_->store.objects("originals/"), 1);
}

TEST_P(UploadTest, WhatIsNoPictureIsRefused) {
  expect_refused(send(""), "image_empty");
  expect_refused(send("BM and so on"), "unsupported_format");
  expect_refused(send(png_bytes(1600, 900).substr(0, 40)), "image_corrupt");
  expect_refused(send(png_bytes(20'001, 10)), "image_too_large");
}

TEST_P(UploadTest, ATooLargeFileIsRefusedWhileItArrives) {
  make_service({.photo_bytes = 5000});
  expect_refused(send(png_bytes(1600, 900)), "file_too_large");
}

TEST_P(UploadTest, ATooLargeFileIsRefusedBeforeItArrives) {
  const auto upload = uploads_->begin(mei_, limits::photo_file + 2 * limits::MiB);
  ASSERT_FALSE(upload);
  EXPECT_EQ(upload.error().code, "file_too_large");
  EXPECT_TRUE(uploads_->begin(mei_, limits::photo_file));
  expect_photos(0);
}

TEST_P(UploadTest, AFullStoreIsSaidSo) {
  world_->store.fail_after(0, [] { throw storage::StorageFull("no room"); });
  const auto answer = send(png_bytes(1600, 900));
  expect_refused(answer, "storage_full");
  EXPECT_EQ(answer.error().kind, ErrorKind::storage_full);
}

TEST_P(UploadTest, ABrokenStoreIsUnavailable) {
  world_->store.fail_after(0, [] { throw storage::StorageError("I/O error"); });
  const auto answer = send(png_bytes(1600, 900));
  expect_refused(answer, "unavailable");
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(send(png_bytes(1600, 900)));
}

TEST_P(UploadTest, SoManyAtOnceAndNoMore) {
  make_service({.in_flight = 2});
  {
    const auto first = uploads_->begin(mei_, -1);
    const auto second = uploads_->begin(mei_, -1);
    const auto third = uploads_->begin(mei_, -1);
    EXPECT_TRUE(first && second);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code, "too_many_attempts");
    EXPECT_GT(third.error().retry_after_seconds, 0);
    EXPECT_TRUE(uploads_->begin({.account = world_->add_account("other")}, -1));
  }
  EXPECT_TRUE(uploads_->begin(mei_, -1));
  expect_photos(0);
}

TEST_P(UploadTest, SoManyADayAndNoMore) {
  make_service({.per_day = 2});
  EXPECT_TRUE(send(png_bytes(1600, 900)));
  EXPECT_TRUE(send(png_bytes(1600, 900)));
  const auto third = send(png_bytes(1600, 900));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, "too_many_attempts");
  EXPECT_GT(third.error().retry_after_seconds, 86'000);
  expect_photos(2);
  world_->clock.advance(day);
  EXPECT_TRUE(send(png_bytes(1600, 900)));
}

class ThrottlingGate final : public photos::GateService {
 public:
  bool recognises(std::uint64_t) override { return false; }
  void withheld(db::Tx&, PhotoId) override {}
  void checked(db::Tx&, PhotoId) override {}
  bool decided(db::Tx&, PhotoId) override { return false; }
  bool holds_back(db::Tx&, AccountId) override { return false; }
  std::optional<int> photos_per_day(AccountId) override { return per_day; }
  std::optional<int> per_day = 1;
};

TEST_P(UploadTest, AThrottledMemberUploadsLessAndIsToldWhy) {
  ThrottlingGate gate;
  make_service({.per_day = 3}, &gate);
  EXPECT_TRUE(send(png_bytes(1600, 900)));
  const auto second = send(png_bytes(1600, 900));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "too_many_attempts");
  EXPECT_TRUE(second.error().message.contains("refused")) << second.error().message;
  EXPECT_GT(second.error().retry_after_seconds, 86'000);
  expect_photos(1);
  gate.per_day.reset();
  EXPECT_TRUE(send(png_bytes(1600, 900)));
}

}  // namespace
}  // namespace picsharz::uploads
