// The flow of moderation on both engines: ordinary bytes, a fake classifier, a clock that is
// turned.

#include "features/moderation/moderation_service.h"

#include "features/cards/card_service.h"
#include "features/follows/follow_service.h"
#include "features/moderation/complaint_service.h"
#include "features/moderation/moderation_jobs.h"
#include "features/moderation/moderation_json.h"
#include "features/photos/photo_world_test.h"
#include "features/photos/relabel_service.h"
#include "support/test_database.h"

namespace picsharz::moderation {
namespace {

using photos::PhotoState;
using photos::Visibility;
using photos::test::World;
using vision::Verdict;

// The world needs the gate before moderation, which needs the world, is there.
class LateGate final : public photos::GateService {
 public:
  bool recognises(std::uint64_t phash) override { return to != nullptr && to->recognises(phash); }
  void withheld(db::Tx& tx, PhotoId id) override {
    if (to != nullptr) to->withheld(tx, id);
  }
  void checked(db::Tx& tx, PhotoId id) override {
    if (to != nullptr) to->checked(tx, id);
  }
  bool decided(db::Tx& tx, PhotoId id) override { return to != nullptr && to->decided(tx, id); }
  bool holds_back(db::Tx& tx, AccountId owner) override {
    return to != nullptr && to->holds_back(tx, owner);
  }
  std::optional<int> photos_per_day(AccountId owner) override {
    return to == nullptr ? std::nullopt : to->photos_per_day(owner);
  }
  photos::GateService* to = nullptr;
};

vision::Assessment assessment(Verdict verdict) {
  return {.labels = {},
          .verdict = verdict,
          .first = {.neutral = 0.25, .porn = 0.5, .sexy = 0.25},
          .models = "first-1,second-1",
          .second = vision::Scores{.neutral = 0.5, .sexy = 0.5}};
}

class ModerationTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db(), &gate_);
    build(14 * day);
    mei_ = world_->add_account("mei");
    ana_ = join("ana", Role::member);
    mod_ = join("mod", Role::moderator);
    other_mod_ = join("other", Role::moderator);
    ada_ = join("ada", Role::administrator);
  }
  void TearDown() override {
    complaints_.reset();
    moderation_.reset();
    notifications_.reset();
    blocklist_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  void build(Micros quarantine, int first_photos = 0) {
    complaints_.reset();
    blocklist_ = std::make_unique<BlocklistService>(db(), world_->ids, world_->clock);
    if (!notifications_) {
      notifications_.emplace(db(), world_->ids, world_->clock);
    }
    moderation_ = std::make_unique<ModerationService>(
        db(), world_->ids, world_->clock, world_->queue, outbox(), world_->media, *blocklist_,
        links_, *notifications_,
        ModerationSettings{.mail = {.instance = "Test", .base_url = "http://test"},
                           .thresholds = {.gate = 0.2, .explicit_ = 0.5, .suggestive = 0.25},
                           .quarantine = quarantine,
                           .first_photos = first_photos,
                           .refusals = 2});
    complaints_ = std::make_unique<ComplaintService>(db(), world_->clock, *moderation_, links_);
    gate_.to = moderation_.get();
    world_->handlers = {};
    photos::add_photo_jobs(world_->handlers, world_->queue, world_->developing);
    photos::add_original_jobs(world_->handlers, world_->originals);
    add_moderation_jobs(world_->handlers, *moderation_);
  }
  mail::Outbox& outbox() {
    if (!outbox_) outbox_.emplace(world_->queue);
    return *outbox_;
  }

  AccountId join(std::string_view handle, Role role) {
    const AccountId id = world_->add_account(handle);
    exec("UPDATE accounts SET role = $2, email = $3 WHERE id = $1", id, role,
         std::string(handle) + "@example.org");
    return id;
  }
  static Viewer as(AccountId account, Role role = Role::member) {
    return {.account = account, .role = role};
  }
  Viewer moderator() const { return as(mod_, Role::moderator); }
  Viewer other_moderator() const { return as(other_mod_, Role::moderator); }
  template <class... P>
  void exec(const db::Sql& sql, const P&... params) {
    db().write([&](db::Tx& tx) { tx.exec(sql, params...); });
  }
  PhotoId publish(Verdict verdict, std::string_view salt = "", AccountId owner = {},
                  Visibility visibility = Visibility::everyone) {
    world_->classifier.answer(assessment(verdict));
    return world_->publish(owner ? owner : mei_, visibility, salt).photo.id;
  }
  std::vector<CaseCard> queue(const Viewer& viewer) { return moderation_->queue(viewer, {}).items; }
  CaseId only_case() {
    const auto waiting = queue(moderator());
    EXPECT_EQ(waiting.size(), 1u);
    return waiting.empty() ? CaseId{} : waiting.front().on.id;
  }
  Result<Decision> decide(CaseId id, Action action, const Viewer& viewer,
                          std::string reason = "nudity", std::string note = "") {
    return moderation_->decide(viewer, id, {action, std::move(reason), std::move(note)});
  }
  std::int64_t account_state(std::string_view handle) {
    return db().read([&](db::Tx& tx) {
      return tx
          .one(
              "SELECT state FROM accounts WHERE handle = $1",
              [](const db::Row& row) { return row.integer(0); }, handle)
          .value();
    });
  }
  // Of the link in the last mail.
  std::string linked_token() const {
    constexpr std::string_view before = "http://test/appeal#token=";
    const std::size_t at = last_mail_.find(before);
    EXPECT_NE(at, last_mail_.npos) << last_mail_;
    if (at == last_mail_.npos) return {};
    const std::size_t start = at + before.size();
    return last_mail_.substr(start, last_mail_.find_first_of(" \r\n", start) - start);
  }
  PhotoState state(PhotoId id) { return world_->find(id).photo.state; }
  // Runs the jobs of moderation that are due; the mails that they posted: "to: subject".
  std::vector<std::string> mails() {
    constexpr std::array lanes{jobs::Lane::mail, jobs::Lane::notices};
    std::vector<std::string> posted;
    while (const auto job = world_->queue.claim(lanes, "test", minute)) {
      if (job->kind == tell_job) {
        EXPECT_TRUE((*world_->handlers.find(tell_job))(*job));
        continue;
      }
      auto payload = JsonObject::parse(job->payload);
      last_mail_ = payload->text("text", 0, 10'000);
      last_pictures_ = payload->text("pictures", 0, 1'000);
      if (!last_pictures_.empty()) all_pictures_.push_back(last_pictures_);
      posted.push_back(payload->text("to", 1, 100) + ": " + payload->text("subject", 1, 200));
      db().write([&](db::Tx& tx) { world_->queue.finish(tx, *job); });
    }
    std::ranges::sort(posted);
    return posted;
  }
  std::vector<std::string> mails_after_undo_time() {
    world_->clock.advance(limits::decision_undo + second);
    return mails();
  }
  // What the app tells somebody of decisions, newest first: "removed", "shown, appealed".
  std::vector<std::string> decisions_told(AccountId account) {
    std::vector<std::string> told;
    for (const auto& each : notifications_->list(as(account), {}).items) {
      told.push_back(each.ruling.outcome + (each.ruling.appealed ? ", appealed" : ""));
    }
    return told;
  }
  std::string facts(std::string_view thresholds) {
    return R"({"models":"first-1,second-1","verdict":"suggestive","scores":[)"
           R"({"drawing":0,"hentai":0,"neutral":0.25,"porn":0.5,"sexy":0.25},)"
           R"({"drawing":0,"hentai":0,"neutral":0.5,"porn":0,"sexy":0.5}],"thresholds":)" +
           std::string(thresholds) + "}";
  }

  LateGate gate_;
  std::unique_ptr<World> world_;
  const crypto::HmacKey key_{"a key of a test"};
  const AppealLinks links_{key_};
  std::optional<mail::Outbox> outbox_;
  std::unique_ptr<BlocklistService> blocklist_;
  std::optional<notifications::NotificationService> notifications_;
  std::unique_ptr<ModerationService> moderation_;
  std::unique_ptr<ComplaintService> complaints_;
  std::string last_mail_;
  std::string last_pictures_;
  std::vector<std::string> all_pictures_;
  AccountId mei_, ana_, mod_, other_mod_, ada_;
};
ON_BOTH_ENGINES(ModerationTest);

TEST_P(ModerationTest, WhatIsHeldWaitsInTheQueueWithScoresAndThresholds) {
  publish(Verdict::safe, "safe");
  const PhotoId photo = publish(Verdict::suggestive);
  const auto waiting = queue(moderator());
  ASSERT_EQ(waiting.size(), 1u);
  const Case& on = waiting[0].on;
  EXPECT_EQ(on.subject.photo, photo);
  EXPECT_EQ(on.origin, Origin::classifier);
  EXPECT_EQ(on.reason, "suggestive");
  EXPECT_EQ(on.facts, facts(R"({"gate":0.2,"explicit":0.5,"suggestive":0.25})"));
  EXPECT_TRUE(mails().empty());  // only what is explicit cannot wait
  const auto audit = moderation_->audit({}).items;
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_EQ(audit[0].action, Action::hold);
  EXPECT_FALSE(audit[0].actor);
  EXPECT_EQ(audit[0].facts, on.facts);
}

// What the person saw is kept with what they made of it, whatever the models say later.
TEST_P(ModerationTest, APersonsDecisionIsLoggedWithModelsScoresAndThresholds) {
  const auto logged = facts(R"({"gate":0.2,"explicit":0.5,"suggestive":0.25})");
  for (const Action action : {Action::approve, Action::keep_hidden, Action::remove}) {
    publish(Verdict::suggestive, action_name(action));
    const CaseId id = only_case();
    ASSERT_TRUE(decide(id, action, moderator()));
    const Decision made = moderation_->audit({}).items.at(0);
    EXPECT_EQ(made.action, action);
    EXPECT_EQ(made.actor, mod_);
    EXPECT_EQ(made.facts, logged);
    ASSERT_TRUE(moderation_->undo(moderator(), id));
    const Decision undone = moderation_->audit({}).items.at(0);
    EXPECT_EQ(undone.action, Action::undo);
    EXPECT_EQ(undone.facts, logged);
    ASSERT_TRUE(decide(id, action, moderator()));
  }
}

TEST_P(ModerationTest, TheFirstPhotosOfANewMemberWait) {
  build(14 * day, 2);
  for (const auto* salt : {"first", "second"}) {
    const PhotoId photo = publish(Verdict::safe, salt);
    EXPECT_EQ(state(photo), PhotoState::held);
    const auto waiting = queue(moderator());
    ASSERT_EQ(waiting.size(), 1u);
    EXPECT_EQ(waiting[0].on.reason, "new_member");
    EXPECT_TRUE(decide(waiting[0].on.id, Action::approve, moderator(), "fine"));
    EXPECT_EQ(state(photo), PhotoState::published);
  }
  EXPECT_EQ(state(publish(Verdict::safe, "third")), PhotoState::published);
  EXPECT_EQ(state(publish(Verdict::suggestive, "fourth")), PhotoState::held);
  EXPECT_EQ(state(publish(Verdict::safe, "staff", mod_)), PhotoState::published);
}

// Judged once there are models: the case that waited for them is over, and so is an appeal in it.
TEST_P(ModerationTest, WhatCouldNotBeCheckedLeavesTheQueueOnceItIs) {
  world_->classifier.unavailable(true);
  const PhotoId safe = world_->publish(mei_, Visibility::everyone, "a").photo.id;
  const PhotoId unsafe = world_->publish(mei_, Visibility::everyone, "b").photo.id;
  EXPECT_EQ(moderation_->waiting(), 2);
  EXPECT_TRUE(complaints_->appeal(as(mei_), safe, "Please look."));
  world_->classifier.unavailable(false);
  photos::RelabelService relabelling(db(), world_->clock, world_->queue, world_->store,
                                     world_->developer, world_->classifier, moderation_.get());
  const auto judge = [&](Verdict verdict, PhotoId id) {
    world_->classifier.answer(assessment(verdict));
    exec("UPDATE photos SET reason = 'models_missing' WHERE id = $1 AND state = 4", id);
    relabelling.run([](Micros) { return true; });
  };
  exec("UPDATE photos SET reason = 'later' WHERE id = $1", unsafe);
  judge(Verdict::safe, safe);
  EXPECT_EQ(state(safe), PhotoState::published);
  EXPECT_EQ(moderation_->waiting(), 1);
  judge(Verdict::explicit_, unsafe);
  EXPECT_EQ(state(unsafe), PhotoState::removed);
  EXPECT_EQ(only_case(), queue(moderator()).front().on.id);
  EXPECT_EQ(queue(moderator()).front().on.reason, "explicit");
  EXPECT_FALSE(db().read([&](db::Tx& tx) { return moderation_->decided(tx, safe); }));
}

// It was published before it was checked, and reported before the check withdrew it.
TEST_P(ModerationTest, AReportedPhotoThatTheCheckWithdrawsIsOneCase) {
  world_->classifier.answer(assessment(Verdict::safe));
  const PhotoId photo = world_->upload(mei_).photo.id;
  db().write([&](db::Tx& tx) { photos::PhotoStore().publish_unchecked(tx, photo); });
  EXPECT_TRUE(complaints_->report(as(ana_), photo, {"nudity", ""}));
  const CaseId reported = only_case();
  world_->classifier.answer(assessment(Verdict::explicit_));
  EXPECT_TRUE(world_->run_job());
  EXPECT_EQ(state(photo), PhotoState::removed);
  EXPECT_EQ(only_case(), reported);
  EXPECT_TRUE(decide(reported, Action::remove, moderator()));
  EXPECT_EQ(moderation_->waiting(), 0);
}

TEST_P(ModerationTest, WhatWasNotLetThroughDoesNotMakeAMemberTrusted) {
  build(14 * day, 1);
  publish(Verdict::safe, "first");
  EXPECT_TRUE(decide(only_case(), Action::remove, moderator(), "spam"));
  EXPECT_EQ(state(publish(Verdict::safe, "second")), PhotoState::held);
}

TEST_P(ModerationTest, WhoIsRefusedOftenMayUploadLittleForAWhile) {
  const auto refuse = [&](std::string_view salt, Action action) {
    publish(Verdict::suggestive, salt);
    const CaseId id = only_case();
    EXPECT_TRUE(decide(id, action, moderator()));
    return id;
  };
  refuse("first", Action::keep_hidden);
  EXPECT_EQ(moderation_->photos_per_day(mei_), std::nullopt);
  const CaseId taken_back = refuse("second", Action::remove);
  EXPECT_EQ(moderation_->photos_per_day(mei_), limits::throttled_photos_per_day);
  EXPECT_EQ(moderation_->photos_per_day(ana_), std::nullopt);
  EXPECT_TRUE(moderation_->undo(moderator(), taken_back));
  EXPECT_EQ(moderation_->photos_per_day(mei_), std::nullopt);
  EXPECT_TRUE(decide(taken_back, Action::remove, moderator()));
  EXPECT_EQ(moderation_->photos_per_day(mei_), limits::throttled_photos_per_day);
  world_->clock.advance(limits::refusals_count + day);
  EXPECT_EQ(moderation_->photos_per_day(mei_), std::nullopt);
}

TEST_P(ModerationTest, ARefusalThatAnAppealMadeGoodDoesNotCount) {
  std::vector<PhotoId> photos;
  for (const auto* salt : {"first", "second"}) {
    photos.push_back(publish(Verdict::suggestive, salt));
    EXPECT_TRUE(decide(only_case(), Action::keep_hidden, moderator()));
  }
  EXPECT_EQ(moderation_->photos_per_day(mei_), limits::throttled_photos_per_day);
  EXPECT_TRUE(complaints_->appeal(as(mei_), photos[0], "It is a harbour."));
  EXPECT_TRUE(
      decide(queue(other_moderator()).front().on.id, Action::approve, other_moderator(), "fine"));
  EXPECT_EQ(moderation_->photos_per_day(mei_), std::nullopt);
}

TEST_P(ModerationTest, WithoutModelsAPhotoWaitsAsWell) {
  world_->classifier.unavailable(true);
  world_->publish(mei_);
  const auto waiting = queue(moderator());
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].on.reason, "models_missing");
  EXPECT_TRUE(waiting[0].on.facts.starts_with(R"({"models":null,"verdict":null,"scores":[])"));
}

TEST_P(ModerationTest, AnExplicitPhotoIsRemovedAndEverybodyConcernedIsToldOnce) {
  const PhotoId photo = publish(Verdict::explicit_);
  EXPECT_EQ(state(photo), PhotoState::removed);
  exec("UPDATE accounts SET email = 'mei@example.org' WHERE id = $1", mei_);
  const std::vector<std::string> expected = {"ada@example.org: An explicit photo at Test",
                                             "mei@example.org: Your photo at Test was removed",
                                             "mod@example.org: An explicit photo at Test",
                                             "other@example.org: An explicit photo at Test"};
  EXPECT_EQ(mails(), expected);
  EXPECT_TRUE(mails_after_undo_time().empty());
  EXPECT_EQ(decisions_told(mei_), std::vector<std::string>{"removed"});
  EXPECT_EQ(only_case(), queue(other_moderator()).front().on.id);
}

TEST_P(ModerationTest, TheOwnerIsToldWhatWhyAndHowToAppeal) {
  publish(Verdict::explicit_);
  exec("UPDATE accounts SET role = 0");  // nobody else is told
  EXPECT_EQ(mails().size(), 1u);
  EXPECT_TRUE(all_pictures_.empty()) << "neither for moderators nor for its owner";
  for (const auto* part : {"your photo \"The harbour\" was removed", "found it explicit",
                           "say so on the photo's page", "14 days", "http://test/photo/"}) {
    EXPECT_TRUE(last_mail_.contains(part)) << part << "\n" << last_mail_;
  }
}

TEST_P(ModerationTest, ApprovalPublishesAndCountsAndTheOwnerIsTold) {
  const PhotoId photo = publish(Verdict::suggestive);
  const auto decided = decide(only_case(), Action::approve, moderator(), "fine");
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->before, PhotoState::held);
  EXPECT_EQ(decided->after, PhotoState::published);
  EXPECT_EQ(state(photo), PhotoState::published);
  EXPECT_EQ(world_->find(photo).photo.reason, std::nullopt);
  EXPECT_EQ(world_->count("SELECT photos FROM accounts WHERE handle = 'mei'"), 1);
  EXPECT_TRUE(queue(moderator()).empty());
  EXPECT_TRUE(mails().empty());
  EXPECT_TRUE(decisions_told(mei_).empty()) << "it may still be taken back";
  EXPECT_EQ(mails_after_undo_time().size(), 1u);
  EXPECT_EQ(last_pictures_, photo.str() + ":" + mei_.str()) << "its owner sees which one";
  EXPECT_EQ(decisions_told(mei_), std::vector<std::string>{"shown"});
}

TEST_P(ModerationTest, AnExplicitPhotoThatWasNoneComesBack) {
  const PhotoId photo = publish(Verdict::explicit_);
  ASSERT_TRUE(decide(only_case(), Action::approve, moderator(), "context"));
  EXPECT_EQ(state(photo), PhotoState::published);
  world_->clock.advance(30 * day);
  EXPECT_EQ(moderation_->erase_due(), 0);
}

TEST_P(ModerationTest, ADecisionIsTakenBackWithinTenSecondsAndTheOwnerNeverHears) {
  const PhotoId photo = publish(Verdict::suggestive);
  const CaseId on = only_case();
  ASSERT_TRUE(decide(on, Action::approve, moderator(), "fine"));
  world_->clock.advance(9 * second);
  EXPECT_EQ(moderation_->undo(other_moderator(), on).error().code, "nothing_to_undo");
  const auto undone = moderation_->undo(moderator(), on);
  ASSERT_TRUE(undone);
  EXPECT_EQ(undone->action, Action::undo);
  EXPECT_EQ(moderation_->undo(moderator(), on)->id, undone->id);  // the second time
  EXPECT_EQ(state(photo), PhotoState::held);
  EXPECT_EQ(world_->find(photo).photo.reason, "suggestive");
  EXPECT_EQ(world_->count("SELECT photos FROM accounts WHERE handle = 'mei'"), 0);
  EXPECT_EQ(only_case(), on);
  EXPECT_TRUE(mails_after_undo_time().empty());
  ASSERT_TRUE(decide(on, Action::keep_hidden, moderator()));
  world_->clock.advance(limits::decision_undo);
  EXPECT_EQ(moderation_->undo(moderator(), on).error().code, "undo_over");
  EXPECT_EQ(state(photo), PhotoState::held);
}

TEST_P(ModerationTest, AClosedCaseIsClosedButTheSameDecisionAgainIsTheSame) {
  publish(Verdict::suggestive);
  const CaseId on = only_case();
  const auto first = decide(on, Action::remove, moderator());
  ASSERT_TRUE(first);
  EXPECT_EQ(decide(on, Action::remove, moderator())->id, first->id);
  EXPECT_EQ(decide(on, Action::remove, other_moderator()).error().code, "case_closed");
  EXPECT_EQ(decide(on, Action::approve, moderator(), "fine").error().code, "case_closed");
  EXPECT_EQ(decide(CaseId{1}, Action::approve, moderator()).error().code, "not_found");
}

TEST_P(ModerationTest, NobodyDecidesAboutAPhotoOfTheirOwn) {
  publish(Verdict::suggestive, "", mod_);
  EXPECT_TRUE(queue(moderator()).empty());
  const CaseId on = queue(other_moderator()).front().on.id;
  EXPECT_EQ(decide(on, Action::approve, moderator(), "fine").error().code, "own_photo");
  EXPECT_EQ(moderation_->page(moderator(), on).error().code, "own_photo");
  EXPECT_TRUE(decide(on, Action::approve, other_moderator(), "fine"));
}

TEST_P(ModerationTest, ASuspendedAccountIsLoggedOutAndItsPhotosVanish) {
  const PhotoId shown = publish(Verdict::safe, "shown");
  const PhotoId held = publish(Verdict::suggestive);
  exec(
      "INSERT INTO sessions (id, account_id, token_hash, user_agent, address, created_at,"
      " last_used_at, expires_at) VALUES (1, $1, $2, '', '', 0, 0, $3)",
      mei_, db::Param::bytes("hash"), INT64_MAX);
  const CaseId on = only_case();
  ASSERT_TRUE(decide(on, Action::suspend, moderator(), "illegal"));
  EXPECT_EQ(state(held), PhotoState::removed);
  EXPECT_EQ(world_->count("SELECT count(*) FROM sessions"), 0);
  EXPECT_EQ(world_->count("SELECT state FROM accounts WHERE handle = 'mei'"), 1);
  const auto seen = [&](const Viewer& viewer) {
    return db().read([&](db::Tx& tx) {
      return photos::PhotoEditStore().visible_owner(tx, viewer, shown).has_value();
    });
  };
  EXPECT_FALSE(seen(as(ana_)));
  EXPECT_TRUE(seen(moderator()));
  ASSERT_TRUE(moderation_->undo(moderator(), on));
  EXPECT_EQ(world_->count("SELECT state FROM accounts WHERE handle = 'mei'"), 0);
  EXPECT_EQ(state(held), PhotoState::held);
  EXPECT_TRUE(seen(as(ana_)));
}

TEST_P(ModerationTest, WhoIsSuspendedAppealsByTheLinkAndAnotherModeratorLiftsIt) {
  const PhotoId photo = publish(Verdict::suggestive);
  ASSERT_TRUE(decide(only_case(), Action::suspend, moderator(), "illegal"));
  EXPECT_EQ(mails_after_undo_time(),
            (std::vector<std::string>{"mei: Your account at Test is suspended"}));
  const std::string token = linked_token();
  ASSERT_TRUE(complaints_->notice_by_link(token));
  EXPECT_EQ(complaints_->notice_by_link(token)->decision.action, Action::suspend);
  EXPECT_TRUE(complaints_->notice_by_link(token)->may_appeal);
  ASSERT_TRUE(complaints_->appeal_by_link(token, "It is a bear."));
  ASSERT_TRUE(complaints_->appeal_by_link(token, "It is a bear."));  // once more is the same
  EXPECT_EQ(complaints_->appeal_by_link(token, "A bear!").error().code, "already_appealed");
  const CaseId on = only_case();
  EXPECT_TRUE(moderation_->page(moderator(), on)->lifts_suspension);
  EXPECT_EQ(decide(on, Action::approve, moderator(), "fine").error().code, "own_decision");
  ASSERT_TRUE(decide(on, Action::approve, other_moderator(), "fine"));
  EXPECT_EQ(account_state("mei"), 0);
  EXPECT_EQ(state(photo), PhotoState::published);
  EXPECT_EQ(mails_after_undo_time(),
            (std::vector<std::string>{"mei: Your appeal at Test was decided"}));
  EXPECT_NE(last_mail_.find("Your account is open again"), last_mail_.npos) << last_mail_;
  EXPECT_EQ(complaints_->notice_by_link(token)->decision.action, Action::approve);
  EXPECT_EQ(complaints_->appeal_by_link(token, "More").error().code, "nothing_to_appeal");
}

TEST_P(ModerationTest, AWrongLinkFindsNothing) {
  publish(Verdict::suggestive);
  const auto held = moderation_->audit({}).items.front();
  ASSERT_TRUE(decide(only_case(), Action::suspend, moderator(), "illegal"));
  const auto suspended = moderation_->audit({}).items.front();
  const std::string token = links_.token(suspended.id);
  EXPECT_TRUE(complaints_->notice_by_link(token));
  // The right signature of another decision, too: only a suspension has a link.
  for (const std::string& wrong :
       {std::string(), std::string("."), std::string("1"), suspended.id.str(), token + "A",
        token.substr(0, token.size() - 1), "x" + token, links_.token(held.id),
        held.id.str() + token.substr(token.find('.')), links_.token(DecisionId{1})}) {
    EXPECT_EQ(complaints_->notice_by_link(wrong).error().kind, ErrorKind::not_found) << wrong;
    EXPECT_EQ(complaints_->appeal_by_link(wrong, "x").error().kind, ErrorKind::not_found) << wrong;
  }
}

TEST_P(ModerationTest, AnAccountOpensAgainWhereItsPhotoStaysRemovedOrIsLongErased) {
  publish(Verdict::suggestive);
  ASSERT_TRUE(decide(only_case(), Action::suspend, moderator(), "illegal"));
  const std::string token = links_.token(moderation_->audit({}).items.front().id);
  world_->clock.advance(15 * day);
  EXPECT_EQ(moderation_->erase_due(), 1);
  ASSERT_TRUE(complaints_->appeal_by_link(token, "I am sorry."));
  const CaseId on = only_case();
  EXPECT_EQ(decide(on, Action::approve, other_moderator(), "fine").error().code, "photo_erased");
  EXPECT_EQ(account_state("mei"), 1);
  ASSERT_TRUE(decide(on, Action::remove, other_moderator(), "illegal"));
  EXPECT_EQ(account_state("mei"), 0);
  ASSERT_TRUE(moderation_->undo(other_moderator(), on));
  EXPECT_EQ(account_state("mei"), 1);
  ASSERT_TRUE(decide(on, Action::suspend, other_moderator(), "illegal"));
  EXPECT_EQ(account_state("mei"), 1);
  EXPECT_FALSE(complaints_->notice_by_link(token)->may_appeal);  // that was the last word
  EXPECT_FALSE(complaints_->appeal_by_link(token, "Once more."));
}

TEST_P(ModerationTest, WhoIsSuspendedForTwoPhotosStaysSoUntilBothAreAppealed) {
  publish(Verdict::suggestive, "first");
  publish(Verdict::suggestive, "second");
  std::vector<std::string> tokens;
  for (const CaseCard& card : queue(moderator())) {
    ASSERT_TRUE(decide(card.on.id, Action::suspend, moderator(), "spam"));
    tokens.push_back(links_.token(moderation_->audit({}).items.front().id));
  }
  for (const std::string& token : tokens) ASSERT_TRUE(complaints_->appeal_by_link(token, "No."));
  const auto waiting = queue(other_moderator());
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_FALSE(moderation_->page(other_moderator(), waiting[0].on.id)->lifts_suspension);
  ASSERT_TRUE(decide(waiting[0].on.id, Action::approve, other_moderator(), "fine"));
  EXPECT_EQ(account_state("mei"), 1);
  EXPECT_TRUE(moderation_->page(other_moderator(), waiting[1].on.id)->lifts_suspension);
  ASSERT_TRUE(decide(waiting[1].on.id, Action::approve, other_moderator(), "fine"));
  EXPECT_EQ(account_state("mei"), 0);
}

TEST_P(ModerationTest, OnlyLowerRolesAreSuspended) {
  publish(Verdict::suggestive, "", other_mod_);
  const CaseId on = only_case();
  EXPECT_EQ(decide(on, Action::suspend, moderator()).error().code, "outranked");
  EXPECT_TRUE(decide(on, Action::suspend, as(ada_, Role::administrator)));
}

TEST_P(ModerationTest, TheBytesAreKeptForTheAppealThenErased) {
  const PhotoId photo = publish(Verdict::explicit_);
  const CaseId on = only_case();
  const auto bytes = [&] { return world_->count("SELECT bytes FROM accounts WHERE handle='mei'"); };
  world_->clock.advance(14 * day - second);
  EXPECT_EQ(moderation_->erase_due(), 0);
  EXPECT_GT(bytes(), 0);
  world_->clock.advance(second);
  EXPECT_EQ(moderation_->erase_due(), 1);
  EXPECT_EQ(moderation_->erase_due(), 0);
  while (world_->run_job()) continue;
  EXPECT_EQ(world_->store.objects(""), 0);
  EXPECT_EQ(bytes(), 0);
  EXPECT_EQ(state(photo), PhotoState::removed);
  EXPECT_EQ(complaints_->appeal(as(mei_), photo, "It is a harbour.").error().code, "appeal_over");
  EXPECT_EQ(decide(on, Action::approve, moderator(), "fine").error().code, "photo_erased");
  EXPECT_EQ(decide(on, Action::keep_hidden, moderator()).error().code, "photo_erased");
  EXPECT_TRUE(decide(on, Action::remove, moderator()));
  EXPECT_EQ(moderation_->audit({}).items.at(1).action, Action::erase);
  ASSERT_TRUE(world_->editing.remove(as(mei_), photo));
  while (world_->run_job()) continue;
  EXPECT_EQ(world_->count("SELECT count(*) FROM jobs WHERE state = 3"), 0);
}

TEST_P(ModerationTest, WithoutQuarantineExplicitBytesGoAtOnce) {
  build(0);
  const PhotoId photo = publish(Verdict::explicit_);
  while (world_->run_job()) continue;
  EXPECT_EQ(world_->store.objects(""), 0);
  EXPECT_EQ(state(photo), PhotoState::removed);
  EXPECT_TRUE(complaints_->notice(as(mei_), photo)->standing.erased_at);
  EXPECT_EQ(queue(moderator()).size(), 1u);
}

TEST_P(ModerationTest, BytesThatAnotherPhotoHasStay) {
  build(0);
  publish(Verdict::safe, "the same", ana_);
  publish(Verdict::explicit_, "the same");
  while (world_->run_job()) continue;
  EXPECT_EQ(world_->store.objects("originals/"), 1);
}

TEST_P(ModerationTest, AnAppealGoesToAnotherModeratorAndKeepsTheBytes) {
  const PhotoId photo = publish(Verdict::suggestive);
  ASSERT_TRUE(decide(only_case(), Action::remove, moderator()));
  EXPECT_EQ(complaints_->appeal(as(ana_), photo, "Mine?").error().code, "not_found");
  const auto appeal = complaints_->appeal(as(mei_), photo, "It is a harbour.");
  ASSERT_TRUE(appeal);
  EXPECT_EQ(complaints_->appeal(as(mei_), photo, "It is a harbour.")->on, appeal->on);
  EXPECT_EQ(complaints_->appeal(as(mei_), photo, "Again.").error().code, "already_appealed");
  world_->clock.advance(30 * day);
  EXPECT_EQ(moderation_->erase_due(), 0);  // while it waits
  mails();
  const auto waiting = queue(moderator());
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].on.origin, Origin::appeal);
  EXPECT_TRUE(waiting[0].barred);
  EXPECT_FALSE(queue(other_moderator())[0].barred);
  EXPECT_EQ(decide(appeal->on, Action::approve, moderator(), "fine").error().code, "own_decision");
  ASSERT_TRUE(decide(appeal->on, Action::remove, other_moderator()));
  const auto told = mails_after_undo_time();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].ends_with("Your appeal at Test was decided")) << told[0];
  EXPECT_EQ(decisions_told(mei_), (std::vector<std::string>{"removed, appealed", "removed"}));
  EXPECT_TRUE(last_mail_.contains("This decision is final.")) << last_mail_;
  EXPECT_EQ(complaints_->appeal(as(mei_), photo, "Please.").error().code, "decision_final");
  EXPECT_EQ(moderation_->erase_due(), 1);  // the last word is spoken
}

TEST_P(ModerationTest, ALoneModeratorHearsTheAppealHimself) {
  exec("UPDATE accounts SET role = 0 WHERE id <> $1", mod_);
  const PhotoId photo = publish(Verdict::suggestive);
  ASSERT_TRUE(decide(only_case(), Action::remove, moderator()));
  ASSERT_TRUE(complaints_->appeal(as(mei_), photo, "It is a harbour."));
  ASSERT_FALSE(queue(moderator())[0].barred);
  ASSERT_TRUE(decide(only_case(), Action::approve, moderator(), "fine"));
  EXPECT_EQ(state(photo), PhotoState::published);
}

TEST_P(ModerationTest, AnAppealAgainstTheClassifierJoinsTheOpenCase) {
  const PhotoId photo = publish(Verdict::explicit_);
  const CaseId on = only_case();
  EXPECT_EQ(complaints_->appeal(as(mei_), photo, "A harbour!")->on, on);
  const auto page = moderation_->page(moderator(), on);
  ASSERT_TRUE(page && page->appeal);
  EXPECT_EQ(page->appeal->text, "A harbour!");
  ASSERT_TRUE(decide(on, Action::remove, moderator()));
  // A person's decision may be appealed once, too; and the answer to an appeal is undone with it.
  ASSERT_TRUE(moderation_->undo(moderator(), on));
  EXPECT_FALSE(moderation_->page(moderator(), on)->appeal->outcome);
  ASSERT_TRUE(decide(on, Action::remove, moderator()));
  EXPECT_TRUE(complaints_->appeal(as(mei_), photo, "Really."));
}

TEST_P(ModerationTest, ReportsOfOnePhotoAreOneCaseAndOnlyModeratorsSeeIt) {
  const PhotoId photo = publish(Verdict::safe);
  const auto first = complaints_->report(as(ana_), photo, {"spam", "An advertisement"});
  ASSERT_TRUE(first);
  EXPECT_EQ(complaints_->report(as(ana_), photo, {"hate", ""})->reason, "spam");
  world_->clock.advance(second);  // they are shown by their time
  EXPECT_TRUE(complaints_->report(as(ada_, Role::administrator), photo, {"hate", ""}));
  EXPECT_EQ(complaints_->report(as(mei_), photo, {"hate", ""}).error().code, "own_photo");
  const auto waiting = queue(moderator());
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].reports, 2);
  EXPECT_EQ(waiting[0].on.origin, Origin::reports);
  EXPECT_EQ(waiting[0].on.reason, "spam");
  const auto page = moderation_->page(moderator(), first->on);
  ASSERT_EQ(page->reports.size(), 2u);
  EXPECT_EQ(page->reports[0].note, "An advertisement");
  EXPECT_EQ(state(photo), PhotoState::published);
  EXPECT_EQ(complaints_->notice(as(mei_), photo).error().code, "not_found");
}

TEST_P(ModerationTest, TheOwnerNeverLearnsOfAReportThatCameToNothing) {
  const PhotoId photo = publish(Verdict::safe);
  const auto epoch = world_->find(photo).photo.epoch;
  world_->changes.poll();
  // Moderators hear of the case, kind 3; the photo is not told of.
  const auto changes = world_->count("SELECT count(*) FROM changes WHERE kind < 3");
  const auto report = complaints_->report(as(ana_), photo, {"spam", ""});
  ASSERT_TRUE(decide(report->on, Action::approve, moderator(), "fine"));
  ASSERT_TRUE(moderation_->undo(moderator(), report->on));
  ASSERT_TRUE(decide(report->on, Action::approve, moderator(), "fine"));
  EXPECT_EQ(world_->find(photo).photo.epoch, epoch);
  EXPECT_EQ(world_->count("SELECT count(*) FROM changes WHERE kind < 3"), changes);
  EXPECT_TRUE(mails_after_undo_time().empty());
  EXPECT_EQ(complaints_->notice(as(mei_), photo).error().code, "not_found");
  EXPECT_EQ(world_->count("SELECT reported FROM photos"), 0);
}

TEST_P(ModerationTest, OnlyWhatAMemberSeesCanBeReported) {
  const PhotoId own = publish(Verdict::safe, "", mei_, Visibility::only_me);
  const PhotoId held = publish(Verdict::suggestive, "held");
  for (const PhotoId photo : {own, held, PhotoId{1}}) {
    EXPECT_EQ(complaints_->report(as(ana_), photo, {"spam", ""}).error().code, "not_found");
  }
}

TEST_P(ModerationTest, AClosedCaseShowsNothingThatIsNotSharedWithTheModerator) {
  const PhotoId photo = publish(Verdict::safe);
  const auto report = complaints_->report(as(ana_), photo, {"spam", ""});
  exec("UPDATE photos SET visibility = 2 WHERE id = $1", photo);
  EXPECT_TRUE(moderation_->page(moderator(), report->on));
  ASSERT_TRUE(decide(report->on, Action::approve, moderator(), "fine"));
  EXPECT_EQ(moderation_->page(moderator(), report->on).error().code, "not_found");
}

TEST_P(ModerationTest, AMemberReportsSoMuchADayAndNoMore) {
  const PhotoId photo = publish(Verdict::safe);
  for (int i = 0; i < limits::reports_per_day; ++i) {
    exec(
        "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
        " height, original, format, bytes, file_name, created_at)"
        " VALUES ($1, $2, '', '', '', 0, 3, 1, 1, 'x', 0, 0, '', 0)",
        i + 1, mei_);
    ASSERT_TRUE(complaints_->report(as(ana_), PhotoId{i + 1}, {"spam", ""}));
  }
  const auto refused = complaints_->report(as(ana_), photo, {"spam", ""});
  EXPECT_EQ(refused.error().code, "too_many_reports");
  world_->clock.advance(day);
  EXPECT_TRUE(complaints_->report(as(ana_), photo, {"spam", ""}));
}

TEST_P(ModerationTest, AReportedPhotoThatIsHiddenOrRemovedIsGoneForOthers) {
  const PhotoId photo = publish(Verdict::safe);
  const auto report = complaints_->report(as(ana_), photo, {"nudity", ""});
  ASSERT_TRUE(decide(report->on, Action::keep_hidden, moderator()));
  EXPECT_EQ(state(photo), PhotoState::held);
  EXPECT_EQ(world_->count("SELECT photos FROM accounts WHERE handle = 'mei'"), 0);
  const auto notice = complaints_->notice(as(mei_), photo);
  ASSERT_TRUE(notice);
  EXPECT_TRUE(notice->may_appeal);
  EXPECT_EQ(notice->explanation, "It shows nudity that is not allowed here.");
  EXPECT_EQ(mails_after_undo_time().size(), 1u);
}

TEST_P(ModerationTest, TheDatabaseRefusesToChangeTheAuditLog) {
  publish(Verdict::suggestive);
  ASSERT_TRUE(moderation_->page(moderator(), only_case()));
  for (const db::Sql& sql :
       {db::Sql("UPDATE moderation_decisions SET note = 'x'"),
        db::Sql("DELETE FROM moderation_decisions"), db::Sql("UPDATE staff_views SET state = 0"),
        db::Sql("DELETE FROM staff_views"),
        db::Sql("DELETE FROM staff_views", "TRUNCATE staff_views"),
        db::Sql("DELETE FROM moderation_decisions", "TRUNCATE moderation_decisions")}) {
    EXPECT_THROW(db().write([&](db::Tx& tx) { tx.exec(sql); }), db::DatabaseError);
  }
  EXPECT_EQ(moderation_->audit({}).items.size(), 1u);
  EXPECT_EQ(moderation_->looks({}).items.size(), 1u);
}

TEST_P(ModerationTest, TheLogOutlivesThePhoto) {
  const PhotoId photo = publish(Verdict::suggestive);
  ASSERT_TRUE(complaints_->appeal(as(mei_), photo, "A harbour"));
  ASSERT_TRUE(world_->editing.remove(as(mei_), photo));
  EXPECT_TRUE(queue(moderator()).empty());
  EXPECT_EQ(world_->count("SELECT count(*) FROM appeals"), 0);
  EXPECT_EQ(moderation_->audit({}).items.front().subject.photo, photo);
}

TEST_P(ModerationTest, AnAccountsHistoryStandsBesideTheCase) {
  publish(Verdict::safe, "1");
  publish(Verdict::suggestive, "2");
  ASSERT_TRUE(decide(only_case(), Action::remove, moderator(), "spam"));
  publish(Verdict::suggestive, "3");
  const auto page = moderation_->page(moderator(), only_case());
  EXPECT_EQ(page->history.published, 1);
  EXPECT_EQ(page->history.held, 1);
  EXPECT_EQ(page->history.removed, 1);
  EXPECT_EQ(page->history.refusals, 1);
  EXPECT_EQ(page->history.decisions.size(), 3u);
  EXPECT_EQ(page->history.decisions.front().action, Action::hold);
}

TEST_P(ModerationTest, TheQueueIsWalkedInPages) {
  for (const auto* salt : {"1", "2", "3"}) publish(Verdict::suggestive, salt);
  std::vector<PhotoId> seen;
  PageRequest request{.after = std::nullopt, .limit = 2};
  for (int pages = 0; pages < 2; ++pages) {
    const auto page = moderation_->queue(moderator(), request);
    for (const CaseCard& card : page.items) seen.push_back(card.on.subject.photo);
    request.after = page.next;
  }
  EXPECT_FALSE(request.after);
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

// The fake developer gives every picture the same hash: whatever comes after a removed one is it.
TEST_P(ModerationTest, WhatWasRemovedAsExplicitDoesNotComeBack) {
  publish(Verdict::explicit_, "first");
  const CaseId first = only_case();
  const PhotoId again = publish(Verdict::safe, "again", ana_);
  EXPECT_EQ(state(again), PhotoState::removed);
  EXPECT_EQ(world_->find(again).photo.reason, "blocklisted");
  // A false match is approved, and the first photo, once it is no more removed, blocks nobody.
  ASSERT_TRUE(decide(queue(moderator()).back().on.id, Action::approve, moderator(), "fine"));
  EXPECT_EQ(state(again), PhotoState::published);
  EXPECT_EQ(blocklist_->list({}).items.size(), 1u);
  EXPECT_EQ(blocklist_->matches(again)->size(), 1u);
  ASSERT_TRUE(decide(first, Action::approve, moderator(), "context"));
  EXPECT_TRUE(blocklist_->list({}).items.empty());
  ASSERT_TRUE(moderation_->undo(moderator(), first));
  EXPECT_EQ(blocklist_->list({}).items.size(), 1u);
  ASSERT_TRUE(decide(first, Action::approve, moderator(), "context"));
  EXPECT_EQ(state(publish(Verdict::safe, "third")), PhotoState::published);
}

// The list has their hash once, for whichever of them is removed.
TEST_P(ModerationTest, OfTwoExplicitPhotosWithOneHashTheOneThatStaysRemovedStaysOnTheList) {
  const PhotoId first = publish(Verdict::explicit_, "first");
  const PhotoId second = publish(Verdict::explicit_, "second");
  EXPECT_EQ(world_->find(second).photo.reason, "explicit");
  const auto waiting = queue(moderator());
  ASSERT_EQ(waiting.size(), 2u);
  const bool in_order = waiting[0].on.subject.photo == first;
  const CaseId of_first = waiting[in_order ? 0 : 1].on.id;
  const CaseId of_second = waiting[in_order ? 1 : 0].on.id;
  ASSERT_TRUE(decide(of_second, Action::remove, moderator(), "nudity"));
  ASSERT_EQ(blocklist_->list({}).items.size(), 1u);
  EXPECT_EQ(blocklist_->list({}).items[0].photo, first);

  ASSERT_TRUE(decide(of_first, Action::approve, moderator(), "context"));
  const auto listed = blocklist_->list({}).items;
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].photo, second);
  EXPECT_EQ(listed[0].added_by, mod_);
  EXPECT_EQ(world_->find(publish(Verdict::safe, "again")).photo.reason, "blocklisted");

  ASSERT_TRUE(moderation_->undo(moderator(), of_second));
  EXPECT_EQ(blocklist_->list({}).items.size(), 1u);  // as the classifier removed it
  ASSERT_TRUE(decide(of_second, Action::approve, moderator(), "context"));
  EXPECT_TRUE(blocklist_->list({}).items.empty());
}

// Taken off the list by hand, it was no mistake that the list let a photo through: nothing puts it
// back but another removal.
TEST_P(ModerationTest, WhatWasTakenOffTheListByHandStaysOff) {
  publish(Verdict::explicit_, "first");
  const CaseId first = only_case();
  publish(Verdict::explicit_, "second");
  ASSERT_TRUE(blocklist_->remove(blocklist_->list({}).items.at(0).id));
  ASSERT_TRUE(decide(first, Action::approve, moderator(), "context"));
  EXPECT_TRUE(blocklist_->list({}).items.empty());
}

TEST_P(ModerationTest, AModeratorsRemovalIsOnTheListWhereItIsExplicit) {
  publish(Verdict::suggestive, "1");
  ASSERT_TRUE(decide(only_case(), Action::remove, moderator(), "spam"));
  EXPECT_TRUE(blocklist_->list({}).items.empty());
  publish(Verdict::suggestive, "2");
  ASSERT_TRUE(decide(only_case(), Action::remove, moderator(), "sexual"));
  const auto listed = blocklist_->list({}).items;
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].phash, 0xf0e1d2c3b4a59687U);  // the fake developer's
  EXPECT_EQ(listed[0].added_by, mod_);
  ASSERT_TRUE(blocklist_->remove(listed[0].id));
  EXPECT_EQ(blocklist_->remove(listed[0].id).error().code, "not_found");
  EXPECT_EQ(state(publish(Verdict::safe, "3")), PhotoState::published);
}

TEST_P(ModerationTest, TheListIsExportedAndImported) {
  blocklist_->add(moderator(), 0x0123456789abcdef, "by hand");
  EXPECT_TRUE(blocklist_->recognises(0x0123456789abcdef ^ 0x3ff));   // ten bits
  EXPECT_FALSE(blocklist_->recognises(0x0123456789abcdef ^ 0x7ff));  // eleven
  EXPECT_EQ(blocklist_->export_text(), "0123456789abcdef\n");
  const auto imported =
      blocklist_->import_text(moderator(), "0123456789abcdef\r\nfedcba9876543210\n");
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->added, 1);
  EXPECT_EQ(imported->known, 1);
  const auto wrong = blocklist_->import_text(moderator(), "0123456789abcdef\n\n0f\n");
  EXPECT_EQ(wrong.error().code, "invalid_hash");
  EXPECT_TRUE(wrong.error().message.starts_with("Line 3 is no hash"));
  blocklist_->add(moderator(), 0x0f, "next to nothing");
  EXPECT_FALSE(blocklist_->recognises(0x0f));
  EXPECT_EQ(blocklist_->list({}).items.size(), 3u);
}

TEST(ModerationRulesTest, AReasonOrOwnWords) {
  const auto read = [](std::string_view text) {
    auto body = JsonObject::parse(text);
    return read_judgement(*body);
  };
  EXPECT_EQ(read(R"({"action":"remove","reason":"spam"})")->reason, "spam");
  EXPECT_EQ(read(R"({"action":"approve","note":" It is art. "})")->note, "It is art.");
  EXPECT_EQ(read(R"({"action":"approve","note":"It is art."})")->reason, "other");
  for (const auto* wrong :
       {R"({"action":"remove"})", R"({"action":"remove","reason":"other"})",
        R"({"action":"remove","reason":"fine"})", R"({"action":"approve","reason":"spam"})",
        R"({"action":"hold","reason":"spam"})", R"({"action":"undo","reason":"spam"})",
        R"({"action":"remove","note":"  "})", R"({"reason":"spam"})",
        R"({"action":"remove","reason":"spam","role":"administrator"})"}) {
    EXPECT_FALSE(read(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace picsharz::moderation
