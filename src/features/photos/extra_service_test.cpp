#include "features/photos/extra_service.h"

#include "base/limits.h"
#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using image::Extra;
using test::Address;
using test::World;

constexpr const char* developed = "320.webp,640.webp,1280.jpg";
constexpr const char* with_large = "320.webp,640.webp,1280.jpg,2048.jpg";
constexpr const char* with_all = "320.webp,640.webp,640.avif,1280.jpg,1280.avif,2048.jpg";

class ExtraTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    world_->changes.add(world_->media);
    world_->changes.poll();
    mei_ = world_->add_account("mei");
    ravi_ = world_->add_account("ravi");
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }

  // As the route asks: first what is remembered.
  Result<MediaPicture> get(PhotoId photo, std::string_view size = "2048", AccountId account = {}) {
    Address address;
    world_->signer.append_url(address.url, photo, size, world_->find(photo).photo.epoch, account);
    return get_at(photo, address, size, account);
  }
  Result<MediaPicture> get_at(PhotoId photo, const Address& address, std::string_view size = "2048",
                              AccountId account = {}) {
    const std::string signature = address.value("s");
    const MediaRequest wanted{.photo = photo,
                              .rendition = size,
                              .account = account,
                              .expires = std::stoll(address.value("e")),
                              .signature = signature};
    remembered_ = true;
    if (auto picture = world_->media.cached(wanted)) {
      if (picture->popular) ++popular_;
      if (picture->popular) world_->media.want_extras(photo);
      return *picture;
    }
    remembered_ = false;
    return world_->media.find(wanted, {.account = account});
  }
  // "1280 for now", "2048", or the refusal.
  std::string shown(PhotoId photo, std::string_view size = "2048", AccountId account = {}) {
    const auto picture = get(photo, size, account);
    if (!picture) return picture.error().code;
    const std::string bytes =
        picture->file->read(0, static_cast<std::size_t>(picture->file->size()));
    const std::string extent = bytes.substr(bytes.rfind(' ') + 1);
    return extent.substr(0, extent.find('x')) + (picture->interim ? " for now" : "");
  }
  std::int64_t jobs(const db::Sql& where =
                        "SELECT count(*) FROM jobs"
                        " WHERE kind = 'rendition.extra'") {
    return world_->count(where);
  }
  std::int64_t waiting_jobs() {
    return jobs("SELECT count(*) FROM jobs WHERE kind = 'rendition.extra' AND state = 0");
  }
  std::int64_t dead_jobs() {
    return jobs("SELECT count(*) FROM jobs WHERE kind = 'rendition.extra' AND state = 3");
  }
  std::string list_of(PhotoId photo) { return world_->find(photo).photo.renditions; }
  int objects() { return world_->store.objects("renditions/"); }
  void want_all(PhotoId photo) {
    world_->extras.want(photo, Extra::large);
    world_->extras.want(photo, Extra::avif);
  }
  ScrubReport scrub() {
    world_->clock.advance(minute);
    return world_->originals.scrub(world_->clock.now(), {.bytes = 1 << 30});
  }

  std::unique_ptr<World> world_;
  AccountId mei_;
  AccountId ravi_;
  bool remembered_ = false;
  int popular_ = 0;
};
ON_BOTH_ENGINES(ExtraTest);

TEST_P(ExtraTest, TheFirstRequestGivesThe1280AndAsksOnce) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(shown(photo), "1280 for now");
    EXPECT_FALSE(remembered_);  // decided where the database may be read
  }
  EXPECT_LE(get(photo)->seconds_left, 60);
  EXPECT_TRUE(get(photo)->for_all);
  EXPECT_EQ(jobs(), 1);
  EXPECT_EQ(world_->encoder.calls, 0);
  world_->run_jobs();
  EXPECT_EQ(shown(photo), "2000");
  EXPECT_FALSE(get(photo)->interim);
  EXPECT_GT(get(photo)->seconds_left, 12 * 3600);
  EXPECT_EQ(list_of(photo), with_large);
  EXPECT_EQ(world_->encoder.calls, 1);
  world_->run_jobs();
  EXPECT_EQ(jobs(), 1);
  EXPECT_EQ(dead_jobs(), 0);
}

TEST_P(ExtraTest, WhatWasRememberedBeforeIsForgottenWhenItIsMade) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  EXPECT_EQ(shown(photo, "320"), "320");
  EXPECT_EQ(shown(photo), "1280 for now");
  while (world_->run_job()) continue;
  EXPECT_EQ(shown(photo), "2000");
  world_->changes.poll();
  EXPECT_EQ(shown(photo, "320"), "320");
  EXPECT_EQ(shown(photo), "2000");
  EXPECT_TRUE(remembered_);
}

// Everything that can be seen of a photo's extras, step by step, and what was done for it.
TEST_P(ExtraTest, NobodyLearnsThatSomebodyElseHasTheSameBytes) {
  const PhotoId first = world_->publish(mei_, Visibility::only_me, "same").photo.id;
  want_all(first);
  world_->run_jobs();
  EXPECT_EQ(list_of(first), with_all);
  const auto history = [&](AccountId owner, std::string_view salt) {
    const PhotoId photo = world_->publish(owner, Visibility::only_me, salt).photo.id;
    const int calls = world_->encoder.calls;
    std::vector<std::string> seen{list_of(photo), shown(photo, "2048", owner),
                                  shown(photo, "640.avif", owner)};
    seen.push_back(std::to_string(waiting_jobs()) + " waiting");
    world_->run_jobs();
    seen.insert(seen.end(),
                {list_of(photo), shown(photo, "2048", owner), shown(photo, "1280.avif", owner)});
    world_->extras.want(photo, Extra::avif);
    seen.push_back(std::to_string(waiting_jobs()) + " waiting");
    world_->run_jobs();
    seen.insert(seen.end(), {list_of(photo), shown(photo, "640.avif", owner)});
    seen.push_back(std::to_string(world_->encoder.calls - calls) + " made");
    return seen;
  };
  const auto stranger = history(ravi_, "other");
  const int stored = objects();
  EXPECT_EQ(history(ravi_, "same"), stranger);
  EXPECT_EQ(objects(), stored);  // once
  EXPECT_EQ(stranger, (std::vector<std::string>{developed, "1280 for now", "not_found", "1 waiting",
                                                with_large, "2000", "not_found", "1 waiting",
                                                with_all, "640", "2 made"}));
  EXPECT_EQ(list_of(first), with_all);
  EXPECT_EQ(scrub().rebuilt, 0);
}

TEST_P(ExtraTest, EachPhotoOfTheSameBytesAsksForItself) {
  const PhotoId first = world_->publish(mei_).photo.id;
  const PhotoId second = world_->publish(ravi_, Visibility::only_me).photo.id;
  EXPECT_EQ(shown(first), "1280 for now");
  EXPECT_EQ(shown(second, "2048", ravi_), "1280 for now");
  EXPECT_EQ(jobs(), 2);
  ASSERT_TRUE(world_->editing.remove({.account = mei_}, first));
  world_->run_jobs();
  EXPECT_EQ(shown(second, "2048", ravi_), "2000");
  EXPECT_EQ(world_->encoder.calls, 1);
  EXPECT_EQ(scrub().rebuilt, 0);
}

// Developed again while it is not decided upon yet: what its owner asked for stays.
TEST_P(ExtraTest, ASecondDevelopmentKeepsWhatWasMade) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  want_all(photo);
  world_->run_jobs();
  db().write([](db::Tx& tx) { tx.exec("UPDATE photos SET state = 2"); });
  jobs::Job job;  // whose lease was lost: what was made is listed all the same
  job.attempt = 1;
  job.attempts = 5;
  EXPECT_TRUE(world_->developing.develop(job, photo));
  EXPECT_EQ(list_of(photo), with_all);
  EXPECT_EQ(scrub().rebuilt, 0);
}

// Two processes make it at once, and not the same bytes: the row says what stayed.
TEST_P(ExtraTest, ARaceOfTwoProcessesLeavesTheHashOfWhatIsStored) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const PhotoId other = world_->publish(ravi_).photo.id;
  const std::string original = world_->find(photo).photo.original;
  const std::string key = rendition_key(original, "2048.jpg");
  world_->extras.want(photo, Extra::large);
  // It is stored after ours, and its row written before.
  world_->store.after_next_put([&] {
    world_->store.put_bytes(key, "of another process 2000x1000");
    db().write([&](db::Tx& tx) {
      OriginalStore().put_rendition(tx, original,
                                    rendition_row("2048.jpg", "of another process 2000x1000"));
    });
  });
  world_->run_jobs();
  EXPECT_EQ(scrub().rebuilt, 0);
  EXPECT_EQ(shown(photo), "2000");
  EXPECT_EQ(list_of(other), developed);
}

TEST_P(ExtraTest, AvifStandsBesideTheOthers) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  EXPECT_EQ(shown(photo, "640.avif"), "not_found");
  want_all(photo);
  want_all(photo);
  EXPECT_EQ(jobs(), 2);
  world_->run_jobs();
  EXPECT_EQ(list_of(photo), with_all);
  EXPECT_EQ(objects(), 6);
  const auto picture = get(photo, "1280.avif");
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->format, image::Format::avif);
  EXPECT_EQ(get(photo, "1280")->format, image::Format::jpeg);
  EXPECT_EQ(get(photo, "640")->format, image::Format::webp);
  EXPECT_EQ(world_->encoder.calls, 2);
}

TEST_P(ExtraTest, WithoutAnEncoderNothingIsOfferedAndNothingFails) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  ExtraService none(db(), world_->queue, world_->store, world_->originals, world_->encoder, false);
  none.want(photo, Extra::avif);
  EXPECT_EQ(jobs(), 0);
  world_->encoder.error = Error{ErrorKind::unsupported, "unsupported_format", "No.", "No."};
  world_->extras.want(photo, Extra::avif);
  world_->run_jobs();
  EXPECT_EQ(dead_jobs(), 0);
  EXPECT_EQ(waiting_jobs(), 0);
  EXPECT_EQ(list_of(photo), developed);
}

TEST_P(ExtraTest, SmallPhotosDeserveNone) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  db().write([](db::Tx& tx) {
    tx.exec("UPDATE photos SET width = 300, height = 200, renditions = '320.webp'");
  });
  want_all(photo);
  EXPECT_EQ(jobs(), 0);
}

TEST_P(ExtraTest, AWishForWhatIsNotThereIsNothing) {
  const PhotoId raw = world_->upload(mei_).photo.id;
  want_all(raw);
  want_all(PhotoId{7});
  const PhotoId gone = world_->publish(ravi_, Visibility::everyone, "gone").photo.id;
  world_->photos.withdraw(gone, PhotoState::removed, "explicit");
  want_all(gone);
  EXPECT_EQ(jobs(), 0);
}

TEST_P(ExtraTest, NoMoreWaitThanTheLimit) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  db().write([&](db::Tx& tx) {
    for (int i = 0; i < limits::extras_waiting; ++i) {
      world_->queue.enqueue(tx, {.kind = "test", .payload = "{}", .lane = jobs::Lane::extras});
    }
  });
  EXPECT_EQ(shown(photo), "1280 for now");
  EXPECT_EQ(jobs(), 0);
  db().write([](db::Tx& tx) { tx.exec("DELETE FROM jobs WHERE kind = 'test'"); });
  EXPECT_EQ(shown(photo), "1280 for now");
  EXPECT_EQ(jobs(), 1);
}

TEST_P(ExtraTest, WhatCannotBeMadeEndsAsADeadJobAndIsNotAskedForAgain) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  world_->encoder.error = Error{ErrorKind::unprocessable, "image_too_large", "No.", "No."};
  EXPECT_EQ(shown(photo), "1280 for now");
  world_->run_jobs();
  EXPECT_EQ(dead_jobs(), 1);
  EXPECT_EQ(jobs("SELECT count(*) FROM jobs WHERE last_error = 'image_too_large'"), 1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(shown(photo), "1280 for now");
  world_->run_jobs();
  EXPECT_EQ(world_->encoder.calls, 1);
  EXPECT_EQ(jobs(), 1);
  // Until an administrator lets it try again.
  world_->encoder.error.reset();
  db().write([&](db::Tx& tx) {
    const auto id = tx.one("SELECT id FROM jobs WHERE state = 3",
                           [](const db::Row& row) { return row.id<JobId>(0); });
    EXPECT_TRUE(world_->queue.retry(tx, *id));
  });
  world_->run_jobs();
  EXPECT_EQ(shown(photo), "2000");
}

TEST_P(ExtraTest, WhatIsDownIsWaitedFor) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  EXPECT_EQ(shown(photo), "1280 for now");
  world_->encoder.unavailable = true;
  world_->run_jobs();  // for hours
  EXPECT_EQ(waiting_jobs(), 1);
  world_->encoder.unavailable = false;
  world_->store.fail_after(1, [] { throw storage::StorageFull("the disk"); });
  world_->run_jobs();
  EXPECT_TRUE(world_->store.failed());
  EXPECT_EQ(dead_jobs(), 0);
  EXPECT_EQ(shown(photo), "2000");
}

TEST_P(ExtraTest, AWorkerThatDiesMeanwhileChangesNothing) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const std::string original = world_->find(photo).photo.original;
  EXPECT_EQ(shown(photo), "1280 for now");
  // What a job that was killed before its transaction left behind.
  world_->store.put_bytes(rendition_key(original, "2048.jpg"), "half of another one");
  world_->run_jobs();
  EXPECT_EQ(shown(photo), "2000");
  EXPECT_EQ(scrub().rebuilt, 0);
  ASSERT_TRUE(world_->extras.make(photo, Extra::large));
  EXPECT_EQ(world_->encoder.calls, 1);
}

TEST_P(ExtraTest, AnEditKeepsItAndHidingKillsItsAddress) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  Address old;
  world_->signer.append_url(old.url, photo, "2048", 1, {});
  EXPECT_EQ(shown(photo), "1280 for now");
  world_->run_jobs();
  ASSERT_TRUE(world_->editing.edit({.account = mei_}, photo, {.title = "Another"}));
  EXPECT_EQ(list_of(photo), with_large);
  EXPECT_TRUE(get_at(photo, old));
  ASSERT_TRUE(world_->editing.edit({.account = mei_}, photo, {.visibility = Visibility::only_me}));
  EXPECT_FALSE(get_at(photo, old));
  EXPECT_EQ(shown(photo), "not_found");
  EXPECT_EQ(shown(photo, "2048", mei_), "2000");
  EXPECT_EQ(shown(photo, "2048", ravi_), "not_found");
}

TEST_P(ExtraTest, AnAddressThatIsDeadAsksForNothing) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  Address forged;
  world_->signer.append_url(forged.url, photo, "2048", 2, {});
  EXPECT_FALSE(get_at(photo, forged));
  world_->photos.withdraw(photo, PhotoState::removed, "reported");
  EXPECT_EQ(shown(photo), "not_found");
  EXPECT_EQ(jobs(), 0);
}

TEST_P(ExtraTest, GoesWithTheLastPhoto) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  want_all(photo);
  world_->run_jobs();
  ASSERT_EQ(objects(), 6);
  ASSERT_TRUE(world_->editing.remove({.account = mei_}, photo));
  world_->run_jobs();
  EXPECT_EQ(world_->store.objects(""), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM renditions"), 0);
}

TEST_P(ExtraTest, MadeWhileThePhotoGoesItDoesNotStay) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  want_all(photo);
  world_->encoder.before = [&] {
    world_->encoder.before = nullptr;
    ASSERT_TRUE(world_->editing.remove({.account = mei_}, photo));
    while (world_->run_job()) continue;
  };
  world_->run_jobs();
  EXPECT_EQ(world_->store.objects(""), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM originals"), 0);
  EXPECT_EQ(dead_jobs(), 0);
}

TEST_P(ExtraTest, ABadOneIsDroppedAndMadeAtItsNextRequest) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  const PhotoId other = world_->publish(ravi_).photo.id;
  want_all(photo);
  want_all(other);
  world_->run_jobs();
  const std::string original = world_->find(photo).photo.original;
  for (const char* name : {"2048.jpg", "1280.avif"}) {
    ASSERT_TRUE(world_->files.open(rendition_key(original, name)));  // as a page leaves it
    world_->store.remove(rendition_key(original, name));
    world_->store.put_bytes(rendition_key(original, name), "altered");
  }
  const ScrubReport report = scrub();
  EXPECT_EQ(report.rebuilt, 2);
  EXPECT_EQ(report.not_rebuilt, 0);
  EXPECT_EQ(list_of(photo), "320.webp,640.webp,640.avif,1280.jpg");
  EXPECT_EQ(list_of(other), list_of(photo));
  EXPECT_EQ(shown(photo), "1280 for now");
  world_->run_jobs();
  EXPECT_EQ(shown(photo), "2000");
  EXPECT_EQ(scrub().rebuilt, 0);
}

TEST_P(ExtraTest, OneWhoseObjectIsLostIsReplacedByThe1280UntilTheScrubComes) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  world_->extras.want(photo, Extra::large);
  world_->run_jobs();
  world_->store.remove(rendition_key(world_->find(photo).photo.original, "2048.jpg"));
  EXPECT_EQ(shown(photo), "1280 for now");
  EXPECT_EQ(jobs(), 1);
  EXPECT_EQ(scrub().rebuilt, 1);
  EXPECT_EQ(shown(photo), "1280 for now");
  world_->run_jobs();
  EXPECT_EQ(shown(photo), "2000");
}

TEST_P(ExtraTest, ADamagedOriginalGivesNoneUntilItIsHealed) {
  const PhotoView view = world_->publish(mei_);
  const std::string key = original_key(view.photo.original);
  const auto file = world_->store.open(key);
  const std::string good = file->read(0, static_cast<std::size_t>(file->size()));
  EXPECT_EQ(shown(view.photo.id), "1280 for now");
  world_->store.remove(key);
  world_->store.put_bytes(key, "altered");
  world_->run_jobs();
  EXPECT_EQ(world_->originals.count_damaged(), 1);
  EXPECT_EQ(dead_jobs(), 0);
  EXPECT_EQ(shown(view.photo.id), "1280 for now");
  EXPECT_EQ(waiting_jobs(), 0);  // it is known to be of no use
  world_->store.remove(key);
  world_->store.put_bytes(key, good);
  scrub();
  EXPECT_EQ(shown(view.photo.id), "1280 for now");
  world_->run_jobs();
  EXPECT_EQ(shown(view.photo.id), "2000");
}

TEST_P(ExtraTest, APhotoThatManyLookAtBecomesPopularOnce) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  EXPECT_TRUE(get(photo, "320"));  // is remembered from now on
  for (std::uint32_t i = 1; i < limits::popular_from; ++i) ASSERT_TRUE(get(photo, "320"));
  EXPECT_EQ(popular_, 0);
  EXPECT_EQ(jobs(), 0);
  ASSERT_TRUE(get(photo, "640"));
  EXPECT_EQ(popular_, 1);
  EXPECT_EQ(jobs(), 2);
  for (std::uint32_t i = 0; i < 2 * limits::popular_from; ++i) ASSERT_TRUE(get(photo, "320"));
  EXPECT_EQ(popular_, 2);  // at twice as many, and not at each further popular_from
  EXPECT_EQ(jobs(), 2);
  world_->run_jobs();
  world_->changes.poll();
  EXPECT_EQ(list_of(photo), with_all);
  for (std::uint32_t i = 0; i < 2 * limits::popular_from; ++i) ASSERT_TRUE(get(photo, "1280.avif"));
  EXPECT_EQ(jobs(), 2);
}

TEST_P(ExtraTest, ForgedAddressesMakeNoPhotoPopular) {
  const PhotoId photo = world_->publish(mei_).photo.id;
  EXPECT_TRUE(get(photo, "320"));
  Address forged;
  world_->signer.append_url(forged.url, photo, "320", 2, {});
  for (std::uint32_t i = 0; i < 2 * limits::popular_from; ++i) {
    ASSERT_FALSE(get_at(photo, forged, "320"));
  }
  EXPECT_EQ(jobs(), 0);
}

TEST_P(ExtraTest, JobsTakeTurnsBetweenOwners) {
  std::vector<PhotoId> photos;
  for (int i = 0; i < 3; ++i) {
    photos.push_back(world_->publish(mei_, Visibility::everyone, std::to_string(i)).photo.id);
  }
  photos.push_back(world_->publish(ravi_, Visibility::everyone, "r").photo.id);
  for (const PhotoId photo : photos) world_->extras.want(photo, Extra::large);
  world_->run_job();
  world_->run_job();
  EXPECT_EQ(list_of(photos.back()), with_large);
  EXPECT_EQ(waiting_jobs(), 2);
}

TEST_P(ExtraTest, AWishThatTheDatabaseRefusesCostsNoPicture) {
  // A queue on a database that cannot be written to; the photos are on the good one.
  class ReadOnly final : public db::Database {
   public:
    explicit ReadOnly(db::Database& real) : real_(real) {}
    db::Engine engine() const override { return real_.engine(); }
    void run_read(FunctionRef<void(db::Tx&)> work) override { real_.run_read(work); }
    void run_write(Work) override { throw db::DatabaseError("full"); }
    void run_write_async(AsyncWork, Done) override { std::abort(); }
    db::DatabaseStats stats() const override { return real_.stats(); }

   private:
    db::Database& real_;
  };
  const PhotoId photo = world_->publish(mei_).photo.id;
  ReadOnly full(db());
  ExtraService extras(full, world_->queue, world_->store, world_->originals, world_->encoder);
  EXPECT_NO_THROW(extras.want(photo, Extra::large));
  EXPECT_EQ(jobs(), 0);
}

}  // namespace
}  // namespace picsharz::photos
