// Comments that are reported: the way of photos, on both engines.

#include <map>

#include "base/tally.h"
#include "features/comments/comment_service.h"
#include "features/moderation/complaint_service.h"
#include "features/moderation/moderation_jobs.h"
#include "features/photos/photo_world_test.h"
#include "support/test_database.h"

namespace picsharz::moderation {
namespace {

using photos::PhotoState;
using photos::Visibility;
using photos::test::World;
using vision::Verdict;

class CommentCaseTest : public picsharz::test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    world_ = std::make_unique<World>(db());
    outbox_.emplace(world_->queue);
    activity_.emplace(world_->clock);
    idempotency_.emplace(db(), world_->ids, world_->clock);
    comments_ = std::make_unique<comments::CommentService>(db(), world_->ids, world_->clock,
                                                           *activity_, *idempotency_);
    blocklist_ = std::make_unique<BlocklistService>(db(), world_->ids, world_->clock);
    notifications_.emplace(db(), world_->ids, world_->clock);
    moderation_ = std::make_unique<ModerationService>(
        db(), world_->ids, world_->clock, world_->queue, *outbox_, world_->media, *blocklist_,
        links_, *notifications_,
        ModerationSettings{.mail = {.instance = "Test", .base_url = "http://test"},
                           .thresholds = {}});
    complaints_ = std::make_unique<ComplaintService>(db(), world_->clock, *moderation_, links_);
    add_moderation_jobs(world_->handlers, *moderation_);
    owner_ = join("owner");
    rude_ = join("rude");
    ana_ = join("ana");
    mod_ = join("mod", Role::moderator);
    other_mod_ = join("other", Role::moderator);
    world_->classifier.answer({.labels = {},
                               .verdict = Verdict::safe,
                               .first = {},
                               .models = "m",
                               .second = std::nullopt});
    photo_ = world_->publish(owner_).photo.id;
    comment_ = write(rude_, "You all look terrible");
  }
  void TearDown() override {
    complaints_.reset();
    moderation_.reset();
    notifications_.reset();
    blocklist_.reset();
    comments_.reset();
    idempotency_.reset();
    world_.reset();
    DatabaseSuite::TearDown();
  }

  AccountId join(std::string_view handle, Role role = Role::member) {
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
  template <class... P>
  std::int64_t number(const db::Sql& sql, const P&... params) {
    return db().read([&](db::Tx& tx) {
      return tx
          .one(
              sql, [](const db::Row& row) { return row.integer(0); }, params...)
          .value();
    });
  }
  CommentId write(AccountId author, std::string text, std::optional<CommentId> reply_to = {}) {
    return comments_->write(as(author), photo_, {.text = std::move(text), .reply_to = reply_to})
        .value()
        .id;
  }
  Subject subject() const { return {photo_, comment_}; }
  CaseId report(AccountId reporter, std::string reason = "harassment") {
    const auto made = complaints_->report(as(reporter), subject(), {std::move(reason), ""});
    EXPECT_TRUE(made) << made.error().code;
    return made ? made->on : CaseId{};
  }
  Result<Decision> decide(CaseId id, Action action, const Viewer& viewer,
                          std::string reason = "harassment") {
    return moderation_->decide(viewer, id, {action, std::move(reason), ""});
  }
  bool seen_by(AccountId viewer) { return comments_->find(as(viewer), comment_).has_value(); }
  std::int64_t counter() { return number("SELECT comments FROM photos WHERE id = $1", photo_); }
  // Runs the jobs of moderation that are due; the mails that they posted: "to: subject".
  std::vector<std::string> mails() {
    world_->clock.advance(limits::decision_undo + second);
    constexpr std::array lanes{jobs::Lane::mail, jobs::Lane::notices};
    std::vector<std::string> posted;
    while (const auto job = world_->queue.claim(lanes, "test", minute)) {
      if (job->kind == tell_job) {
        EXPECT_TRUE((*world_->handlers.find(tell_job))(*job));
        continue;
      }
      auto payload = JsonObject::parse(job->payload);
      last_mail_ = payload->text("text", 0, 10'000);
      posted.push_back(payload->text("to", 1, 100) + ": " + payload->text("subject", 1, 200));
      db().write([&](db::Tx& tx) { world_->queue.finish(tx, *job); });
    }
    return posted;
  }

  // The newest that the bell shows: what was decided, about what.
  std::string told(AccountId account) {
    const auto items = notifications_->list(as(account), {}).items;
    if (items.empty()) return "";
    const auto& newest = items.front();
    return newest.ruling.outcome + (newest.ruling.appealed ? ", appealed" : "") + ": your " +
           (newest.ruling.comment == comment_ ? "comment" : "photo") +
           (newest.excerpt ? " \"" + *newest.excerpt + "\"" : "") +
           (newest.photo ? "" : " under no photo");
  }

  std::unique_ptr<World> world_;
  const crypto::HmacKey key_{"a key of a test"};
  const AppealLinks links_{key_};
  std::optional<mail::Outbox> outbox_;
  std::optional<activity::ActivityService> activity_;
  std::optional<accounts::IdempotencyService> idempotency_;
  std::unique_ptr<comments::CommentService> comments_;
  std::unique_ptr<BlocklistService> blocklist_;
  std::optional<notifications::NotificationService> notifications_;
  std::unique_ptr<ModerationService> moderation_;
  std::unique_ptr<ComplaintService> complaints_;
  std::string last_mail_;
  AccountId owner_, rude_, ana_, mod_, other_mod_;
  PhotoId photo_;
  CommentId comment_;
};
ON_BOTH_ENGINES(CommentCaseTest);

TEST_P(CommentCaseTest, SeveralReportsAreOneCaseThatShowsTheWords) {
  const CaseId on = report(ana_);
  EXPECT_EQ(report(owner_, "spam"), on);
  EXPECT_EQ(report(ana_, "spam"), on);  // the second of the same member is the first
  ASSERT_TRUE(comments_->edit(as(rude_), comment_, "You all look lovely"));
  const auto waiting = moderation_->queue(moderator(), {}).items;
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].reports, 2);
  ASSERT_TRUE(waiting[0].comment);
  EXPECT_EQ(waiting[0].comment->author_handle, "rude");
  EXPECT_EQ(waiting[0].comment->text, "You all look lovely");
  EXPECT_TRUE(waiting[0].comment->edited_at);
  EXPECT_EQ(waiting[0].on.words, "You all look terrible");
  EXPECT_EQ(waiting[0].photo.photo.title, "The harbour");
  const auto page = moderation_->page(moderator(), on);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->reports.size(), 2u);
  EXPECT_EQ(page->reports[0].reason, "harassment");
  EXPECT_EQ(page->reports[0].subject.comment, comment_);
  EXPECT_TRUE(seen_by(ana_));  // until somebody decides
  EXPECT_EQ(number("SELECT reported FROM photos WHERE id = $1", photo_), 0);
  EXPECT_TRUE(moderation_->looks({}).items.empty());
}

TEST_P(CommentCaseTest, TheCaseOfThePhotoIsAnotherOne) {
  const CaseId on = report(ana_);
  const auto of_photo = complaints_->report(as(ana_), photo_, {"stolen", ""});
  ASSERT_TRUE(of_photo);
  EXPECT_NE(of_photo->on, on);
  const CommentId second = write(rude_, "And you");
  const auto other = complaints_->report(as(ana_), {photo_, second}, {"hate", ""});
  ASSERT_TRUE(other);
  EXPECT_EQ(moderation_->waiting(), 3);
  ASSERT_TRUE(decide(on, Action::remove, moderator()));
  EXPECT_EQ(moderation_->waiting(), 2);
  EXPECT_EQ(world_->find(photo_).photo.state, PhotoState::published);
  ASSERT_TRUE(decide(of_photo->on, Action::remove, moderator(), "stolen"));
  EXPECT_EQ(moderation_->waiting(), 1);
}

TEST_P(CommentCaseTest, OnlyWhoSeesACommentReportsItAndNobodyHisOwn) {
  const auto refusal = [&](AccountId who) {
    const auto made = complaints_->report(as(who), subject(), {"spam", ""});
    return made ? std::string() : made.error().code;
  };
  EXPECT_EQ(refusal(rude_), "own_comment");
  exec("INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES ($1, $2, 0)", rude_, ana_);
  EXPECT_EQ(refusal(ana_), "not_found");
  exec("UPDATE photos SET visibility = 2 WHERE id = $1", photo_);
  EXPECT_EQ(refusal(other_mod_), "not_found");
  EXPECT_EQ(complaints_->find_comment(CommentId{7}).error().code, "not_found");
  EXPECT_EQ(moderation_->waiting(), 0);
}

TEST_P(CommentCaseTest, OneThatIsKeptStaysAndNobodyIsTold) {
  const CaseId on = report(ana_);
  EXPECT_EQ(decide(on, Action::keep_hidden, moderator()).error().code, "invalid_request");
  ASSERT_TRUE(decide(on, Action::approve, moderator(), "fine"));
  EXPECT_TRUE(seen_by(ana_));
  EXPECT_EQ(counter(), 1);
  EXPECT_TRUE(mails().empty());
  EXPECT_EQ(complaints_->notice(as(rude_), subject()).error().code, "not_found");
  EXPECT_EQ(moderation_->waiting(), 0);
}

TEST_P(CommentCaseTest, OneThatIsRemovedIsGoneForOthersAndItsAuthorIsToldWhy) {
  const CaseId on = report(ana_);
  const auto decision = decide(on, Action::remove, moderator());
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->subject.comment, comment_);
  EXPECT_EQ(decision->owner, rude_);
  EXPECT_EQ(decision->before, PhotoState::published);
  EXPECT_EQ(decision->after, PhotoState::removed);
  EXPECT_EQ(decide(on, Action::remove, moderator())->id, decision->id);
  EXPECT_EQ(decide(on, Action::approve, other_moderator(), "fine").error().code, "case_closed");
  EXPECT_FALSE(seen_by(ana_) || seen_by(owner_));
  EXPECT_TRUE(seen_by(rude_));
  EXPECT_EQ(counter(), 0);
  EXPECT_EQ(mails(),
            std::vector<std::string>{"rude@example.org: Your comment at Test was removed"});
  EXPECT_NE(last_mail_.find("your comment \"You all look terrible\""), last_mail_.npos);
  EXPECT_NE(last_mail_.find("It harasses or exposes a person."), last_mail_.npos);
  EXPECT_NE(last_mail_.find("http://test/photo/" + photo_.str()), last_mail_.npos);
  EXPECT_EQ(told(rude_), "removed: your comment");
  EXPECT_EQ(told(owner_), "");
  const auto notice = complaints_->notice(as(rude_), subject());
  ASSERT_TRUE(notice);
  EXPECT_TRUE(notice->may_appeal);
  for (const AccountId other : {ana_, owner_}) {
    EXPECT_EQ(complaints_->notice(as(other), subject()).error().code, "not_found");
    EXPECT_EQ(complaints_->appeal(as(other), subject(), "x").error().code, "not_found");
  }
  EXPECT_EQ(world_->find(photo_).photo.state, PhotoState::published);
}

TEST_P(CommentCaseTest, ALongCommentIsQuotedByItsBeginning) {
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "好";  // no blank to end at
  std::string words;
  for (int i = 0; i < 40; ++i) words += "word" + std::to_string(i) + (i % 2 == 0 ? "\n" : " ");
  for (const std::string& text : {wide, words}) {
    comment_ = write(rude_, text);
    ASSERT_TRUE(decide(report(ana_), Action::remove, moderator()));
    ASSERT_EQ(mails().size(), 1u);
    EXPECT_TRUE(count_characters(last_mail_)) << "a character was cut";
    EXPECT_NE(last_mail_.find(" ...\""), last_mail_.npos);
    EXPECT_EQ(last_mail_.find(text), last_mail_.npos);
  }
  EXPECT_NE(last_mail_.find("word0 word1"), last_mail_.npos);
}

TEST_P(CommentCaseTest, ADecisionIsTakenBackInTime) {
  const CaseId on = report(ana_);
  for (const Action action : {Action::remove, Action::suspend, Action::approve}) {
    ASSERT_TRUE(decide(on, action, moderator(), action == Action::approve ? "fine" : "spam"));
    world_->clock.advance(limits::decision_undo - 1);
    ASSERT_TRUE(moderation_->undo(moderator(), on));
    EXPECT_TRUE(seen_by(ana_));
    EXPECT_EQ(counter(), 1);
    EXPECT_EQ(number("SELECT state FROM accounts WHERE id = $1", rude_), 0);
    EXPECT_EQ(moderation_->waiting(), 1);
  }
  EXPECT_TRUE(mails().empty());
  ASSERT_TRUE(decide(on, Action::remove, moderator()));
  world_->clock.advance(limits::decision_undo);
  EXPECT_EQ(moderation_->undo(moderator(), on).error().code, "undo_over");
}

// What is counted of decisions: what stands, and what an appeal overturned.
TEST_P(CommentCaseTest, DecisionsAreCountedAndThoseTakenBackAreNot) {
  const auto judged = [] {
    std::map<std::string, std::int64_t> found;
    for (const Tally::Count& each : tally().drain()) {
      if (each.use == Use::moderation) found[label_of(each.use, each.label)] += each.count;
    }
    return found;
  };
  using Counts = std::map<std::string, std::int64_t>;
  judged();
  const CaseId on = report(ana_);
  EXPECT_EQ(judged(), (Counts{{"reported", 1}}));
  for (const Action action : {Action::remove, Action::suspend, Action::approve}) {
    ASSERT_TRUE(decide(on, action, moderator(), action == Action::approve ? "fine" : "spam"));
    ASSERT_TRUE(moderation_->undo(moderator(), on));
    ASSERT_TRUE(moderation_->undo(moderator(), on));  // asked again
  }
  EXPECT_EQ(judged(), Counts());
  ASSERT_TRUE(decide(on, Action::remove, moderator()));
  ASSERT_TRUE(decide(on, Action::remove, moderator()));
  EXPECT_EQ(judged(), (Counts{{"removed", 1}}));
  const auto appeal = complaints_->appeal(as(rude_), subject(), "It was a joke");
  ASSERT_TRUE(decide(appeal->on, Action::approve, other_moderator(), "fine"));
  EXPECT_EQ(judged(), (Counts{{"appealed", 1}, {"overturned", 1}}));
  ASSERT_TRUE(moderation_->undo(other_moderator(), appeal->on));
  EXPECT_EQ(judged(), (Counts{{"overturned", -1}}));
  ASSERT_TRUE(decide(appeal->on, Action::suspend, other_moderator(), "spam"));
  EXPECT_EQ(judged(), (Counts{{"suspended", 1}}));
}

TEST_P(CommentCaseTest, AnAppealGoesToAnotherModeratorAndIsTheLastWord) {
  ASSERT_TRUE(decide(report(ana_), Action::remove, moderator()));
  const auto appeal = complaints_->appeal(as(rude_), subject(), "It was a joke");
  ASSERT_TRUE(appeal);
  EXPECT_EQ(complaints_->appeal(as(rude_), subject(), "It was a joke")->on, appeal->on);
  EXPECT_EQ(decide(appeal->on, Action::approve, moderator(), "fine").error().code, "own_decision");
  const auto page = moderation_->page(other_moderator(), appeal->on);
  ASSERT_TRUE(page && page->appeal);
  EXPECT_EQ(page->appeal->text, "It was a joke");
  EXPECT_TRUE(page->card.comment->removed);
  ASSERT_TRUE(decide(appeal->on, Action::approve, other_moderator(), "fine"));
  EXPECT_TRUE(seen_by(ana_));
  EXPECT_EQ(counter(), 1);
  EXPECT_EQ(mails().back(), "rude@example.org: Your appeal at Test was decided");
  EXPECT_EQ(told(rude_), "shown, appealed: your comment \"You all look terrible\"");
  // Also where the photo is not theirs to see any more, then without it.
  exec("UPDATE photos SET visibility = 2 WHERE id = $1", photo_);
  EXPECT_EQ(told(rude_), "shown, appealed: your comment \"You all look terrible\" under no photo");
  EXPECT_EQ(complaints_->appeal(as(rude_), subject(), "Again").error().code, "nothing_to_appeal");
}

TEST_P(CommentCaseTest, ASuspendedAuthorAppealsByTheLinkAndMayComeBack) {
  const CaseId on = report(ana_);
  const auto decision = decide(on, Action::suspend, moderator());
  ASSERT_TRUE(decision);
  EXPECT_EQ(number("SELECT state FROM accounts WHERE id = $1", rude_), 1);
  EXPECT_FALSE(seen_by(ana_));
  EXPECT_EQ(mails(),
            std::vector<std::string>{"rude@example.org: Your account at Test is suspended"});
  const std::string token = links_.token(decision->id);
  EXPECT_TRUE(complaints_->notice_by_link(token)->may_appeal);
  const auto appeal = complaints_->appeal_by_link(token, "I am sorry");
  ASSERT_TRUE(appeal);
  EXPECT_TRUE(moderation_->page(other_moderator(), appeal->on)->lifts_suspension);
  ASSERT_TRUE(decide(appeal->on, Action::remove, other_moderator()));
  EXPECT_EQ(number("SELECT state FROM accounts WHERE id = $1", rude_), 0);
  EXPECT_FALSE(seen_by(ana_));
}

TEST_P(CommentCaseTest, WhoIsSuspendedForAPhotoTooStaysSoWhenTheCommentIsFine) {
  const PhotoId photo = world_->publish(rude_, Visibility::everyone, "rude").photo.id;
  const auto of_photo = complaints_->report(as(ana_), photo, {"hate", ""});
  const auto decision = decide(report(ana_), Action::suspend, moderator());
  ASSERT_TRUE(decision);
  ASSERT_TRUE(decide(of_photo->on, Action::suspend, moderator(), "hate"));
  const auto appeal = complaints_->appeal_by_link(links_.token(decision->id), "Sorry");
  ASSERT_TRUE(decide(appeal->on, Action::approve, other_moderator(), "fine"));
  EXPECT_EQ(number("SELECT state FROM accounts WHERE id = $1", rude_), 1);
}

TEST_P(CommentCaseTest, NobodyDecidesAboutHisOwnComment) {
  comment_ = write(mod_, "I am a moderator");
  const CaseId on = report(ana_);
  EXPECT_TRUE(moderation_->queue(moderator(), {}).items.empty());
  EXPECT_EQ(moderation_->page(moderator(), on).error().code, "own_comment");
  EXPECT_EQ(decide(on, Action::approve, moderator(), "fine").error().code, "own_comment");
  EXPECT_EQ(decide(on, Action::suspend, other_moderator()).error().code, "outranked");
  EXPECT_TRUE(decide(on, Action::remove, other_moderator()));
}

TEST_P(CommentCaseTest, ThePhotoIsShownToModeratorsOnlyAsToAnybodyElse) {
  const CaseId on = report(ana_);
  exec("UPDATE photos SET visibility = 1 WHERE id = $1", photo_);
  for (const CaseCard& card : {moderation_->queue(moderator(), {}).items.at(0),
                               moderation_->page(moderator(), on).value().card}) {
    EXPECT_EQ(card.comment->author_handle, "rude");
    EXPECT_EQ(card.photo.photo.title + card.photo.photo.description + card.photo.photo.alt, "");
    EXPECT_EQ(card.photo.photo.tags, "[]");
    EXPECT_FALSE(card.photo.photo.thumbhash);
    EXPECT_EQ(card.photo.photo.renditions, "");
  }
  EXPECT_EQ(moderation_->looks({}).items.size(), 1u);
  // The words are for who opens the case, which is recorded.
  EXPECT_EQ(moderation_->queue(moderator(), {}).items.at(0).comment->text, "");
  EXPECT_EQ(moderation_->page(moderator(), on)->card.comment->text, "You all look terrible");
  EXPECT_EQ(moderation_->looks({}).items.size(), 2u);
  ASSERT_TRUE(decide(on, Action::approve, moderator(), "fine"));
  EXPECT_EQ(moderation_->page(moderator(), on).error().code, "not_found");
}

TEST_P(CommentCaseTest, ADeletedCommentTakesItsCaseWithIt) {
  write(ana_, "No", comment_);  // so that a tombstone stays
  const CaseId on = report(ana_);
  ASSERT_TRUE(comments_->remove(as(owner_), comment_));
  EXPECT_EQ(moderation_->waiting(), 0);
  EXPECT_EQ(decide(on, Action::remove, moderator()).error().code, "not_found");
  EXPECT_EQ(number("SELECT count(*) FROM reports"), 0);
}

TEST_P(CommentCaseTest, ItIsInTheHistoryAndTakesNoUploadsAway) {
  for (int i = 0; i < limits::refusals; ++i) {
    comment_ = write(rude_, "No " + std::to_string(i));
    ASSERT_TRUE(decide(report(ana_), Action::remove, moderator()));
  }
  comment_ = write(rude_, "Once more");
  const auto page = moderation_->page(moderator(), report(ana_));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->history.refusals, limits::refusals);
  EXPECT_FALSE(moderation_->photos_per_day(rude_));
  EXPECT_EQ(moderation_->audit({}).items.front().owner_handle, "rude");
}

}  // namespace
}  // namespace picsharz::moderation
