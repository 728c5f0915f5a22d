#include "features/photos/relabel_service.h"

#include "features/photos/photo_edit_service.h"
#include "features/photos/photo_world_test.h"
#include "features/photos/relabel_jobs.h"
#include "support/test_database.h"

namespace picsharz::photos {
namespace {

using test::World;
using vision::Verdict;

vision::Assessment said(std::string models, std::string label, Verdict verdict = Verdict::safe) {
  return {.labels = {{std::move(label), 0.9}},
          .verdict = verdict,
          .first = {.neutral = 1},
          .models = std::move(models),
          .second = std::nullopt};
}

// Remembers what it is told.
class RecordingGate final : public GateService {
 public:
  bool recognises(std::uint64_t) override { return blocklisted; }
  void withheld(db::Tx&, PhotoId id) override { withheld_.push_back(id); }
  void checked(db::Tx&, PhotoId id) override { checked_.push_back(id); }
  bool decided(db::Tx&, PhotoId id) override { return id == decided_; }
  bool holds_back(db::Tx&, AccountId) override { return holds_back_; }
  std::optional<int> photos_per_day(AccountId) override { return std::nullopt; }

  std::vector<PhotoId> withheld_, checked_;
  PhotoId decided_{};
  bool blocklisted = false;
  bool holds_back_ = false;
};

class RelabelTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db(), &gate_);
    mei_ = world_->add_account("mei");
    relabelling_ =
        std::make_unique<RelabelService>(db(), world_->clock, world_->queue, world_->store,
                                         world_->developer, world_->classifier, &gate_);
    add_relabel_jobs(world_->handlers, *relabelling_,
                     [this](Micros) { return ++looked_ != stop_; });
  }
  void TearDown() override {
    relabelling_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  PhotoId publish(std::string_view salt) {
    return world_->publish(mei_, Visibility::everyone, salt).photo.id;
  }
  std::vector<PhotoId> publish_three() {
    world_->classifier.answer(said("old", "boat"));
    return {publish("a"), publish("b"), publish("c")};
  }
  void ask() { ask_for_relabelling(db(), world_->clock, world_->queue); }
  Relabelling walk() {
    return db().read([](db::Tx& tx) { return RelabelStore().find(tx).value(); });
  }
  bool labelled(PhotoId id, std::string_view name) {
    return world_->find(id).photo.labels.contains("\"" + std::string(name) + "\"");
  }
  std::int64_t waiting() { return world_->count("SELECT count(*) FROM jobs WHERE state = 0"); }

  RecordingGate gate_;
  std::unique_ptr<World> world_;
  std::unique_ptr<RelabelService> relabelling_;
  AccountId mei_;
  int looked_ = 0;
  int stop_ = 0;  // the program ends after this photo
};
ON_BOTH_ENGINES(RelabelTest);

TEST_P(RelabelTest, EveryPhotoGetsTheLabelsOfTheNewModels) {
  const auto photos = publish_three();
  world_->classifier.answer(said("new", "ship"));
  ask();
  EXPECT_TRUE(world_->run_job());
  for (const PhotoId id : photos) {
    EXPECT_TRUE(labelled(id, "ship"));
    EXPECT_FALSE(labelled(id, "boat"));
    EXPECT_EQ(world_->find(id).photo.state, PhotoState::published);
  }
  EXPECT_EQ(walk().photos, 3);
  EXPECT_EQ(walk().seen, 3);
  EXPECT_EQ(walk().changed, 3);
  EXPECT_TRUE(walk().ended_at);
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(world_->count("SELECT count(*) FROM assessments WHERE models = 'old'"),
            3);  // the record
}

TEST_P(RelabelTest, WhatTheActiveModelsLabelledIsPassedOver) {
  publish_three();
  ask();
  const int before = world_->developer.fake.calls();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->developer.fake.calls(), before);
  EXPECT_EQ(walk().seen, 0);
  EXPECT_TRUE(walk().ended_at);
}

TEST_P(RelabelTest, AWalkThatIsCutOffGoesOnWhereItWas) {
  const auto photos = publish_three();
  world_->classifier.answer(said("new", "ship"));
  ask();
  stop_ = 1;
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(walk().seen, 1);
  EXPECT_FALSE(walk().ended_at);
  EXPECT_TRUE(labelled(photos[2], "ship"));  // the newest first
  EXPECT_TRUE(labelled(photos[0], "boat"));
  EXPECT_EQ(waiting(), 1);
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(looked_, 3);  // none a second time
  EXPECT_TRUE(walk().ended_at);
}

// As after a kill -9 in which even the job was lost.
TEST_P(RelabelTest, AWalkWithoutItsJobIsResumedAtTheNextStart) {
  publish_three();
  world_->classifier.answer(said("new", "ship"));
  ask();
  db().write([](db::Tx& tx) { tx.exec("DELETE FROM jobs"); });
  relabelling_->resume();
  EXPECT_EQ(waiting(), 1);
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(walk().changed, 3);
  relabelling_->resume();
  EXPECT_EQ(waiting(), 0);
}

TEST_P(RelabelTest, ARefusedLabelStaysAway) {
  const auto photos = publish_three();
  ASSERT_TRUE(world_->editing.remove_label({.account = mei_}, photos[0], "boat"));
  ASSERT_TRUE(world_->editing.make_tag({.account = mei_}, photos[1], "boat"));
  world_->classifier.answer(said("new", "boat"));
  ask();
  EXPECT_TRUE(world_->run_job());
  EXPECT_FALSE(labelled(photos[0], "boat"));
  EXPECT_FALSE(labelled(photos[1], "boat"));  // a tag, and not twice
  EXPECT_TRUE(world_->find(photos[1]).photo.tags.contains("boat"));
  EXPECT_TRUE(labelled(photos[2], "boat"));
}

TEST_P(RelabelTest, WhatTheNewModelsFindIsWithdrawnButNotAgainstAPerson) {
  const auto photos = publish_three();
  gate_.decided_ = photos[1];
  world_->classifier.answer(said("new", "ship", Verdict::suggestive));
  ask();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(photos[0]).photo.state, PhotoState::held);
  EXPECT_EQ(world_->find(photos[1]).photo.state, PhotoState::published);
  EXPECT_TRUE(labelled(photos[1], "ship"));
  EXPECT_EQ(gate_.withheld_, (std::vector{photos[2], photos[0]}));
}

TEST_P(RelabelTest, WhatWasHeldIsNotPublishedByAWalk) {
  world_->classifier.answer(said("old", "boat", Verdict::suggestive));
  const PhotoId id = publish("a");
  world_->classifier.answer(said("new", "ship"));
  ask();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.state, PhotoState::held);
  EXPECT_TRUE(labelled(id, "ship"));
}

TEST_P(RelabelTest, WhatWaitedForModelsIsJudgedOnceThereAreSome) {
  world_->classifier.unavailable(true);
  const std::vector<PhotoId> photos{publish("a"), publish("b")};
  EXPECT_EQ(world_->find(photos[0]).photo.reason, "models_missing");
  relabelling_->resume();
  EXPECT_EQ(waiting(), 0);
  world_->classifier.unavailable(false);
  world_->classifier.answer(said("new", "ship"));
  relabelling_->resume();
  EXPECT_TRUE(world_->run_job());
  for (const PhotoId id : photos) {
    EXPECT_EQ(world_->find(id).photo.state, PhotoState::published);
    EXPECT_TRUE(labelled(id, "ship"));
  }
  EXPECT_EQ(gate_.checked_.size(), 2u);
  EXPECT_EQ(world_->count("SELECT photos FROM accounts"), 2);
}

TEST_P(RelabelTest, WhatWaitedAndIsFoundUnsafeStaysOrGoes) {
  world_->classifier.unavailable(true);
  const PhotoId held = publish("a");
  world_->classifier.unavailable(false);
  world_->classifier.answer(said("new", "ship", Verdict::suggestive));
  gate_.withheld_.clear();
  relabelling_->resume();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(held).photo.state, PhotoState::held);
  EXPECT_EQ(world_->find(held).photo.reason, "suggestive");
  EXPECT_EQ(gate_.withheld_, std::vector{held});
}

TEST_P(RelabelTest, PolicyAndBlocklistHoldForWhatWaitedAsForWhatIsNew) {
  world_->classifier.unavailable(true);
  const PhotoId id = publish("a");
  world_->classifier.unavailable(false);
  gate_.holds_back_ = true;
  relabelling_->resume();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(id).photo.reason, "new_member");
  gate_.holds_back_ = false;
  world_->classifier.unavailable(true);
  const PhotoId other = publish("b");
  world_->classifier.unavailable(false);
  gate_.blocklisted = true;
  relabelling_->resume();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(world_->find(other).photo.reason, "blocklisted");
}

// As for a new photo: the list itself keeps what is explicit, whatever it was recognised by.
TEST_P(RelabelTest, WhatIsExplicitByItselfStaysThatWhereItIsRecognised) {
  for (const auto& [verdict, reason] :
       {std::pair(Verdict::explicit_, "explicit"), std::pair(Verdict::suggestive, "blocklisted")}) {
    gate_.blocklisted = false;
    world_->classifier.unavailable(true);
    const PhotoId waited = publish(std::string("waited, ") + reason);
    world_->classifier.unavailable(false);
    world_->classifier.answer(said("new", "ship", verdict));
    gate_.blocklisted = true;
    const PhotoId fresh = publish(std::string("new, ") + reason);
    relabelling_->resume();
    EXPECT_TRUE(world_->run_job());
    for (const PhotoId id : {fresh, waited}) {
      EXPECT_EQ(world_->find(id).photo.state, PhotoState::removed);
      EXPECT_EQ(world_->find(id).photo.reason, reason);
    }
  }
}

// Without pixels there are no labels, and no reason to stop.
TEST_P(RelabelTest, AnUnreadableOriginalIsPassedOver) {
  const auto photos = publish_three();
  world_->store.remove(original_key(world_->find(photos[1]).photo.original));
  world_->classifier.answer(said("new", "ship"));
  ask();
  EXPECT_TRUE(world_->run_job());
  EXPECT_TRUE(labelled(photos[0], "ship"));
  EXPECT_EQ(walk().seen, 3);
  EXPECT_EQ(walk().changed, 2);
}

TEST_P(RelabelTest, ADamagedModelPassesNoPhotoOver) {
  publish_three();
  world_->classifier.answer(said("new", "ship"));
  world_->classifier.break_when_asked();
  ask();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(walk().seen, 0);
  EXPECT_EQ(waiting(), 1);
  world_->classifier.unavailable(false);  // mended
  world_->clock.advance(hour);
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(walk().changed, 3);
}

TEST_P(RelabelTest, WithoutModelsOrRoomItWaits) {
  publish_three();
  world_->classifier.unavailable(true);
  ask();
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(waiting(), 1);
  EXPECT_FALSE(walk().ended_at);
  EXPECT_FALSE(world_->run_job());  // not at once
}

}  // namespace
}  // namespace picsharz::photos
