// Comments on both engines: who sees and hears what, and a counter that is exact.

#include "features/comments/comment_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::comments {
namespace {

using activity::ActivityKind;
using photos::PhotoState;
using photos::Visibility;
using test::PeopleFixture;
using Texts = std::vector<std::string>;

class CommentTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    idempotency_.emplace(db(), people_->ids, people_->clock);
    limit({.per_minute = 1'000'000, .per_hour = 1'000'000});
    owner_ = people_->join("owner");
    mei_ = people_->join("mei");
    tom_ = people_->join("tom");
    eve_ = people_->join("eve");
    photo_ = people_->photo(owner_);
  }
  void TearDown() override {
    comments_.reset();
    idempotency_.reset();
    people_.reset();
    DatabaseSuite::TearDown();
  }
  void limit(CommentLimits allowed) {
    comments_ = std::make_unique<CommentService>(db(), people_->ids, people_->clock,
                                                 people_->activity, *idempotency_, allowed);
  }
  PeopleFixture& people() { return *people_; }
  CommentService& comments() { return *comments_; }
  Viewer as(AccountId account) { return people_->as(account); }

  CommentId write(AccountId author, std::string text, CommentId reply_to = {}) {
    const auto written = comments_->write(
        as(author), photo_,
        {.text = std::move(text), .reply_to = reply_to ? std::optional(reply_to) : std::nullopt});
    EXPECT_TRUE(written) << written.error().code;
    people_->clock.advance(1000);
    return written ? written->id : CommentId{};
  }
  std::string refusal(AccountId author, const NewComment& comment) {
    const auto written = comments_->write(as(author), photo_, comment);
    return written ? "" : written.error().code;
  }
  std::string removal(const Viewer& viewer, CommentId id) {
    const auto removed = comments_->remove(viewer, id);
    return removed ? "" : removed.error().code;
  }
  std::vector<Thread> threads(AccountId viewer) {
    return test::walk(2, [&](const PageRequest& page) {
      return comments_->threads(as(viewer), photo_, page).value();
    });
  }
  // Each thread as "top: reply, reply"; what is not shown as "-".
  Texts seen(AccountId viewer) {
    Texts texts;
    for (const Thread& thread : threads(viewer)) {
      std::string text = thread.top.author ? thread.top.text : "-";
      const auto replies = test::walk(1, [&](const PageRequest& page) {
        return comments_->replies(as(viewer), thread.top.id, page).value();
      });
      EXPECT_EQ(thread.reply_count, static_cast<std::int64_t>(replies.size()));
      for (const Comment& reply : replies)
        text += (&reply == &replies[0] ? ": " : ", ") + reply.text;
      texts.push_back(text);
    }
    return texts;
  }
  std::int64_t counter() {
    return people_->number("SELECT comments FROM photos WHERE id = $1", photo_);
  }
  std::int64_t rows() {
    return people_->number("SELECT count(*) FROM comments WHERE photo_id = $1 AND state = 0",
                           photo_);
  }
  void allow(bool allowed) {
    exec("UPDATE photo_details SET comments_allowed = $2 WHERE photo_id = $1", photo_, allowed);
  }
  template <class... P>
  void exec(const db::Sql& sql, const P&... params) {
    db().write([&](db::Tx& tx) { tx.exec(sql, params...); });
  }
  using Told = std::vector<std::pair<ActivityKind, AccountId>>;
  Told told() {
    Told told;
    for (const auto& each :
         db().write([&](db::Tx& tx) { return people_->activity.take(tx, 1000); })) {
      told.emplace_back(each.kind, each.account);
    }
    return told;
  }

  AccountId owner_, mei_, tom_, eve_;
  PhotoId photo_;
  std::optional<accounts::IdempotencyService> idempotency_;

 private:
  std::optional<PeopleFixture> people_;
  std::unique_ptr<CommentService> comments_;
};
ON_BOTH_ENGINES(CommentTest);

TEST_P(CommentTest, ThreadsAreNewestFirstAndRepliesOldestFirst) {
  const CommentId first = write(mei_, "first");
  write(tom_, "second");
  const CommentId reply = write(tom_, "a", first);
  write(mei_, "b", reply);  // joins the thread
  write(owner_, "c", first);
  write(eve_, "d", first);
  write(eve_, "third");
  const Texts all = {"third", "second", "first: a, b, c, d"};
  EXPECT_EQ(seen(mei_), all);
  EXPECT_EQ(seen({}), all);
  const auto thread = threads(tom_).back();
  EXPECT_EQ(thread.replies.items.size(), static_cast<std::size_t>(limits::replies_inline));
  EXPECT_EQ(thread.reply_count, 4);
  ASSERT_TRUE(thread.replies.next);
  const auto rest =
      comments().replies(as(tom_), first, {.after = thread.replies.next, .limit = 20}).value();
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_EQ(rest.items[0].text, "d");
  EXPECT_EQ(rest.items[0].parent, first);
  EXPECT_FALSE(rest.next);
  EXPECT_EQ(counter(), 7);
}

TEST_P(CommentTest, NothingIsTwiceOrMissingWhileOthersWrite) {
  std::vector<CommentId> before;
  for (int i = 0; i < 7; ++i) before.push_back(write(mei_, std::to_string(i)));
  std::vector<CommentId> walked;
  for (const Thread& thread : test::walk(2, [&](const PageRequest& page) {
         auto found = comments().threads(as(tom_), photo_, page).value();
         write(eve_, "meanwhile");
         return found;
       })) {
    walked.push_back(thread.top.id);
  }
  std::ranges::reverse(before);
  EXPECT_EQ(walked, before);
}

TEST_P(CommentTest, AnEditIsMarkedAndTellsNobody) {
  const CommentId id = write(mei_, "Lovley");
  std::ignore = told();
  EXPECT_FALSE(comments().edit(as(mei_), id, "Lovley")->edited_at);  // nothing changed
  people().clock.advance(minute);
  const auto edited = comments().edit(as(mei_), id, "Lovely, @tom");
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->edited_at, people().clock.now());
  ASSERT_EQ(edited->mentions.size(), 1u);
  EXPECT_EQ(edited->mentions[0].handle, "tom");
  EXPECT_EQ(comments().find(as(eve_), id)->text, "Lovely, @tom");
  EXPECT_TRUE(told().empty());
  EXPECT_TRUE(comments().edit(as(mei_), id, "Lovely")->mentions.empty());
  for (const AccountId other : {owner_, tom_}) {
    EXPECT_EQ(comments().edit(as(other), id, "mine").error().code, "forbidden");
  }
  EXPECT_EQ(comments().find(as(eve_), id)->text, "Lovely");
}

TEST_P(CommentTest, ADeletedCommentGoesWhollyOrLeavesATombstone) {
  const CommentId alone = write(mei_, "alone");
  const CommentId top = write(mei_, "a secret of @tom");
  const CommentId reply = write(tom_, "reply", top);
  EXPECT_EQ(comments().remove(as(tom_), alone).error().code, "forbidden");
  EXPECT_EQ(comments().remove(as(mei_), alone)->comments, 2);
  EXPECT_EQ(comments().remove(as(mei_), alone).error().code, "not_found");
  EXPECT_EQ(comments().remove(as(owner_), top)->comments, 1);  // on a photo of his own
  EXPECT_EQ(seen(eve_), Texts{"-: reply"});
  EXPECT_EQ(people().number("SELECT count(*) FROM comments WHERE text <> '' AND state = 1"), 0);
  EXPECT_EQ(people().number("SELECT count(*) FROM comment_mentions"), 0);
  EXPECT_EQ(
      people().number("SELECT count(*) FROM comments WHERE id = $1 AND author_id IS NULL", top), 1);
  // Nothing can be done with a tombstone.
  EXPECT_EQ(comments().find(as(mei_), top).error().code, "not_found");
  EXPECT_EQ(comments().edit(as(mei_), top, "again").error().code, "not_found");
  EXPECT_EQ(comments().remove(as(owner_), top).error().code, "not_found");
  EXPECT_EQ(refusal(eve_, {.text = "?", .reply_to = top}), "not_found");
  EXPECT_EQ(refusal(eve_, {.text = "x", .reply_to = reply}), "");
  const CommentId last = threads(eve_)[0].replies.items[1].id;
  EXPECT_EQ(comments().remove(as(tom_), reply)->comments, 1);
  EXPECT_EQ(comments().remove(as(eve_), last)->comments, 0);
  EXPECT_TRUE(seen(eve_).empty());
  EXPECT_EQ(people().number("SELECT count(*) FROM comments"), 0);
  EXPECT_EQ(counter(), 0);
}

TEST_P(CommentTest, WhereCommentsAreOffWhatWasWrittenStays) {
  const CommentId id = write(mei_, "before");
  allow(false);
  for (const AccountId who : {mei_, owner_}) {
    EXPECT_EQ(refusal(who, {.text = "x"}), "comments_off");
    EXPECT_EQ(refusal(who, {.text = "x", .reply_to = id}), "comments_off");
  }
  EXPECT_EQ(comments().edit(as(mei_), id, "after").error().code, "comments_off");
  EXPECT_EQ(seen(tom_), Texts{"before"});
  EXPECT_TRUE(comments().remove(as(mei_), id));
  allow(true);
  write(mei_, "again");
  EXPECT_EQ(counter(), 1);
}

TEST_P(CommentTest, NewPhotosBeginAsTheAccountSays) {
  exec("UPDATE accounts SET comments_allowed = 0 WHERE id = $1", owner_);
  photo_ = people().photo(owner_);
  EXPECT_EQ(refusal(mei_, {.text = "x"}), "comments_off");
}

TEST_P(CommentTest, WhoDoesNotSeeThePhotoSeesNoCommentAndChangesNothing) {
  const CommentId id = write(mei_, "secret");
  const CommentId own = write(tom_, "his own");
  std::ignore = told();
  const auto check = [&](AccountId who) {
    EXPECT_EQ(comments().threads(as(who), photo_, {}).error().code, "not_found");
    EXPECT_EQ(comments().replies(as(who), id, {}).error().code, "not_found");
    EXPECT_EQ(comments().find(as(who), id).error().code, "not_found");
    EXPECT_EQ(refusal(who, {.text = "@mei x"}), "not_found");
    EXPECT_EQ(refusal(who, {.text = "x", .reply_to = id}), "not_found");
    for (const CommentId each : {id, own}) {
      EXPECT_EQ(comments().edit(as(who), each, "x").error().code, "not_found");
      EXPECT_EQ(comments().remove(as(who), each).error().code, "not_found");
    }
    EXPECT_EQ(counter(), 2);
    EXPECT_TRUE(told().empty());
  };
  people().set_visibility(photo_, Visibility::followers);
  check(tom_);
  check({});
  people().follow(tom_, owner_);
  EXPECT_TRUE(comments().find(as(tom_), id));
  people().set_visibility(photo_, Visibility::only_me);
  check(tom_);
  EXPECT_TRUE(comments().find(as(owner_), id));
  people().set_visibility(photo_, Visibility::everyone);
  people().block(owner_, tom_);
  check(tom_);
  people().withdraw(photo_, PhotoState::held);
  check(mei_);
  EXPECT_TRUE(comments().find(as(owner_), id));  // he sees his held photo with its comments
  EXPECT_EQ(refusal(owner_, {.text = "x"}), "comments_off");
  EXPECT_EQ(
      comments().threads({.account = eve_, .role = Role::administrator}, photo_, {}).error().code,
      "not_found");
  for (const PhotoId nothing : {PhotoId{1}, PhotoId{7}}) {
    EXPECT_EQ(comments().threads(as(mei_), nothing, {}).error().code, "not_found");
  }
}

TEST_P(CommentTest, ABlockHidesInBothDirections) {
  write(mei_, "by mei");
  const CommentId top = write(tom_, "by tom");
  write(eve_, "reply of eve", top);
  people().block(mei_, tom_);
  EXPECT_EQ(seen(mei_), (Texts{"-: reply of eve", "by mei"}));
  EXPECT_EQ(seen(tom_), (Texts{"by tom: reply of eve"}));
  EXPECT_EQ(seen(eve_), (Texts{"by tom: reply of eve", "by mei"}));
  EXPECT_EQ(seen({}), (Texts{"by tom: reply of eve", "by mei"}));
  EXPECT_EQ(comments().find(as(mei_), top).error().code, "not_found");
  EXPECT_EQ(refusal(mei_, {.text = "x", .reply_to = top}), "not_found");
  // Whom the owner of the photo blocks nobody reads there.
  people().block(owner_, eve_);
  EXPECT_EQ(seen(mei_), (Texts{"by mei"}));
  EXPECT_EQ(seen({}), (Texts{"by tom", "by mei"}));
  EXPECT_EQ(counter(), 3);  // the counter is the photo's, not the viewer's
  EXPECT_EQ(comments().replies(as(mei_), top, {}).error().code, "not_found");
}

TEST_P(CommentTest, CommentsOfAccountsThatAreNotActiveAreHidden) {
  const CommentId top = write(tom_, "by tom");
  write(mei_, "by mei", top);
  for (const auto state : {accounts::AccountState::suspended, accounts::AccountState::deleted}) {
    people().set_state(tom_, state);
    EXPECT_EQ(seen(eve_), Texts{"-: by mei"});
    EXPECT_EQ(seen({}), Texts{"-: by mei"});
    EXPECT_EQ(counter(), 2);
    people().set_state(mei_, state);
    EXPECT_TRUE(seen(eve_).empty());
    people().set_state(mei_, accounts::AccountState::active);
  }
  people().set_state(tom_, accounts::AccountState::active);
  EXPECT_EQ(seen(eve_), Texts{"by tom: by mei"});
}

TEST_P(CommentTest, ARemovedCommentIsItsAuthorsAlone) {
  const CommentId id = write(tom_, "removed");
  const CommentId other = write(mei_, "other");
  db().write([&](db::Tx& tx) {
    CommentStore rows;
    rows.set_state(tx, rows.row(tx, id).value(), CommentState::removed);
  });
  EXPECT_EQ(counter(), 1);
  for (const AccountId who : {mei_, owner_, AccountId{}}) EXPECT_EQ(seen(who), Texts{"other"});
  EXPECT_EQ(seen(tom_), (Texts{"other", "removed"}));
  EXPECT_EQ(comments().find(as(tom_), id)->state, CommentState::removed);
  EXPECT_EQ(comments().edit(as(tom_), id, "better").error().code, "comment_removed");
  EXPECT_EQ(refusal(tom_, {.text = "x", .reply_to = id}), "not_found");
  EXPECT_EQ(comments().remove(as(owner_), id).error().code, "not_found");
  EXPECT_EQ(comments().remove(as(tom_), id)->comments, 1);
  EXPECT_TRUE(comments().remove(as(mei_), other));
  EXPECT_EQ(counter(), 0);
}

TEST_P(CommentTest, MentionsLinkWhoSeesThePhotoAndIsBlockedByNobody) {
  people().join("stranger");
  const AccountId gone = people().join("gone");
  people().set_state(gone, accounts::AccountState::suspended);
  people().set_visibility(photo_, Visibility::followers);
  for (const AccountId fan : {mei_, tom_, eve_, gone}) people().follow(fan, owner_);
  people().block(eve_, mei_);
  const CommentId id = write(mei_, "@TOM @eve @stranger @gone @nobody @owner @mei");
  const auto comment = comments().find(as(tom_), id).value();
  Texts linked;
  for (const Mention& mention : comment.mentions) linked.push_back(mention.handle);
  EXPECT_EQ(linked, (Texts{"mei", "owner", "tom"}));
  EXPECT_EQ(told(), (Told{{ActivityKind::mention, tom_}, {ActivityKind::mention, owner_}}));
  // By the handle that the account has now.
  exec("UPDATE accounts SET handle = 'tommy' WHERE id = $1", tom_);
  const auto renamed = comments().find(as(owner_), id).value();
  ASSERT_EQ(renamed.mentions.size(), 3u);
  EXPECT_EQ(renamed.mentions[2].written, "tom");
  EXPECT_EQ(renamed.mentions[2].handle, "tommy");
  // Whoever may no longer be known is no longer linked.
  people().block(tom_, owner_);
  EXPECT_EQ(comments().find(as(owner_), id)->mentions.size(), 2u);
}

TEST_P(CommentTest, EachPersonIsToldOnce) {
  const CommentId top = write(mei_, "top");
  EXPECT_EQ(told(), (Told{{ActivityKind::comment, owner_}}));
  const CommentId reply = write(tom_, "reply", top);
  EXPECT_EQ(told(), (Told{{ActivityKind::reply, mei_}, {ActivityKind::comment, owner_}}));
  write(eve_, "@owner @mei", reply);
  EXPECT_EQ(told(), (Told{{ActivityKind::mention, owner_},
                          {ActivityKind::mention, mei_},
                          {ActivityKind::reply, tom_}}));
  write(owner_, "thank you @owner", top);
  EXPECT_EQ(told(), (Told{{ActivityKind::reply, mei_}}));
  const CommentId of_owner = write(owner_, "own");
  EXPECT_TRUE(told().empty());
  write(mei_, "to the owner", of_owner);
  EXPECT_EQ(told(), (Told{{ActivityKind::reply, owner_}}));
}

TEST_P(CommentTest, NobodyHearsOfWhomHeBlockedOrOfWhatHeDoesNotSee) {
  people().set_visibility(photo_, Visibility::followers);
  for (const AccountId fan : {mei_, tom_, eve_}) people().follow(fan, owner_);
  const CommentId top = write(tom_, "top");
  const CommentId reply = write(eve_, "reply", top);
  std::ignore = told();
  people().block(tom_, mei_);
  exec("DELETE FROM follows WHERE follower_id = $1", eve_);
  write(mei_, "@tom @eve", reply);
  EXPECT_EQ(told(), (Told{{ActivityKind::comment, owner_}}));
}

TEST_P(CommentTest, WhatWasToldIsGoneWithAFailedWrite) {
  EXPECT_EQ(refusal(mei_, {.text = "@tom", .reply_to = CommentId{5}}), "not_found");
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(counter(), 0);
}

TEST_P(CommentTest, SoManyAMinuteAndAnHour) {
  limit({.per_minute = 2, .per_hour = 3});
  const CommentId first = write(mei_, "1");
  EXPECT_TRUE(comments().edit(as(mei_), first, "one"));
  const auto refused = comments().write(as(mei_), photo_, {.text = "3"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "too_many_comments");
  EXPECT_GT(refused.error().retry_after_seconds, 0);
  EXPECT_LE(refused.error().retry_after_seconds, 60);
  EXPECT_EQ(comments().edit(as(mei_), first, "1").error().code, "too_many_comments");
  write(tom_, "his own limit");
  people().clock.advance(minute);
  EXPECT_EQ(refusal(mei_, {.text = "x", .reply_to = CommentId{5}}), "not_found");  // counts nothing
  write(mei_, "2");
  const auto hourly = comments().write(as(mei_), photo_, {.text = "4"});
  ASSERT_FALSE(hourly);
  EXPECT_GT(hourly.error().retry_after_seconds, 60);
  people().clock.advance(hour);
  write(mei_, "5");
}

// Its process ended between the commit and the answer.
TEST_P(CommentTest, ARepeatedRequestFindsWhatWasMade) {
  const auto first = idempotency_->claim(mei_, "key", "fingerprint").value();
  EXPECT_EQ(first.made, 0);
  const auto written = comments().write(as(mei_), photo_, {.text = "once"}, first.id);
  ASSERT_TRUE(written);
  people().clock.advance(hour);
  EXPECT_EQ(idempotency_->claim(mei_, "key", "fingerprint")->made, written->id.value);
}

TEST_P(CommentTest, AnErasedAccountLeavesNothingItWrote) {
  const CommentId top = write(tom_, "top");
  write(mei_, "reply", top);
  write(tom_, "reply of tom", top);
  write(tom_, "alone");
  photo_ = people().photo(owner_, {.visibility = Visibility::only_me});
  db().write([&](db::Tx& tx) {
    CommentStore().insert(tx, {.id = people().ids.next<CommentId>(),
                               .photo = photo_,
                               .author = tom_,
                               .text = "where he sees nothing now"});
  });
  while (comments().erase_some(tom_, 2) > 0) {
  }
  EXPECT_EQ(people().number("SELECT count(*) FROM comments WHERE author_id = $1", tom_), 0);
  EXPECT_EQ(people().number("SELECT count(*) FROM comments WHERE text IN ('top', 'alone')"), 0);
  EXPECT_EQ(counter(), 0);
  EXPECT_EQ(people().number("SELECT max(comments) FROM photos"), 1);
  exec("DELETE FROM accounts WHERE id = $1", tom_);
  EXPECT_EQ(people().number("SELECT count(*) FROM comments WHERE state = 1"), 1);
}

TEST_P(CommentTest, APhotoTakesItsCommentsWithIt) {
  const CommentId top = write(mei_, "top @tom");
  write(tom_, "reply", top);
  db().write([&](db::Tx& tx) {
    photos::PhotoEditStore store;
    store.lock(tx, photo_);
    store.erase(tx, photo_);
  });
  EXPECT_EQ(people().number("SELECT count(*) FROM comments"), 0);
  EXPECT_EQ(people().number("SELECT count(*) FROM comment_mentions"), 0);
}

// Any situation that people, owners and moderators can bring about, against the rule as a sentence.
TEST_P(CommentTest, EachViewerSeesWhatTheRuleSays) {
  constexpr unsigned seed = 20261127;
  std::mt19937 random(seed);
  const auto pick = [&](int below) { return static_cast<int>(random() % below); };
  const AccountId everybody[] = {owner_, mei_, tom_, eve_};
  for (int round = 0; round < 12; ++round) {
    photo_ = people().photo(owner_);
    exec("DELETE FROM blocks");
    exec("UPDATE accounts SET state = 0");
    std::vector<CommentRow> all;
    for (int i = 0; i < 14; ++i) {
      CommentId parent;
      if (!all.empty() && pick(3) > 0) {
        const CommentRow& answered = all[pick(static_cast<int>(all.size()))];
        parent = answered.parent ? answered.parent : answered.id;
      }
      all.push_back({.id = people().ids.next<CommentId>(),
                     .photo = photo_,
                     .parent = parent,
                     .author = everybody[pick(4)],
                     .state = pick(5) == 0 ? CommentState::removed : CommentState::published,
                     .text = std::to_string(i)});
      db().write([&](db::Tx& tx) { CommentStore().insert(tx, all.back()); });
    }
    std::set<std::pair<AccountId, AccountId>> blocks;
    for (int i = pick(4); i > 0; --i) {
      const std::pair pair{everybody[pick(4)], everybody[1 + pick(3)]};
      if (pair.first == pair.second || pair.second == owner_) continue;
      if (blocks.insert(pair).second) people().block(pair.first, pair.second);
    }
    std::optional<AccountId> suspended;
    if (pick(2) == 0) suspended = everybody[1 + pick(3)];
    if (suspended) people().set_state(*suspended, accounts::AccountState::suspended);

    for (const AccountId viewer : {owner_, mei_, tom_, eve_, AccountId{}}) {
      if (blocks.contains({owner_, viewer}) || suspended == viewer) continue;  // sees no photo
      const auto shown = [&](const CommentRow& row) {
        const AccountId author = *row.author;
        if (row.state == CommentState::removed) return author == viewer;
        return suspended != author && !blocks.contains({owner_, author}) &&
               !blocks.contains({viewer, author}) && !blocks.contains({author, viewer});
      };
      Texts expected;
      for (auto top = all.rbegin(); top != all.rend(); ++top) {
        if (top->parent) continue;
        std::string text = shown(*top) ? top->text : "-";
        bool any = false;
        for (const CommentRow& reply : all) {
          if (reply.parent != top->id || !shown(reply)) continue;
          text += (any ? ", " : ": ") + reply.text;
          any = true;
        }
        if (any || shown(*top)) expected.push_back(text);
      }
      EXPECT_EQ(seen(viewer), expected) << "seed " << seed << ", round " << round;
    }
    EXPECT_EQ(counter(), rows());
  }
}

// Many write, answer and delete the same few comments at once: the counter is the rows, and no
// reply has lost its thread.
TEST_P(CommentTest, TheCounterIsExactUnderManyHands) {
  constexpr int hands = 8;
  constexpr int turns = 25;
  const CommentId shared = write(owner_, "shared");
  std::barrier start(hands);
  std::vector<std::jthread> threads;
  const AccountId accounts[] = {owner_, mei_, tom_, eve_};
  for (int hand = 0; hand < hands; ++hand) {
    threads.emplace_back([&, hand] {
      const Viewer viewer = as(accounts[hand % 4]);
      start.arrive_and_wait();
      for (int turn = 0; turn < turns; ++turn) {
        const auto top = comments().write(viewer, photo_, {.text = "top"});
        ASSERT_TRUE(top);
        const auto reply =
            comments().write(as(mei_), photo_, {.text = "reply", .reply_to = top->id});
        ASSERT_TRUE(reply);
        std::ignore = comments().write(viewer, photo_, {.text = "s", .reply_to = shared});
        std::ignore = comments().edit(viewer, top->id, "edited");
        if (turn % 3 != 0) {
          EXPECT_EQ(removal(viewer, top->id), "");
        }
        if (turn % 2 != 0) {
          EXPECT_EQ(removal(as(mei_), reply->id), "");
        }
        if (turn == turns / 2) std::ignore = comments().remove(as(owner_), shared);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(counter(), rows());
  EXPECT_EQ(people().number("SELECT count(*) FROM comments r WHERE r.parent_id <> 0 AND NOT EXISTS"
                            " (SELECT 1 FROM comments t WHERE t.id = r.parent_id)"),
            0);
  EXPECT_EQ(people().number("SELECT count(*) FROM comments t WHERE t.state = 1 AND NOT EXISTS"
                            " (SELECT 1 FROM comments r WHERE r.parent_id = t.id)"),
            0);
}

}  // namespace
}  // namespace picsharz::comments
