// Migration 0047: the days before use was counted are made of the rows that are there.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "db/migrations.h"
#include "support/test_database.h"

namespace picsharz::analytics {
namespace {

constexpr Micros first = 1'793'491'200 * second;  // 1 November 2026

class BeforeUseTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  void SetUp() override {
    if (const char* reason = test::missing(GetParam())) GTEST_SKIP() << reason;
    old_.emplace(GetParam(), test::Schema::empty);
    constexpr int of_analytics = 47;
    const auto all = db::migrations();
    const auto before = std::ranges::find_if(
        all, [](const db::Migration& step) { return step.number >= of_analytics; });
    db::migrate(*old_, all.first(static_cast<std::size_t>(before - all.begin())));
  }

  template <class... P>
  void exec(const db::Sql& sql, const P&... params) {
    old_->write([&](db::Tx& tx) { tx.exec(sql, params...); });
  }
  void join(std::int64_t id, Micros at) {
    exec(
        "INSERT INTO accounts (id, handle, email, password_hash, name, country, created_at)"
        " VALUES ($1, $2, $2, '', '', 'MY', $3)",
        id, "m" + std::to_string(id), at);
  }
  void upload(std::int64_t id, int format, std::int64_t bytes, Micros at) {
    exec(
        "INSERT INTO photos (id, owner_id, title, description, alt, visibility, state, width,"
        " height, original, format, bytes, file_name, created_at)"
        " VALUES ($1, 1, '', '', '', 0, 3, 1, 1, '00', $2, $3, '', $4)",
        id, format, bytes, at);
  }
  void decide(std::int64_t id, int action, std::optional<std::int64_t> undoes, Micros at) {
    exec(
        "INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, action, reason, note,"
        " state_before, state_after, owner_state_before, facts, undoes, created_at)"
        " VALUES ($1, 1, 1, 1, $2, '', '', 3, 4, 0, '{}', $3, $4)",
        id, action, undoes, at);
  }
  // "day kind label count amount", days from the first.
  std::vector<std::string> used() {
    return old_->read([](db::Tx& tx) {
      return tx.all(
          "SELECT (day - $1) / $2, kind, label, count, amount FROM usage_days ORDER BY 1, 2, 3",
          [](const db::Row& row) {
            return std::to_string(row.integer(0)) + " " + row.string(1) + " " + row.string(2) +
                   " " + std::to_string(row.integer(3)) + " " + std::to_string(row.integer(4));
          },
          first, day);
    });
  }

  std::optional<test::TestDatabase> old_;
};

TEST_P(BeforeUseTest, TheDaysOfTheRows) {
  join(1, first + hour);
  join(2, first + 23 * hour);
  join(3, first + day);
  // Somebody who signed up on the third day, by the id, and was erased.
  const std::int64_t erased = ((first + 2 * day - 1'704'067'200 * second) / 1000) << 22;
  exec(
      "INSERT INTO departure_journal (account_id, event, operator, created_at) VALUES ($1, 2, 0,"
      " $2), ($1, 0, 0, $2)",
      erased, first + 9 * day);
  upload(1, 1, 100, first);
  upload(2, 1, 50, first + 5);
  upload(3, 2, 7, first + day);
  exec("INSERT INTO likes (photo_id, account_id, created_at) VALUES (1, 2, $1), (1, 3, $1)", first);
  exec(
      "INSERT INTO follows (follower_id, followee_id, state, created_at)"
      " VALUES (2, 1, 1, $1), (3, 1, 0, $1)",
      first);
  exec(
      "INSERT INTO comments (id, photo_id, parent_id, author_id, state, text, created_at)"
      " VALUES (1, 1, 0, 2, 0, 'Nice', $1)",
      first + day);
  exec(
      "INSERT INTO reports (photo_id, reporter_id, case_id, reason, note, created_at)"
      " VALUES (1, 2, 1, 'spam', '', $1)",
      first);
  decide(1, 0, std::nullopt, first);
  decide(2, 3, std::nullopt, first + day);
  decide(3, 5, 2, first + day);
  decide(4, 1, std::nullopt, first + day);
  exec("INSERT INTO usage_days (day, kind, label, count, amount) VALUES ($1, 'like', '', 9, 0)",
       first + day);
  db::migrate(*old_);
  EXPECT_EQ(used(), (std::vector<std::string>{
                        "0 follow  1 0", "0 like  2 0", "0 moderation held 1 0",
                        "0 moderation reported 1 0", "0 sign_up  2 0", "0 upload image/jpeg 2 0",
                        "0 upload_bytes image/jpeg 2 150", "1 comment  1 0", "1 like  9 0",
                        "1 moderation approved 1 0", "1 sign_up  1 0", "1 upload image/png 1 0",
                        "1 upload_bytes image/png 1 7", "2 sign_up  1 0"}));
}

INSTANTIATE_TEST_SUITE_P(, BeforeUseTest,
                         ::testing::Values(db::Engine::sqlite, db::Engine::postgres),
                         test::engine_name);

}  // namespace
}  // namespace picsharz::analytics
