#include "features/photos/develop_service.h"

#include "db/search_query.h"
#include "features/photos/photo_world_test.h"
#include "support/mortal_database.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::World;

vision::Assessment assessment(vision::Verdict verdict) {
  return {.labels = {{"boat", 0.91}, {"ship", 0.5}, {"sea", 0.35}},
          .verdict = verdict,
          .first = {.neutral = 0.9, .sexy = 0.1},
          .models = "mobilenet-1,centernet-1",
          .second = std::nullopt};
}

class DevelopTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    mei_ = world_->add_account("mei");
    world_->classifier.answer(assessment(vision::Verdict::safe));
  }
  void TearDown() override {
    world_.reset();
    DatabaseSuite::TearDown();
  }

  std::int64_t published_of_mei() { return world_->count("SELECT photos FROM accounts"); }
  std::vector<PhotoId> search(std::string_view word) {
    constexpr db::Sql found(
        "SELECT d.photo_id FROM photo_search s JOIN search_documents d ON d.doc = s.rowid"
        " WHERE photo_search MATCH $1",
        "SELECT d.photo_id FROM photo_search s JOIN search_documents d ON d.doc = s.doc"
        " WHERE s.words @@ CAST(CAST($1 AS TEXT) AS tsquery)");
    return db().read([&](db::Tx& tx) {
      return tx.all(
          found, [](const db::Row& row) { return row.id<PhotoId>(0); },
          db::engine_query(tx.engine(), {{{{{{std::string(word)}, true}}}}}));
    });
  }
  void expect_published(PhotoId id) {
    const Photo photo = world_->find(id).photo;
    EXPECT_EQ(photo.state, PhotoState::published);
    EXPECT_EQ(photo.reason, std::nullopt);
    EXPECT_EQ(photo.renditions, "320.webp,640.webp,1280.jpg");
    EXPECT_EQ(world_->store.objects("renditions/"), 3);
    EXPECT_EQ(published_of_mei(), 1);
    EXPECT_EQ(world_->count("SELECT count(*) FROM photo_labels WHERE models ="
                            " 'mobilenet-1,centernet-1'"),
              3);
    EXPECT_EQ(world_->count("SELECT count(*) FROM photo_labels WHERE models = 'picture@1'"), 3);
    EXPECT_EQ(world_->count("SELECT count(*) FROM assessments"), 1);
    EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE state = 2"), 1);
    EXPECT_EQ(search("harbour"), std::vector{id});
  }

  std::unique_ptr<World> world_;
  AccountId mei_;
};
ON_BOTH_ENGINES(DevelopTest);

// Calls back while it looks at a photo.
class WatchedClassifier final : public vision::Classifier {
 public:
  vision::Assessment assess(const image::Pixels& pixels) override {
    if (meanwhile) meanwhile();
    return fake.assess(pixels);
  }
  std::string describe() const override { return fake.describe(); }
  std::string models() const override { return fake.models(); }
  bool ready() const override { return fake.ready(); }
  bool loaded() const override { return fake.loaded(); }
  vision::FakeClassifier fake;
  std::function<void()> meanwhile;
};

// The policy that publishes at once and checks later.
class CheckAfterTest : public DevelopTest {
 protected:
  void SetUp() override {
    DevelopTest::SetUp();
    if (IsSkipped()) return;
    developing_ = std::make_unique<DevelopService>(db(), world_->clock, world_->queue,
                                                   world_->store, world_->developer, classifier_,
                                                   nullptr, nullptr, Check::after);
    world_->handlers = {};
    add_photo_jobs(world_->handlers, world_->queue, *developing_);
  }
  void answer(vision::Verdict verdict) { classifier_.fake.answer(assessment(verdict)); }

  WatchedClassifier classifier_;
  std::unique_ptr<DevelopService> developing_;
};
ON_BOTH_ENGINES(CheckAfterTest);

TEST_P(CheckAfterTest, APhotoIsPublishedBeforeItIsCheckedAndStaysWhereItIsSafe) {
  answer(vision::Verdict::safe);
  const PhotoId id = world_->upload(mei_).photo.id;
  std::optional<PhotoState> meanwhile;
  classifier_.meanwhile = [&] { meanwhile = world_->find(id).photo.state; };
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(meanwhile, PhotoState::published);
  expect_published(id);
  EXPECT_EQ(search("boats"), std::vector{id});  // its labels came after it was published
  EXPECT_EQ(world_->count("SELECT count(*) FROM photos WHERE unchecked = 1"), 0);
  EXPECT_EQ(world_->count("SELECT epoch FROM photos"), 1);
}

TEST_P(CheckAfterTest, WhatTheCheckFindsIsWithdrawn) {
  for (const auto& [verdict, state] : {std::pair{vision::Verdict::suggestive, PhotoState::held},
                                       {vision::Verdict::explicit_, PhotoState::removed}}) {
    answer(verdict);
    const Photo photo = world_->publish(mei_, Visibility::everyone, state_name(state)).photo;
    EXPECT_EQ(photo.state, state);
  }
  EXPECT_EQ(world_->count("SELECT count(*) FROM photos WHERE epoch = 2"), 2);  // old URLs are dead
  EXPECT_EQ(published_of_mei(), 0);
  EXPECT_EQ(search("harbour").size(), 1U) << "what is held, by its owner";
}

TEST_P(CheckAfterTest, WithoutModelsNothingIsPublished) {
  classifier_.fake.unavailable(true);
  const Photo photo = world_->publish(mei_).photo;
  EXPECT_EQ(photo.state, PhotoState::held);
  EXPECT_EQ(photo.reason, "models_missing");
  EXPECT_EQ(world_->count("SELECT epoch FROM photos"), 1);  // and never was
}

// Whether a model works shows when the first picture asks it.
TEST_P(CheckAfterTest, BeforeAModelIsThereNothingIsPublishedUnchecked) {
  classifier_.fake.break_when_asked();
  EXPECT_EQ(world_->publish(mei_).photo.reason, "models_missing");
  EXPECT_EQ(world_->count("SELECT epoch FROM photos"), 1);  // never was
}

TEST_P(CheckAfterTest, ACheckThatIsCutOffIsMadeUpFor) {
  answer(vision::Verdict::explicit_);
  const PhotoId id = world_->upload(mei_).photo.id;
  classifier_.meanwhile = [] { throw std::runtime_error("cut off"); };
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::published);
  classifier_.meanwhile = nullptr;
  world_->run_jobs();
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::removed);
}

TEST_P(CheckAfterTest, ACheckWhoseJobIsLostIsResumed) {
  answer(vision::Verdict::explicit_);
  const PhotoId id = world_->upload(mei_).photo.id;
  classifier_.meanwhile = [] { throw std::runtime_error("cut off"); };
  EXPECT_TRUE(world_->run_job());
  db().write([](db::Tx& tx) { tx.exec("DELETE FROM jobs"); });
  classifier_.meanwhile = nullptr;
  world_->clock.advance(hour);
  EXPECT_EQ(world_->photos.resume_unfinished(), 1);
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::removed);
}

TEST_P(CheckAfterTest, WhatCannotBeCheckedIsHeldInTheEnd) {
  const PhotoId id = world_->upload(mei_).photo.id;
  classifier_.meanwhile = [] { throw std::runtime_error("always"); };
  world_->run_jobs();
  const Photo photo = world_->find(id).photo;
  EXPECT_EQ(photo.state, PhotoState::held);
  EXPECT_EQ(photo.reason, "processing_failed");
}

// A person was faster: what they decided stands.
TEST_P(CheckAfterTest, ADecisionMeanwhileStands) {
  answer(vision::Verdict::explicit_);
  const PhotoId id = world_->upload(mei_).photo.id;
  classifier_.meanwhile = [&] {
    db().write([&](db::Tx& tx) { PhotoStore().decide(tx, id, PhotoState::published, ""); });
  };
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::published);
}

TEST_P(DevelopTest, ASafePhotoIsPublishedAndFound) {
  const PhotoId id = world_->upload(mei_).photo.id;
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::received);
  EXPECT_TRUE(world_->run_job());
  expect_published(id);
  const Photo photo = world_->find(id).photo;
  EXPECT_EQ(photo.width, 2000);
  EXPECT_EQ(photo.height, 1000);
  EXPECT_EQ(photo.thumbhash, "3wcCBYCIiIiIiIiI");
  EXPECT_EQ(photo.labels,
            R"([{"name":"black and white","confidence":1},{"name":"boat","confidence":0.91},)"
            R"({"name":"panorama","confidence":0.5},{"name":"ship","confidence":0.5}])");
  EXPECT_EQ(world_->count("SELECT verdict FROM assessments"), 0);
  // The fake developer's hash, 0xf0e1d2c3b4a59687, with its sign; and its two colours.
  EXPECT_EQ(world_->count("SELECT phash FROM photos"), -1089357896855742841);
  EXPECT_EQ(world_->count("SELECT count(*) FROM photos WHERE colours ="
                          " '[{\"colour\":\"#808080\",\"share\":700},"
                          "{\"colour\":\"#0a141e\",\"share\":300}]'"),
            1);
  for (const auto word : {"boats", "dawn", "sea", "mei", "name", "black", "horizontal"}) {
    EXPECT_EQ(search(word), std::vector{id}) << word;
  }
  EXPECT_TRUE(search("mountain").empty());
}

TEST_P(DevelopTest, ASuggestivePhotoIsHeld) {
  world_->classifier.answer(assessment(vision::Verdict::suggestive));
  const Photo photo = world_->publish(mei_).photo;
  EXPECT_EQ(photo.state, PhotoState::held);
  EXPECT_EQ(photo.reason, "suggestive");
  EXPECT_EQ(photo.renditions, "320.webp,640.webp,1280.jpg");
  EXPECT_EQ(published_of_mei(), 0);
  EXPECT_EQ(search("harbour"), std::vector{photo.id}) << "by its owner";
}

TEST_P(DevelopTest, AnExplicitPhotoIsRemoved) {
  world_->classifier.answer(assessment(vision::Verdict::explicit_));
  const Photo photo = world_->publish(mei_).photo;
  EXPECT_EQ(photo.state, PhotoState::removed);
  EXPECT_EQ(photo.reason, "explicit");
  EXPECT_EQ(published_of_mei(), 0);
  EXPECT_TRUE(search("harbour").empty());
}

TEST_P(DevelopTest, WithoutModelsAPhotoIsHeld) {
  world_->classifier.unavailable(true);
  const Photo photo = world_->publish(mei_).photo;
  EXPECT_EQ(photo.state, PhotoState::held);
  EXPECT_EQ(photo.reason, "models_missing");
  EXPECT_EQ(world_->count("SELECT count(*) FROM assessments"), 0);
}

// What needs no model is there without them, too, for when the photo is let through.
TEST_P(DevelopTest, WithoutModelsAPhotoHasTheLabelsThatNeedNone) {
  world_->classifier.unavailable(true);
  const Photo photo = world_->publish(mei_).photo;
  EXPECT_EQ(photo.labels,
            R"([{"name":"black and white","confidence":1},{"name":"panorama","confidence":0.5}])");
  EXPECT_EQ(world_->count("SELECT count(*) FROM photo_labels WHERE models = 'picture@1'"), 3);
}

TEST_P(DevelopTest, PixelsAreMadeOnlyForAClassifierThatIsThere) {
  world_->publish(mei_);
  EXPECT_EQ(world_->developer.asked, image::Wanted::pixels_too);
  world_->classifier.unavailable(true);
  world_->publish(mei_, Visibility::everyone, "without");
  EXPECT_EQ(world_->developer.asked, image::Wanted::renditions);
}

// A classifier that is there only when the pixels are not: nobody looked at the photo.
TEST_P(DevelopTest, APhotoThatNoPixelsWereMadeOfIsHeldAsWithoutModels) {
  world_->classifier.unavailable(true);
  world_->developer.before = [&] { world_->classifier.unavailable(false); };
  const Photo photo = world_->publish(mei_).photo;
  EXPECT_EQ(photo.state, PhotoState::held);
  EXPECT_EQ(photo.reason, "models_missing");
}

TEST_P(DevelopTest, AWordOfBothIsOneLabelAndTheStrongers) {
  auto said = assessment(vision::Verdict::safe);
  said.labels = {{"panorama", 0.8}, {"horizontal", 0.35}};
  world_->classifier.answer(said);
  const Photo photo = world_->publish(mei_).photo;
  EXPECT_EQ(photo.labels,
            R"([{"name":"black and white","confidence":1},{"name":"panorama","confidence":0.8}])");
  EXPECT_EQ(world_->count("SELECT count(*) FROM photo_labels"), 3);
  EXPECT_EQ(world_->count("SELECT count(*) FROM photo_labels WHERE name = 'panorama'"
                          " AND models = 'mobilenet-1,centernet-1'"),
            1);
  EXPECT_EQ(world_->count("SELECT count(*) FROM photo_labels WHERE name = 'horizontal'"
                          " AND models = 'picture@1' AND confidence = 0.4"),
            1);
}

TEST_P(DevelopTest, WhatTheDecoderRefusesIsRejectedWithItsCode) {
  for (const auto code : {"image_corrupt", "image_too_large", "image_too_slow"}) {
    world_->developer.fake.set_error(Error{ErrorKind::unprocessable, code, "", ""});
    const Photo photo = world_->publish(mei_).photo;
    EXPECT_EQ(photo.state, PhotoState::rejected);
    EXPECT_EQ(photo.reason, code);
    EXPECT_EQ(photo.renditions, "");
  }
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE state = 2"), 3);
}

TEST_P(DevelopTest, ADecoderThatIsBackDevelopsThePhoto) {
  world_->developer.unavailable = true;
  const PhotoId id = world_->upload(mei_).photo.id;
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::decoding);
  world_->developer.unavailable = false;
  world_->clock.advance(minute);
  EXPECT_TRUE(world_->run_job());
  expect_published(id);
}

TEST_P(DevelopTest, ADecoderThatStaysAwayEndsInAVisibleState) {
  world_->developer.unavailable = true;
  const PhotoId id = world_->upload(mei_).photo.id;
  world_->run_jobs();
  const Photo photo = world_->find(id).photo;
  EXPECT_EQ(photo.state, PhotoState::rejected);
  EXPECT_EQ(photo.reason, "processing_failed");
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE state = 3"), 0);
}

TEST_P(DevelopTest, ABusyMachineIsWaitedForAndCostsNoAttempt) {
  world_->developer.busy = true;
  const PhotoId id = world_->upload(mei_).photo.id;
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(world_->run_job());
    EXPECT_FALSE(world_->run_job());
    world_->clock.advance(minute);
  }
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::decoding);
  world_->developer.busy = false;
  EXPECT_TRUE(world_->run_job());
  expect_published(id);
}

TEST_P(DevelopTest, APhotoThatKillsEveryWorkerEnds) {
  const PhotoId id = world_->upload(mei_).photo.id;
  int kills = 0;
  for (; kills < 7 && world_->lose_job(); ++kills) world_->clock.advance(6 * minute);
  EXPECT_EQ(kills, 7);
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::rejected);
  EXPECT_EQ(world_->find(id).photo.reason, "processing_failed");
  EXPECT_EQ(world_->developer.fake.calls(), 0);
}

TEST_P(DevelopTest, APhotoWhoseLastAttemptIsKilledEndsAsWell) {
  const PhotoId early = world_->upload(mei_, Visibility::everyone, "early").photo.id;
  const PhotoId late = world_->upload(mei_, Visibility::everyone, "late").photo.id;
  db().write([&](db::Tx& tx) {
    tx.exec("UPDATE photos SET state = 2, renditions = '320.webp' WHERE id = $1", late);
    tx.exec("UPDATE jobs SET attempt = attempts - 1");
  });
  EXPECT_TRUE(world_->lose_job());
  EXPECT_TRUE(world_->lose_job());
  world_->clock.advance(6 * minute);
  EXPECT_FALSE(world_->run_job());
  EXPECT_EQ(world_->find(early).photo.state, PhotoState::rejected);
  EXPECT_EQ(world_->find(late).photo.state, PhotoState::held);
  EXPECT_EQ(world_->find(late).photo.reason, "processing_failed");
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE state = 3"), 2);
}

TEST_P(DevelopTest, WhatFailsAfterDecodingIsHeldForItsOwnerToSee) {
  const PhotoId id = world_->upload(mei_).photo.id;
  db().write([&](db::Tx& tx) {
    tx.exec("UPDATE photos SET state = 2, renditions = '320.webp'");
    tx.exec("UPDATE jobs SET attempt = attempts - 1");
  });
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::held);
  EXPECT_EQ(world_->find(id).photo.reason, "processing_failed");
}

// The store is asked for the original, and then takes three renditions.
TEST_P(DevelopTest, AStoreThatFailsAtAnyStepIsOvercome) {
  for (int step = 0; step < 4; ++step) {
    const PhotoId id = world_->upload(mei_, Visibility::everyone, std::to_string(step)).photo.id;
    world_->store.fail_after(step, [] { throw storage::StorageError("the disk is away"); });
    EXPECT_TRUE(world_->run_job());
    EXPECT_TRUE(world_->store.failed()) << step;
    EXPECT_EQ(world_->find(id).photo.state, PhotoState::decoding);
    world_->clock.advance(minute);
    EXPECT_TRUE(world_->run_job());
    EXPECT_EQ(world_->find(id).photo.state, PhotoState::published);
  }
  EXPECT_EQ(published_of_mei(), 4);
  EXPECT_EQ(world_->store.objects("renditions/"), 12);
}

TEST_P(DevelopTest, AnOriginalThatIsNotThereYetIsWaitedFor) {
  const PhotoView view = world_->upload(mei_);
  world_->store.remove(original_key(view.photo.original));
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(view.photo.id).photo.state, PhotoState::decoding);
  world_->upload(mei_);  // the same bytes again
  world_->run_jobs();
  EXPECT_EQ(published_of_mei(), 2);
}

// A worker that is killed after its last step but before the commit leaves these states behind.
TEST_P(DevelopTest, ItStartsAnewFromEveryUnfinishedState) {
  for (int state = 0; state < 3; ++state) {
    const PhotoId id = world_->upload(mei_).photo.id;
    db().write(
        [&](db::Tx& tx) { tx.exec("UPDATE photos SET state = $2 WHERE id = $1", id, state); });
    EXPECT_TRUE(world_->run_job());
    EXPECT_EQ(world_->find(id).photo.state, PhotoState::published);
    EXPECT_EQ(published_of_mei(), state + 1);
  }
}

TEST_P(DevelopTest, ASecondRunChangesNothing) {
  const PhotoId id = world_->publish(mei_).photo.id;
  db().write([&](db::Tx& tx) {
    tx.exec("UPDATE jobs SET state = 0, payload = $1", R"({"photo":")" + id.str() + "\"}");
  });
  world_->classifier.answer(assessment(vision::Verdict::explicit_));
  EXPECT_TRUE(world_->run_job());
  expect_published(id);
}

TEST_P(DevelopTest, ALostLeaseWritesNothing) {
  const PhotoId id = world_->upload(mei_).photo.id;
  constexpr std::array lanes{jobs::Lane::media};
  const auto slow = world_->queue.claim(lanes, "slow", second);
  ASSERT_TRUE(slow);
  world_->clock.advance(minute);
  ASSERT_TRUE(world_->lose_job());  // another worker has it now
  EXPECT_TRUE(world_->developing.develop(*slow, id));
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::classifying);
  EXPECT_EQ(world_->count("SELECT count(*) FROM assessments"), 0);
  world_->clock.advance(minute);
  EXPECT_TRUE(world_->run_job());
  expect_published(id);
}

// What it stored has its rows all the same, or would not go with the photo.
TEST_P(DevelopTest, ALostLeaseWithoutModelsWritesNoMoreThanTheRenditions) {
  world_->classifier.unavailable(true);
  const PhotoId id = world_->upload(mei_).photo.id;
  constexpr std::array lanes{jobs::Lane::media};
  const auto slow = world_->queue.claim(lanes, "slow", second);
  ASSERT_TRUE(slow);
  world_->clock.advance(minute);
  ASSERT_TRUE(world_->lose_job());
  EXPECT_TRUE(world_->developing.develop(*slow, id));
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::classifying);
  EXPECT_EQ(world_->count("SELECT count(*) FROM renditions"), 3);
  EXPECT_EQ(world_->count("SELECT count(*) FROM photo_labels"), 0);
  world_->clock.advance(minute);
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::held);
}

TEST_P(DevelopTest, APhotoThatIsDeletedMeanwhileLeavesNoRenditions) {
  for (const bool judged : {true, false}) {
    for (const bool lost : {true, false}) {
      SCOPED_TRACE(std::to_string(judged) + std::to_string(lost));
      world_->classifier.unavailable(!judged);
      const PhotoId id = world_->upload(mei_).photo.id;
      constexpr std::array lanes{jobs::Lane::media};
      const auto job = world_->queue.claim(lanes, "slow", second);
      ASSERT_TRUE(job);
      world_->developer.before = [&] {
        ASSERT_TRUE(world_->editing.remove({.account = mei_}, id));
        if (lost) world_->clock.advance(minute);
        if (lost) world_->lose_job();
      };
      EXPECT_TRUE(world_->developing.develop(*job, id));
      world_->developer.before = nullptr;
      EXPECT_EQ(world_->store.objects("renditions/"), 3);
      world_->run_jobs();
      EXPECT_EQ(world_->store.objects("renditions/"), 0);
      EXPECT_EQ(world_->store.objects("originals/"), 0);
    }
  }
}

TEST_P(DevelopTest, WithItsJobAWorkerHasThePhoto) {
  const PhotoId id = world_->upload(mei_).photo.id;
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::received);
  ASSERT_TRUE(world_->lose_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::decoding);
  EXPECT_EQ(world_->developer.fake.calls(), 0);
}

// R2: before and after each commit, and before each call of the store: between two of them nothing
// happens that outlives a process.
class DyingWorkers : public DevelopTest {
 protected:
  // `models`: whether there are any. It takes a photo for each moment, and two.
  void die_at_each_moment(bool models, int moments);
};
ON_BOTH_ENGINES(DyingWorkers);

void DyingWorkers::die_at_each_moment(bool models, int moments) {
  int calls_left = -1;
  picsharz::test::MortalDatabase mortal(db(), [&] { return calls_left < 0 || calls_left-- > 0; });
  World world(mortal);
  world.clock.advance(second);  // its ids are others than those of the fixture
  world.classifier.answer(assessment(vision::Verdict::safe));
  world.classifier.unavailable(!models);
  const AccountId ana = world.add_account("ana");
  constexpr std::array lanes{jobs::Lane::media};
  int photos = 0;
  for (const bool in_store : {true, false}) {
    bool died = true;
    for (int call = 0; died; ++call) {
      SCOPED_TRACE((in_store ? "store " : "commit ") + std::to_string(call));
      const PhotoId id = world.upload(ana, Visibility::everyone, std::to_string(++photos)).photo.id;
      const auto job = world.queue.claim(lanes, "killed", second);
      ASSERT_TRUE(job);
      if (in_store) world.store.fail_after(call, [] { throw std::runtime_error("died"); });
      if (!in_store) calls_left = call;
      try {
        EXPECT_TRUE(world.developing.develop(*job, id));
        died = false;
      } catch (const std::exception&) {
      }
      calls_left = -1;
      EXPECT_TRUE(!in_store || world.store.failed() == died);
      world.clock.advance(minute);
      // Whoever takes over finds it done only where the commit of the end was the last moment.
      world.run_job();
      EXPECT_FALSE(world.run_job());
      EXPECT_EQ(world.find(id).photo.state, models ? PhotoState::published : PhotoState::held);
      EXPECT_EQ(world.count("SELECT photos FROM accounts WHERE handle = 'ana'"),
                models ? photos : 0);
      EXPECT_EQ(world.store.objects("renditions/"), 3 * photos);
      EXPECT_EQ(world.count("SELECT count(*) FROM renditions"), 3 * photos);
      EXPECT_EQ(world.count("SELECT count(*) FROM assessments"), models ? photos : 0);
      EXPECT_EQ(world.count("SELECT count(*) FROM photo_labels"), (models ? 6 : 3) * photos);
      EXPECT_EQ(world.count("SELECT count(*) FROM jobs WHERE state = 2"), photos);
      EXPECT_EQ(search("harbour").size(), static_cast<std::size_t>(photos));
    }
  }
  EXPECT_EQ(photos, moments + 2);
}

// Four calls of the store and two commits, each with a before and an after.
TEST_P(DyingWorkers, AtAnyMomentLoseAndDoubleNothing) { die_at_each_moment(true, 4 + 2 * 2); }

// Without a classifier to wait for there is one commit.
TEST_P(DyingWorkers, WithoutModelsLoseAndDoubleNothing) { die_at_each_moment(false, 4 + 1 * 2); }

// What was acknowledged waits for the disk, however long that takes.
TEST_P(DevelopTest, AFullDiskIsWaitedForAndCostsNoAttempt) {
  const PhotoId photo = world_->upload(mei_).photo.id;
  for (int round = 0; round < 20; ++round) {
    world_->store.fail_after(1, [] { throw storage::StorageFull("no room"); });
    ASSERT_TRUE(world_->run_job());
    EXPECT_TRUE(world_->store.failed());
    EXPECT_FALSE(world_->run_job());
    world_->clock.advance(minute);
  }
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(photo).photo.state, PhotoState::published);
}

TEST_P(DevelopTest, NothingIsDecodedForADiskThatIsFull) {
  const PhotoId id = world_->upload(mei_).photo.id;
  world_->store.room = false;
  ASSERT_TRUE(world_->run_job());
  EXPECT_EQ(world_->developer.fake.calls(), 0);
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::received);
  world_->store.room = true;
  world_->clock.advance(minute);
  ASSERT_TRUE(world_->run_job());
  expect_published(id);
}

}  // namespace
}  // namespace picsharz::photos
