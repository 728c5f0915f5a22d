#include "features/uploads/resumable_service.h"

#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::uploads {
namespace {

using photos::test::png_bytes;
using photos::test::World;

class ResumableTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    mei_ = {.account = world_->add_account("mei")};
    simple_ = std::make_unique<UploadService>(world_->photos, world_->spool, world_->store);
    uploads_ = std::make_unique<ResumableService>(db(), world_->ids, world_->clock, world_->photos,
                                                  *simple_, world_->spool, world_->store);
  }
  void TearDown() override {
    uploads_.reset();
    simple_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }
  UploadId create(std::int64_t length) {
    return uploads_->create(mei_, {.length = length, .fields = {}, .file_name = ""})->id;
  }
  Result<ResumableUpload> send(UploadId id, std::int64_t offset, std::string_view bytes) {
    TRY_ASSIGN(auto append, uploads_->append(mei_, id, {.offset = offset}));
    TRY(append->write(bytes));
    return append->finish();
  }
  void set_state(UploadId id, UploadState state) {
    db().write([&](db::Tx& tx) {
      tx.exec("UPDATE uploads SET state = $2, received = length WHERE id = $1", id,
              static_cast<std::int64_t>(state));
    });
  }
  std::string code(const Result<ResumableUpload>& answer) {
    return answer ? "" : answer.error().code;
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<UploadService> simple_;
  std::unique_ptr<ResumableService> uploads_;
  Viewer mei_;
};
ON_BOTH_ENGINES(ResumableTest);

TEST_P(ResumableTest, AnUnfinishedUploadExpiresAfterADay) {
  const UploadId id = create(1000);
  ASSERT_TRUE(send(id, 0, "abc"));
  world_->clock.advance(24 * hour - second);
  EXPECT_EQ(uploads_->sweep(), 0);
  EXPECT_EQ(uploads_->look(mei_, id)->received, 3);
  world_->clock.advance(second);
  EXPECT_EQ(code(uploads_->look(mei_, id)), "upload_expired");
  EXPECT_EQ(code(send(id, 3, "d")), "upload_expired");
  EXPECT_EQ(world_->scratch.files(), 1);
  EXPECT_EQ(uploads_->sweep(), 1);
  EXPECT_EQ(world_->scratch.files(), 0);
  EXPECT_EQ(world_->count("SELECT reserved + uploads FROM accounts"), 0);
  EXPECT_EQ(code(uploads_->look(mei_, id)), "upload_expired");
  world_->clock.advance(24 * hour);
  uploads_->sweep();
  EXPECT_EQ(code(uploads_->look(mei_, id)), "not_found");
}

TEST_P(ResumableTest, AnUploadThatIsWrittenToIsNotSwept) {
  const UploadId id = create(1000);
  const auto append = uploads_->append(mei_, id, {.offset = 0});
  ASSERT_TRUE(append);
  world_->clock.advance(25 * hour);
  EXPECT_EQ(uploads_->sweep(), 0);
  EXPECT_EQ(world_->count("SELECT uploads FROM accounts"), 1);
}

TEST_P(ResumableTest, ACompleteUploadBecomesAPhotoWithoutItsClient) {
  const std::string bytes = png_bytes(100, 100);
  const UploadId id = create(static_cast<std::int64_t>(bytes.size()));
  {
    const auto append = uploads_->append(mei_, id, {.offset = 0});
    ASSERT_TRUE((*append)->write(bytes));
    ASSERT_TRUE((*append)->sync());
  }  // the connection breaks before the answer
  EXPECT_EQ(world_->count("SELECT count(*) FROM photos"), 0);
  EXPECT_EQ(uploads_->finish_complete(), 1);
  EXPECT_EQ(uploads_->finish_complete(), 0);
  EXPECT_TRUE(uploads_->look(mei_, id)->photo);
  EXPECT_EQ(world_->count("SELECT count(*) FROM photos"), 1);
  EXPECT_EQ(world_->count("SELECT reserved FROM accounts"), 0);
  EXPECT_EQ(world_->count("SELECT bytes FROM accounts"), static_cast<std::int64_t>(bytes.size()));
}

// The commit of a server that was killed can arrive when its file is locked by the next one.
TEST_P(ResumableTest, WhatBecameDoneMeanwhileIsAskedForAgain) {
  const std::string bytes = png_bytes(100, 100);
  const UploadId id = create(static_cast<std::int64_t>(bytes.size()));
  {
    const auto append = uploads_->append(mei_, id, {.offset = 0});
    ASSERT_TRUE((*append)->write(bytes));
    set_state(id, UploadState::done);
    const auto answer = (*append)->finish();
    EXPECT_EQ(code(answer), "upload_locked");
    EXPECT_EQ(answer.error().retry_after_seconds, 1);
  }
  EXPECT_EQ(uploads_->look(mei_, id)->state, UploadState::done);
}

TEST_P(ResumableTest, WhatWasEndedMeanwhileIsGone) {
  const UploadId ended = create(1000);
  const UploadId late = create(1000);
  {
    const auto first = uploads_->append(mei_, ended, {.offset = 0});
    const auto second = uploads_->append(mei_, late, {.offset = 0});
    ASSERT_TRUE((*first)->write("abc"));
    ASSERT_TRUE((*second)->write("abc"));
    db().write([&](db::Tx& tx) { tx.exec("DELETE FROM uploads WHERE id = $1", ended); });
    set_state(late, UploadState::expired);
    EXPECT_EQ(code((*first)->finish()), "not_found");
    EXPECT_EQ(code((*second)->finish()), "upload_expired");
  }  // the connections end
  EXPECT_EQ(world_->scratch.files(), 0);
}

TEST_P(ResumableTest, AnArchiveThatBecameDoneMeanwhileKeepsItsFile) {
  const auto made =
      uploads_->create(mei_, {.length = 3, .fields = {}, .file_name = "", .archive = true});
  const UploadId id = made->id;
  {
    const auto append = uploads_->append(mei_, id, {.offset = 0});
    ASSERT_TRUE((*append)->write("abc"));
    ASSERT_TRUE((*append)->sync());
    set_state(id, UploadState::done);
    EXPECT_EQ(code((*append)->finish()), "upload_locked");
  }
  EXPECT_EQ(world_->spool.kept_size(id.str()), 3);
}

TEST_P(ResumableTest, ALostFileIsBegunAnew) {
  const UploadId id = create(1000);
  ASSERT_TRUE(send(id, 0, "abc"));
  ASSERT_TRUE(world_->spool.remove_kept(id.str()));
  EXPECT_EQ(uploads_->look(mei_, id)->received, 0);
  EXPECT_TRUE(send(id, 0, "abcd"));
}

TEST_P(ResumableTest, AFileThatNoUploadNamesIsSwept) {
  {
    auto file = world_->spool.open_kept("123456", 0);
    ASSERT_TRUE(file);
  }
  EXPECT_EQ(world_->scratch.files(), 1);
  EXPECT_EQ(uploads_->sweep(), 1);
  EXPECT_EQ(world_->scratch.files(), 0);
}

TEST_P(ResumableTest, BytesThatAPhotoGivesBackCanBeUsedAgain) {
  photos::PhotoStore store;
  const auto bytes = [&] { return world_->count("SELECT bytes FROM accounts"); };
  const auto photo = world_->upload(mei_.account).photo;
  EXPECT_EQ(bytes(), photo.bytes);
  db().write([&](db::Tx& tx) {
    EXPECT_FALSE(store.charge(tx, mei_.account, 1, photo.bytes));
    store.give_back(tx, mei_.account, photo.bytes);
    EXPECT_TRUE(store.charge(tx, mei_.account, photo.bytes, photo.bytes));
  });
  EXPECT_EQ(bytes(), photo.bytes);
}

}  // namespace
}  // namespace picsharz::uploads
