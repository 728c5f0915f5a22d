#include "features/photos/original_service.h"

#include <atomic>
#include <random>
#include <thread>

#include "features/photos/photo_world_test.h"
#include "features/uploads/upload_service.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::png_bytes;
using test::World;

std::string bytes_of(const FileHandle& file) {
  std::string bytes(static_cast<std::size_t>(file.size()), '\0');
  EXPECT_EQ(::pread(file.descriptor(), bytes.data(), bytes.size(), 0), file.size());
  return bytes;
}

class OriginalTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    mei_ = world_->add_account("mei");
    ravi_ = world_->add_account("ravi");
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }

  OriginalService& originals() { return world_->originals; }
  int objects() { return world_->store.objects(""); }
  void remove(AccountId owner, PhotoId id) {
    EXPECT_TRUE(world_->editing.remove({.account = owner}, id));
  }
  ScrubReport scrub(std::int64_t bytes = 1'000'000'000) {
    world_->clock.advance(minute);
    return originals().scrub(world_->clock.now(), {.bytes = bytes});
  }
  void flip_bit(const std::string& key, std::size_t bit) {
    std::string bytes = bytes_of(*world_->store.open(key));
    bytes[bit / 8 % bytes.size()] ^= static_cast<char>(1 << bit % 8);
    world_->store.remove(key);
    world_->store.put_bytes(key, bytes);
  }
  std::vector<std::string> keys(std::string_view prefix) {
    std::vector<std::string> found;
    world_->store.list(prefix, [&](std::string_view key, auto) { found.emplace_back(key); });
    return found;
  }

  std::unique_ptr<World> world_;
  AccountId mei_;
  AccountId ravi_;
};
ON_BOTH_ENGINES(OriginalTest);

TEST_P(OriginalTest, DeletingErasesEveryByteByAJob) {
  const PhotoId id = world_->publish(mei_).photo.id;
  ASSERT_EQ(objects(), 4);
  remove(mei_, id);
  EXPECT_EQ(objects(), 4);
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE kind = 'original.erase'"), 1);
  world_->run_jobs();
  EXPECT_EQ(objects(), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM originals"), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM renditions"), 0);
}

TEST_P(OriginalTest, SharedBytesStayUntilTheLastPhotoOfThemGoes) {
  const PhotoId first = world_->publish(mei_).photo.id;
  const PhotoId second = world_->publish(ravi_).photo.id;
  ASSERT_EQ(objects(), 4);
  remove(mei_, first);
  world_->run_jobs();
  EXPECT_EQ(objects(), 4);
  EXPECT_TRUE(world_->editing.original({.account = ravi_}, second));
  remove(ravi_, second);
  world_->run_jobs();
  EXPECT_EQ(objects(), 0);
}

TEST_P(OriginalTest, AStoreThatFailsOnlyDelaysTheErasing) {
  const PhotoId id = world_->publish(mei_).photo.id;
  remove(mei_, id);
  world_->store.fail_removals(3);
  world_->run_jobs();
  EXPECT_EQ(objects(), 0);
}

TEST_P(OriginalTest, AnUploadOfTheSameBytesKeepsThem) {
  const PhotoView view = world_->publish(mei_);
  world_->photos.claim_original(view.photo.original, view.photo.bytes);
  remove(mei_, view.photo.id);
  EXPECT_EQ(originals().erase(view.photo.original), Erasure::claimed);
  EXPECT_EQ(objects(), 4);
  const PhotoId next = world_->upload(ravi_).photo.id;  // ends the claim
  EXPECT_EQ(originals().erase(view.photo.original), Erasure::in_use);
  remove(ravi_, next);
  world_->run_jobs();
  EXPECT_EQ(objects(), 0);
}

TEST_P(OriginalTest, AnUploadThatFailsOrIsKilledLeavesNothingForLong) {
  const std::string bytes = png_bytes(50, 50);
  const std::string hash = crypto::hex(crypto::sha256(bytes));
  world_->photos.claim_original(hash, 10);
  world_->store.put_bytes(original_key(hash), bytes);
  world_->photos.release_original(hash);
  world_->run_jobs();
  EXPECT_EQ(objects(), 0);

  world_->photos.claim_original(hash, 10);
  world_->store.put_bytes(original_key(hash), bytes);  // and then the process is killed
  EXPECT_EQ(originals().sweep().erased, 0);
  world_->clock.advance(day + 2 * hour);
  EXPECT_EQ(originals().sweep().erased, 1);
  EXPECT_EQ(objects(), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM originals"), 0);
}

TEST_P(OriginalTest, APhotoDeletedWhileItDevelopsLeavesNoRenditions) {
  const PhotoId id = world_->upload(mei_).photo.id;
  world_->developer.before = [&] { remove(mei_, id); };
  world_->run_jobs();
  EXPECT_EQ(objects(), 0);
}

TEST_P(OriginalTest, TheSweepTakesOrphansOfMoreThanADay) {
  world_->publish(mei_);
  const std::string hash = crypto::hex(crypto::sha256("nobody's"));
  world_->store.put_bytes(original_key(hash), "nobody's");
  world_->store.put_bytes(rendition_key(hash, "320.webp"), "nobody's");
  world_->store.put_bytes("avatars/aa/x", "not ours to judge");
  EXPECT_EQ(originals().sweep().found, 1);
  world_->clock.advance(23 * hour);
  EXPECT_EQ(originals().sweep().erased, 0);
  EXPECT_EQ(objects(), 7);
  world_->clock.advance(2 * hour);
  EXPECT_EQ(originals().sweep().erased, 1);
  EXPECT_EQ(objects(), 5);
  EXPECT_EQ(originals().sweep().found, 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM orphans"), 0);
}

TEST_P(OriginalTest, TheSweepIsDueFourTimesADay) {
  world_->store.put_bytes(original_key(crypto::hex(crypto::sha256("x"))), "x");
  int steps = 0;
  // Ended by the program's end, it is not done, and due at the next start.
  originals().sweep_if_due([&](Micros) { return ++steps < 3; });
  EXPECT_EQ(steps, 3);
  originals().sweep_if_due();
  EXPECT_EQ(world_->count("SELECT count(*) FROM orphans"), 1);
  db().write([](db::Tx& tx) { tx.exec("DELETE FROM orphans"); });
  originals().sweep_if_due();
  EXPECT_EQ(world_->count("SELECT count(*) FROM orphans"), 0);
  world_->clock.advance(7 * hour);
  originals().sweep_if_due();
  EXPECT_EQ(world_->count("SELECT count(*) FROM orphans"), 1);
}

// R15: one bit in every stored file, each in turn.
TEST_P(OriginalTest, EveryFlippedBitIsFoundAndRenditionsAreMadeAnew) {
  std::mt19937 random(20261123);  // printed by being here
  for (int i = 0; i < 8; ++i) world_->publish(mei_, Visibility::everyone, std::to_string(i));
  EXPECT_TRUE(scrub().damaged.empty());
  const auto renditions = keys("renditions/");
  ASSERT_EQ(renditions.size(), 24);
  for (const std::string& key : renditions) {
    const std::string good = bytes_of(*world_->store.open(key));
    ASSERT_TRUE(world_->files.open(key));  // remembered, as a page leaves it
    flip_bit(key, random());
    const ScrubReport report = scrub();
    EXPECT_EQ(report.rebuilt, 1) << key;
    EXPECT_EQ(report.not_rebuilt, 0);
    EXPECT_EQ(bytes_of(*world_->files.open(key)), good) << key;
  }
  world_->store.remove(renditions.front());
  EXPECT_EQ(scrub().rebuilt, 1);
  for (const std::string& key : keys("originals/")) {
    flip_bit(key, random());
    const ScrubReport report = scrub();
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(std::ranges::count(report.damaged, key.substr(key.rfind('/') + 1)), 1) << key;
  }
  EXPECT_EQ(originals().count_damaged(), 8);
  EXPECT_EQ(scrub().rebuilt, 0);
}

TEST_P(OriginalTest, ABadRenditionOfABadOriginalIsSaidToBeLost) {
  const PhotoView view = world_->publish(mei_);
  world_->store.remove(original_key(view.photo.original));
  flip_bit(rendition_key(view.photo.original, "320.webp"), 77);
  const ScrubReport report = scrub();
  EXPECT_EQ(report.damaged, std::vector{view.photo.original});
  EXPECT_EQ(report.not_rebuilt, 1);
}

TEST_P(OriginalTest, RenditionsOfBeforeTheirHashesWereKeptAreMadeAnew) {
  world_->publish(mei_);
  db().write([](db::Tx& tx) { tx.exec("DELETE FROM renditions"); });
  EXPECT_EQ(scrub().rebuilt, 3);
  EXPECT_EQ(scrub().rebuilt, 0);
}

TEST_P(OriginalTest, TheScrubReadsALittleAndGoesOnWhereItEnded) {
  for (int i = 0; i < 5; ++i) world_->publish(mei_, Visibility::everyone, std::to_string(i));
  world_->clock.advance(minute);
  const Micros since = world_->clock.now();
  std::int64_t paced = 0;
  std::int64_t read = 0;
  int rounds = 0;
  for (bool complete = false; !complete; ++rounds) {
    const auto report =
        originals().scrub(since, {.bytes = 1, .pace = [&](std::int64_t bytes) { paced += bytes; }});
    EXPECT_LE(report.originals, 1);
    read += report.bytes;
    complete = report.complete;
    ASSERT_LT(rounds, 10);
  }
  EXPECT_EQ(rounds, 6);
  EXPECT_EQ(paced, read);
  EXPECT_GT(read, 5 * 8192);
}

TEST_P(OriginalTest, UploadingTheSameBytesHealsADamagedOriginal) {
  const PhotoView view = world_->publish(mei_);
  flip_bit(original_key(view.photo.original), 4242);
  ASSERT_EQ(scrub().damaged.size(), 1);
  uploads::UploadService uploads(world_->photos, world_->spool, world_->store);
  auto upload = uploads.begin({.account = ravi_}, -1);
  ASSERT_TRUE(upload);
  ASSERT_TRUE((*upload)->write(png_bytes(2000, 1000)));
  ASSERT_TRUE(uploads.finish({.account = ravi_}, **upload, {}, ""));
  EXPECT_EQ(originals().count_damaged(), 0);
  EXPECT_TRUE(scrub().damaged.empty());
  EXPECT_TRUE(world_->editing.original({.account = mei_}, view.photo.id));
}

// Uploads and deletions of the same bytes at once: whoever has a photo has its bytes.
TEST_P(OriginalTest, RacesOfUploadsAndDeletionsLoseNothing) {
  uploads::UploadService uploads(world_->photos, world_->spool, world_->store,
                                 {.in_flight = 100, .per_day = 100'000});
  const std::string bytes = png_bytes(640, 480);
  const std::string hash = crypto::hex(crypto::sha256(bytes));
  std::atomic<int> missing = 0;
  std::atomic<bool> stop = false;
  const auto member = [&](AccountId account) {
    const Viewer viewer{.account = account};
    for (int round = 0; round < 25; ++round) {
      auto upload = uploads.begin(viewer, -1);
      if (!upload || !(*upload)->write(bytes)) return void(++missing);
      const auto photo = uploads.finish(viewer, **upload, {}, "");
      if (!photo) return void(++missing);
      if (!world_->store.open(original_key(hash))) ++missing;
      if (!world_->editing.remove(viewer, photo->photo.id)) ++missing;
    }
  };
  std::thread eraser([&] {
    while (!stop) originals().erase(hash);
  });
  std::thread one(member, mei_);
  std::thread two(member, ravi_);
  one.join();
  two.join();
  stop = true;
  eraser.join();
  EXPECT_EQ(missing, 0);
  world_->run_jobs();
  EXPECT_EQ(world_->store.objects("originals/"), 0);
}

}  // namespace
}  // namespace picsharz::photos
