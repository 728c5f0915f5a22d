// The numbers of every dashboard are the numbers of the rows: known rows, on both engines.
#include "features/analytics/analytics_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "features/moderation/moderation.h"
#include "support/people_fixture.h"
#include "support/test_database.h"

namespace picsharz::analytics {
namespace {

using photos::PhotoState;
using photos::Visibility;

constexpr Value unknown = std::nullopt;

// Numbers, texts, "#7" for a photo of that id, "@mei" for a person, "-" where nobody knows.
std::string cell_text(const Cell& cell) {
  struct Text {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
      std::string text = std::to_string(number);
      text.erase(text.find_last_not_of('0') + 1);
      return text;
    }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const photos::PhotoView& view) const {
      return "#" + view.photo.id.str();
    }
    std::string operator()(const AccountCell& account) const { return "@" + account.handle; }
  };
  return std::visit(Text{}, cell);
}

std::vector<std::string> lines(const Table& table) {
  std::vector<std::string> texts;
  for (const auto& row : table.rows) {
    std::string line;
    for (const Cell& cell : row) line += (line.empty() ? "" : " ") + cell_text(cell);
    texts.push_back(line);
    EXPECT_EQ(row.size(), table.columns.size()) << table.id;
  }
  return texts;
}

template <class T>
const T& by_id(const std::vector<T>& all, std::string_view id) {
  const auto found = std::ranges::find(all, id, &T::id);
  if (found == all.end()) throw std::out_of_range("there is no " + std::string(id));
  return *found;
}

const Series& series(const Dashboard& dashboard, std::string_view chart, std::string_view id) {
  return by_id(by_id(dashboard.charts, chart).series, id);
}

using Lines = std::vector<std::string>;

class AnalyticsTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    people_.emplace(db());
    people_->clock.advance(first_ - people_->clock.now());
    analytics_.emplace(db(), people_->clock);
  }
  void TearDown() override {
    people_.reset();
    DatabaseSuite::TearDown();
  }

  template <class... P>
  void exec(const db::Sql& sql, const P&... params) {
    db().write([&](db::Tx& tx) { tx.exec(sql, params...); });
  }
  void used(int of_day, std::string_view kind, std::string_view label, std::int64_t count,
            std::int64_t amount = 0) {
    exec("INSERT INTO usage_days (day, kind, label, count, amount) VALUES ($1, $2, $3, $4, $5)",
         at(of_day), kind, label, count, amount);
  }
  void viewed(int of_day, PhotoId photo, std::int64_t views) {
    exec("INSERT INTO photo_views (day, photo_id, views) VALUES ($1, $2, $3)", at(of_day), photo,
         views);
  }
  void looked_for(int of_day, std::string_view words, std::int64_t searches, std::int64_t empty) {
    exec("INSERT INTO search_days (day, words, searches, without_result) VALUES ($1, $2, $3, $4)",
         at(of_day), words, searches, empty);
  }
  void by_hour(int of_day, int of_hour, std::string_view kind, std::int64_t count) {
    exec("INSERT INTO usage_hours (hour, kind, label, count, amount) VALUES ($1, $2, '', $3, 0)",
         at(of_day) + of_hour * hour, kind, count);
  }
  void was_here(int of_day, AccountId account) {
    exec("INSERT INTO active_days (day, account_id) VALUES ($1, $2)", at(of_day), account);
  }
  // As they were counted until now: of days before nothing is counted again.
  void were_active(int of_day, std::int64_t daily, std::int64_t weekly, std::int64_t monthly) {
    exec("INSERT INTO active_counts (day, daily, weekly, monthly) VALUES ($1, $2, $3, $4)",
         at(of_day), daily, weekly, monthly);
    done("usage.counted");
  }
  void done(std::string_view mark) {
    exec(
        "INSERT INTO upkeep_marks (name, done_at) VALUES ($1, $2)"
        " ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at",
        mark, people_->clock.now());
  }
  void go_to(int of_day, Micros into = hour) {
    people_->clock.advance(at(of_day) + into - people_->clock.now());
  }
  Micros at(int of_day) const { return day_of(first_) + of_day * day; }

  // Days 0 to 3, which are the 1st to the 4th of November 2026, a Sunday.
  Dashboard show(std::string_view area, bool compare = false, std::string_view step = "day") {
    auto shown = analytics_->dashboard(area, {.from = "2026-11-01",
                                              .to = "2026-11-04",
                                              .step = step,
                                              .compare = compare ? "true" : "false"});
    if (!shown) throw std::runtime_error(shown.error().code);
    return *std::move(shown);
  }

  const Micros first_ = 1'793'491'200 * second;  // 1 November 2026
  std::optional<test::PeopleFixture> people_;
  std::optional<AnalyticsService> analytics_;
};

TEST_P(AnalyticsTest, MembersAndWhereTheyLive) {
  go_to(-1);
  people_->join("ada");
  go_to(0);
  people_->join("mei");
  people_->join("gone");
  go_to(2);
  people_->join("leo");
  people_->set_state(people_->join("bad"), accounts::AccountState::suspended);
  exec("UPDATE accounts SET country = 'SG' WHERE handle = 'leo'");
  exec("UPDATE accounts SET state = 2 WHERE handle = 'gone'");
  used(0, "sign_up", "", 2);
  used(2, "sign_up", "", 2);
  used(-2, "sign_up", "", 9);
  const Dashboard shown = show("people", true);
  EXPECT_EQ(shown.updated_at, people_->clock.now());
  EXPECT_EQ(by_id(shown.figures, "members").value, 4);
  EXPECT_EQ(by_id(shown.figures, "members").before, 1);
  EXPECT_EQ(series(shown, "members", "members").values, (Values{2, 2, 4, unknown}));
  EXPECT_EQ(series(shown, "members", "members").before, (Values{unknown, unknown, unknown, 1}));
  EXPECT_EQ(series(shown, "sign_ups", "sign_ups").values, (Values{2, 0, 2, unknown}));
  EXPECT_EQ(series(shown, "sign_ups", "sign_ups").before, (Values{0, 0, 9, 0}));
  EXPECT_EQ(lines(by_id(shown.tables, "countries")), (Lines{"MY 3", "SG 1"}));
}

TEST_P(AnalyticsTest, HowManyThereWereStays) {
  const AccountId mei = people_->join("mei");
  const PhotoId boat = people_->photo(mei);
  analytics_->refresh_if_due();
  go_to(1);
  people_->join("ada");
  people_->withdraw(boat, PhotoState::held);
  analytics_->refresh_if_due();
  go_to(2);
  exec("DELETE FROM accounts WHERE handle = 'ada'");
  EXPECT_EQ(series(show("people"), "members", "members").values, (Values{1, 2, 1, unknown}));
  EXPECT_EQ(by_id(show("photos").figures, "photos").value, 0);
  EXPECT_EQ(
      people_->number("SELECT count FROM analytics_days WHERE kind = 'photos' AND day = $1", at(0)),
      1);
}

TEST_P(AnalyticsTest, ActiveMembersAndWhoStays) {
  go_to(3);
  for (const int of_day : {-4, 0, 2}) {
    were_active(of_day, 10 + of_day, 20 + of_day, 30 + of_day);
  }
  const Micros monday = monday_of(at(0));  // 26 October
  for (const auto& [cohort, week, active] :
       {std::tuple(monday, 0, 8), std::tuple(monday, 1, 3), std::tuple(monday - 7 * day, 0, 4)}) {
    exec("INSERT INTO retention_weeks (cohort, week, members, active) VALUES ($1, $2, 8, $3)",
         cohort, week, active);
  }
  const Dashboard shown = show("people", true);
  EXPECT_EQ(by_id(shown.figures, "daily").value, 12);
  EXPECT_EQ(by_id(shown.figures, "weekly").value, 22);
  EXPECT_EQ(by_id(shown.figures, "monthly").value, 32);
  EXPECT_EQ(by_id(shown.figures, "daily").before, 6);
  EXPECT_EQ(series(shown, "active", "daily").values, (Values{10, unknown, 12, 0}));
  EXPECT_EQ(series(shown, "active", "monthly").before, (Values{26, unknown, unknown, unknown}));
  const std::string rest = " - - - - - - - - - -";
  EXPECT_EQ(lines(by_id(shown.tables, "retention")),
            (Lines{std::to_string(monday - 7 * day) + " 8 50. -" + rest,
                   std::to_string(monday) + " 8 100. -" + rest}));
  // Whose week is not over has not stayed away: the second one is, a week later.
  go_to(10);
  EXPECT_EQ(lines(by_id(show("people").tables, "retention"))[1],
            std::to_string(monday) + " 8 100. 37.5" + rest);
}

// Who was erased joined all the same: of eight, of whom four went, who come are half.
TEST_P(AnalyticsTest, ACohortKeepsItsSize) {
  const Micros monday = monday_of(at(0));
  for (const auto& [week, members, active] :
       {std::tuple(0, 8, 8), std::tuple(1, 4, 4), std::tuple(2, 4, 3)}) {
    exec("INSERT INTO retention_weeks (cohort, week, members, active) VALUES ($1, $2, $3, $4)",
         monday, week, members, active);
  }
  go_to(20);
  EXPECT_EQ(
      lines(by_id(show("people").tables, "retention")),
      (Lines{std::to_string(monday) + " 8 100. 50. 37.5" + std::string(" - - - - - - - - -")}));
}

// A day that is not over is compared with nothing, and with it no figure falls at midnight.
TEST_P(AnalyticsTest, HowManyAreActiveIsOfADayThatIsOver) {
  were_active(-2, 100, 200, 300);
  were_active(-1, 110, 210, 310);
  were_active(2, 90, 190, 290);
  const AccountId mei = people_->join("mei");
  was_here(3, mei);
  const auto figure = [&](const Dashboard& shown, std::string_view id) {
    return by_id(shown.figures, id);
  };
  go_to(3, 9 * hour + 30 * minute);
  done("usage.counted");
  const Dashboard shown = show("people", true);
  EXPECT_EQ(figure(shown, "daily").value, 90);
  EXPECT_EQ(figure(shown, "daily").before, 100);
  EXPECT_EQ(figure(shown, "monthly").value, 290);
  EXPECT_EQ(figure(shown, "monthly").before, 300);
  EXPECT_EQ(series(shown, "active", "daily").values, (Values{unknown, unknown, 90, 1}));
  // Of today alone there is nothing else.
  const auto today = analytics_->dashboard(
      "people", {.from = "2026-11-04", .to = "2026-11-04", .compare = "true"});
  EXPECT_EQ(figure(*today, "daily").value, 1);
  EXPECT_EQ(figure(*today, "daily").before, unknown);
}

// For whoever looks, where counting is quick: not only when upkeep does it.
TEST_P(AnalyticsTest, WhoIsHereIsCountedWhenSomebodyLooks) {
  const auto active = [&] { return by_id(analytics_->overview().figures, "active").value; };
  EXPECT_EQ(active(), unknown);
  was_here(0, people_->join("mei"));
  EXPECT_EQ(active(), 1);
  was_here(0, people_->join("ada"));
  EXPECT_EQ(active(), 2);
  EXPECT_EQ(series(show("people"), "active", "daily").values[0], 2);
}

// What is stored is measured by upkeep alone: what says when it was is no younger.
TEST_P(AnalyticsTest, ItSaysOfWhenTheOldestOfItIs) {
  go_to(0, hour);
  EXPECT_EQ(analytics_->overview().updated_at, people_->clock.now());
  done("usage.measured");
  go_to(0, hour + 5 * minute);
  EXPECT_EQ(analytics_->overview().updated_at, at(0) + hour);
  EXPECT_EQ(show("photos").updated_at, at(0) + hour);
  EXPECT_EQ(show("people").updated_at, people_->clock.now());
}

TEST_P(AnalyticsTest, PhotosAndWhatTheyWereTakenWith) {
  const AccountId mei = people_->join("mei");
  const auto add = [&](int format, std::int64_t bytes, std::string_view camera,
                       const test::PhotoDraft& draft = {}) {
    const PhotoId id = people_->photo(mei, draft);
    exec("UPDATE photos SET format = $2, bytes = $3 WHERE id = $1", id, format, bytes);
    exec("UPDATE photo_details SET camera = $2 WHERE photo_id = $1", id, camera);
  };
  add(1, 100, R"({"make":"NIKON CORPORATION","model":"NIKON D750","lens":"50 mm"})");
  add(1, 50, R"({"make":"Nikon","model":"NIKON D750"})", {.visibility = Visibility::only_me});
  add(2, 30, R"({"model":"DSC-1","iso":200})");
  add(3, 20, "");
  add(4, 999, R"({"model":"unseen","lens":"unseen"})", {.state = PhotoState::held});
  used(0, "upload", "image/jpeg", 2);
  used(0, "upload", "image/png", 1);
  used(1, "upload", "image/webp", 5);
  used(0, "upload_bytes", "image/jpeg", 2, 150);
  used(1, "upload_bytes", "image/webp", 5, 70);
  for (const auto& [label, amount] : {std::pair("originals", 10), std::pair("renditions", 20),
                                      std::pair("database", 3), std::pair("backups", 100)}) {
    used(0, "storage", label, 1, amount);
    used(1, "storage", label, 1, 2 * amount);
    used(-1, "storage", label, 1, 1);
  }
  go_to(2);
  const Dashboard shown = show("photos", true);
  EXPECT_EQ(by_id(shown.figures, "photos").value, 4);
  EXPECT_EQ(by_id(shown.figures, "uploads").value, 8);
  EXPECT_EQ(by_id(shown.figures, "uploads").before, 0);
  EXPECT_EQ(by_id(shown.figures, "storage").value, 266);
  EXPECT_EQ(by_id(shown.figures, "storage").before, 4);
  EXPECT_EQ(series(shown, "uploads", "uploads").values, (Values{3, 5, 0, unknown}));
  EXPECT_EQ(series(shown, "upload_bytes", "upload_bytes").values, (Values{150, 70, 0, unknown}));
  EXPECT_EQ(series(shown, "storage", "originals").values, (Values{10, 20, unknown, unknown}));
  EXPECT_EQ(series(shown, "storage", "renditions").values, (Values{20, 40, unknown, unknown}));
  EXPECT_EQ(series(shown, "storage", "backups").values, (Values{100, 200, unknown, unknown}));
  EXPECT_EQ(series(shown, "storage", "database").before, (Values{unknown, unknown, unknown, 1}));
  EXPECT_EQ(lines(by_id(shown.tables, "formats")), (Lines{"jpeg 2 150", "png 1 30", "webp 1 20"}));
  EXPECT_EQ(lines(by_id(shown.tables, "cameras")), (Lines{"NIKON D750 2", "DSC-1 1"}));
  EXPECT_EQ(lines(by_id(shown.tables, "lenses")), (Lines{"50 mm 1"}));
}

TEST_P(AnalyticsTest, EngagementAndWhatIsPopular) {
  const AccountId mei = people_->join("mei");
  const AccountId ada = people_->join("ada");
  const AccountId leo = people_->join("leo");
  const PhotoId boat = people_->photo(mei);
  const PhotoId cat = people_->photo(ada);
  const PhotoId unseen = people_->photo(ada);
  (void)people_->like(ada, boat);
  (void)people_->like(leo, boat);
  people_->follow(ada, mei);
  people_->follow(leo, mei);
  exec(
      "INSERT INTO comments (id, photo_id, parent_id, author_id, state, text, created_at)"
      " VALUES (1, $1, 0, $2, 0, 'Nice', $3), (2, $1, 0, $2, 2, 'Rude', $3)",
      cat, mei, at(1));
  viewed(0, boat, 5);
  viewed(1, boat, 2);
  viewed(1, cat, 9);
  viewed(-1, unseen, 50);
  viewed(4, unseen, 50);
  for (const auto& [kind, count] : {std::pair("view", 16), std::pair("like", 2),
                                    std::pair("comment", 1), std::pair("follow", 2)}) {
    used(1, kind, "", count);
    used(-3, kind, "", 1);
  }
  go_to(3);
  const Dashboard shown = show("engagement", true);
  EXPECT_EQ(by_id(shown.figures, "views").value, 16);
  EXPECT_EQ(by_id(shown.figures, "likes").value, 2);
  EXPECT_EQ(by_id(shown.figures, "follows").value, 2);
  EXPECT_EQ(by_id(shown.figures, "comments").value, 1);
  EXPECT_EQ(by_id(shown.figures, "views").before, 1);
  EXPECT_EQ(series(shown, "engagement", "views").values, (Values{0, 16, 0, 0}));
  EXPECT_EQ(series(shown, "engagement", "likes").values, (Values{0, 2, 0, 0}));
  EXPECT_EQ(series(shown, "engagement", "comments").values, (Values{0, 1, 0, 0}));
  EXPECT_EQ(series(shown, "engagement", "follows").before, (Values{0, 1, 0, 0}));
  EXPECT_EQ(lines(by_id(shown.tables, "popular_photos")),
            (Lines{"#" + cat.str() + " 9 0 1", "#" + boat.str() + " 7 2 0"}));
  EXPECT_EQ(lines(by_id(shown.tables, "popular_people")), (Lines{"@ada 9 0 2", "@mei 7 2 1"}));
}

TEST_P(AnalyticsTest, NothingIsPopularThatIsNotForEverybody) {
  const AccountId mei = people_->join("mei");
  const AccountId shy = people_->join("shy", "", true);
  const AccountId bad = people_->join("bad");
  const PhotoId shown = people_->photo(mei);
  viewed(0, shown, 1);
  std::vector<PhotoId> hidden{people_->photo(mei, {.visibility = Visibility::only_me}),
                              people_->photo(mei, {.state = PhotoState::held}), people_->photo(shy),
                              people_->photo(bad)};
  // So many that they would take all places, were they not left out first.
  for (int i = 0; i < 45; ++i) {
    hidden.push_back(people_->photo(mei, {.visibility = Visibility::followers}));
  }
  for (const PhotoId each : hidden) viewed(0, each, 100);
  people_->set_state(bad, accounts::AccountState::suspended);
  const Dashboard engagement = show("engagement");
  EXPECT_EQ(lines(by_id(engagement.tables, "popular_photos")),
            (Lines{"#" + shown.str() + " 1 0 0"}));
  EXPECT_EQ(lines(by_id(engagement.tables, "popular_people")), (Lines{"@mei 4701 0 1"}));
}

// In the morning the last day is no worse than the one that it is compared with, only because it is
// young, and days that are to come are compared with none.
TEST_P(AnalyticsTest, ARangeIsComparedWithOneThatWasAsFar) {
  used(-3, "view", "", 4);
  used(-1, "view", "", 10);
  used(3, "view", "", 3);
  for (const auto& [of_hour, views] : {std::pair(8, 2), std::pair(9, 1), std::pair(10, 7)}) {
    by_hour(-1, of_hour, "view", views);
  }
  const auto views = [&](std::string_view step = "day") {
    return by_id(show("engagement", true, step).figures, "views");
  };
  go_to(3, 9 * hour + 30 * minute);
  EXPECT_EQ(views().value, 3);
  EXPECT_EQ(views().before, 7);
  EXPECT_EQ(views("hour").before, 7);
  EXPECT_EQ(views("month").before, 7);
  EXPECT_EQ(series(show("engagement", true), "engagement", "views").before, (Values{0, 4, 0, 10}));
  go_to(3, 23 * hour);
  EXPECT_EQ(views().before, 14);
  go_to(9);
  EXPECT_EQ(views().before, 14);
}

TEST_P(AnalyticsTest, DaysThatAreToComeAreComparedWithNone) {
  used(-3, "view", "", 4);
  used(-1, "view", "", 10);
  go_to(2, 9 * hour);
  EXPECT_EQ(by_id(show("engagement", true).figures, "views").before, 4);
  go_to(-10);
  EXPECT_EQ(by_id(show("engagement", true).figures, "views").before, 0);
}

TEST_P(AnalyticsTest, LikedBeforeViewsWereCounted) {
  const AccountId mei = people_->join("mei");
  const PhotoId boat = people_->photo(mei);
  const PhotoId dull = people_->photo(mei);
  (void)people_->like(people_->join("ada"), boat);
  exec(
      "INSERT INTO popular (place, photo_id, score, ranked_at) VALUES (1, $1, 2, 0),"
      " (2, $2, 1, 0)",
      boat, dull);
  EXPECT_EQ(lines(by_id(show("engagement").tables, "popular_photos")),
            (Lines{"#" + boat.str() + " 0 1 0"}));
}

TEST_P(AnalyticsTest, WhatIsLookedFor) {
  go_to(3);
  used(0, "search", "", 10);
  used(2, "search", "", 5);
  used(2, "search_empty", "", 3);
  used(-1, "search_empty", "", 1);
  looked_for(0, "guitar", 6, 0);
  looked_for(2, "guitar", 1, 1);
  looked_for(2, "piano", 8, 0);
  looked_for(1, "zither", 3, 3);
  looked_for(-1, "piano", 90, 90);
  looked_for(4, "piano", 90, 90);
  const Dashboard shown = show("search", true);
  EXPECT_EQ(by_id(shown.figures, "searches").value, 15);
  EXPECT_EQ(by_id(shown.figures, "without_result").value, 3);
  EXPECT_EQ(by_id(shown.figures, "without_result").before, 1);
  EXPECT_EQ(series(shown, "searches", "searches").values, (Values{10, 0, 5, 0}));
  EXPECT_EQ(series(shown, "searches", "without_result").values, (Values{0, 0, 3, 0}));
  EXPECT_EQ(lines(by_id(shown.tables, "words")), (Lines{"piano 8 0", "guitar 7 1", "zither 3 3"}));
  EXPECT_EQ(lines(by_id(shown.tables, "words_without_result")),
            (Lines{"zither 3 3", "guitar 7 1"}));
}

TEST_P(AnalyticsTest, ModerationAndHowLongItTakes) {
  using moderation::Action;
  go_to(3);
  for (const auto& [label, count] :
       {std::pair("published", 50), std::pair("held", 4), std::pair("removed", 3),
        std::pair("approved", 2), std::pair("reported", 6), std::pair("overturned", 1),
        std::pair("kept", 7), std::pair("suspended", 8)}) {
    used(1, "moderation", label, count);
    used(-2, "moderation", label, 1);
  }
  std::int64_t id = 0;
  const auto decide = [&](int of_day, Action action, std::string_view reason,
                          std::optional<std::int64_t> undoes = std::nullopt) {
    ++id;
    exec(
        "INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, action, reason, note,"
        " state_before, state_after, owner_state_before, facts, undoes, created_at)"
        " VALUES ($1, 1, 1, 1, $2, $3, '', 3, 4, 0, '{}', $4, $5)",
        id, action, reason, undoes, at(of_day) + id);
  };
  decide(1, Action::hold, "suggestive");
  decide(2, Action::hold, "suggestive");
  decide(2, Action::remove, "spam");
  decide(2, Action::remove, "explicit");
  decide(2, Action::undo, "", id);
  decide(-1, Action::remove, "spam");
  const PhotoId boat = people_->photo(people_->join("mei"));
  for (const auto& [of_day, waited] :
       {std::pair(0, 10), std::pair(0, 30), std::pair(0, 20), std::pair(2, 5), std::pair(-4, 7)}) {
    exec(
        "INSERT INTO moderation_cases (id, photo_id, origin, reason, facts, opened_at, closed_at)"
        " VALUES ($1, $2, 0, '', '{}', $3, $4)",
        ++id, boat, at(of_day), at(of_day) + waited * second);
  }
  const Dashboard shown = show("moderation", true);
  EXPECT_EQ(by_id(shown.figures, "held").value, 4);
  EXPECT_EQ(by_id(shown.figures, "removed").value, 3);
  EXPECT_EQ(by_id(shown.figures, "reports").value, 6);
  EXPECT_EQ(by_id(shown.figures, "overturned").value, 1);
  EXPECT_EQ(by_id(shown.figures, "held").before, 1);
  EXPECT_EQ(series(shown, "decisions", "published").values, (Values{0, 50, 0, 0}));
  EXPECT_EQ(series(shown, "decisions", "held").values, (Values{0, 4, 0, 0}));
  EXPECT_EQ(series(shown, "decisions", "removed").before, (Values{0, 0, 1, 0}));
  EXPECT_EQ(series(shown, "decisions", "approved").values, (Values{0, 2, 0, 0}));
  EXPECT_EQ(series(shown, "decisions", "overturned").values, (Values{0, 1, 0, 0}));
  EXPECT_EQ(series(shown, "decisions", "kept").values, (Values{0, 7, 0, 0}));
  EXPECT_EQ(series(shown, "decisions", "suspended").values, (Values{0, 8, 0, 0}));
  EXPECT_EQ(series(shown, "delay", "median").values, (Values{20, unknown, 5, unknown}));
  EXPECT_EQ(series(shown, "delay", "p90").values, (Values{30, unknown, 5, unknown}));
  EXPECT_EQ(series(shown, "delay", "median").before, (Values{7, unknown, unknown, unknown}));
  EXPECT_EQ(lines(by_id(shown.tables, "reasons")), (Lines{"hold suggestive 2", "remove spam 1"}));
}

// Of days that are over from the summary, of the others from the rows: each once, and what is taken
// back just after midnight in neither.
TEST_P(AnalyticsTest, DecisionsOfManyDays) {
  using moderation::Action;
  std::int64_t id = 0;
  const auto decide = [&](Micros when, Action action, std::string_view reason,
                          std::optional<std::int64_t> undoes = std::nullopt) {
    exec(
        "INSERT INTO moderation_decisions (id, case_id, photo_id, owner_id, action, reason, note,"
        " state_before, state_after, owner_state_before, facts, undoes, created_at)"
        " VALUES ($1, 1, 1, 1, $2, $3, '', 3, 4, 0, '{}', $4, $5)",
        ++id, action, reason, undoes, when);
    return id;
  };
  const auto decided = [&] { return lines(by_id(show("moderation").tables, "reasons")); };
  decide(at(0), Action::remove, "spam");
  decide(at(1) - 1, Action::remove, "spam");
  const std::int64_t mistaken = decide(at(1) - 2, Action::hold, "suggestive");
  go_to(1, second);
  analytics_->refresh_if_due();
  EXPECT_EQ(decided(), (Lines{"remove spam 2", "hold suggestive 1"}));
  decide(at(1) + 5 * second, Action::undo, "", mistaken);
  EXPECT_EQ(decided(), (Lines{"remove spam 2"}));
  go_to(1, 2 * hour);
  analytics_->refresh_if_due();
  EXPECT_EQ(people_->number("SELECT SUM(count) FROM analytics_decisions"), 2);
  EXPECT_EQ(decided(), (Lines{"remove spam 2"}));
  decide(at(1) + 3 * hour, Action::remove, "spam");
  EXPECT_EQ(decided(), (Lines{"remove spam 3"}));
  go_to(2, 2 * hour);
  analytics_->refresh_if_due();
  analytics_->refresh_if_due();
  EXPECT_EQ(decided(), (Lines{"remove spam 3"}));
}

// Likewise; by the hour from the rows alone, and a day's figure stays where its rows go.
TEST_P(AnalyticsTest, DelaysOfManyDays) {
  const PhotoId boat = people_->photo(people_->join("mei"));
  std::int64_t id = 0;
  const auto close = [&](Micros when, std::int64_t waited) {
    exec(
        "INSERT INTO moderation_cases (id, photo_id, origin, reason, facts, opened_at, closed_at)"
        " VALUES ($1, $2, 0, '', '{}', $3, $4)",
        ++id, boat, when - waited * second - second / 3, when);
  };
  const auto delays = [&](std::string_view step = "day") {
    return series(show("moderation", true, step), "delay", "median");
  };
  close(at(-4), 9);
  close(at(0), 30);
  close(at(0) + 2 * hour, 10);
  close(at(0) + 3 * hour, 20);
  close(at(1), 5);
  const Values expected{20, 5, unknown, unknown};
  EXPECT_EQ(delays().values, expected);
  go_to(2, 2 * hour);
  analytics_->refresh_if_due();
  EXPECT_EQ(people_->number("SELECT count(*) FROM analytics_delays"), 3);
  EXPECT_EQ(delays().values, expected);
  EXPECT_EQ(delays().before, (Values{9, unknown, unknown, unknown}));
  close(at(2) + hour, 40);
  EXPECT_EQ(delays().values, (Values{20, 5, 40, unknown}));
  const Values hours = delays("hour").values;
  EXPECT_EQ(hours[0], 30);
  EXPECT_EQ(hours[2], 10);
  EXPECT_EQ(hours[3], 20);
  exec("DELETE FROM moderation_cases WHERE closed_at < $1", at(1));
  EXPECT_EQ(delays().values, (Values{20, 5, 40, unknown}));
  go_to(3, 2 * hour);
  analytics_->refresh_if_due();
  EXPECT_EQ(delays().values, (Values{20, 5, 40, unknown}));
}

TEST_P(AnalyticsTest, HowTheSystemRuns) {
  go_to(3);
  used(0, "request", "feed", 100, 5'000);
  used(0, "request", "media", 300, 90'000);
  used(1, "request", "feed", 10, 500);
  for (const auto& [of_day, route, bound, requests] :
       {std::tuple(0, "feed/", "1000", 90), std::tuple(0, "feed/", "10000", 10),
        std::tuple(1, "media/", "2500", 4)}) {
    used(of_day, "route_time", std::string(route) + bound, requests);
    used(of_day, "request_time", bound, requests);
  }
  used(0, "error", "4xx", 7);
  used(1, "error", "5xx", 2);
  used(1, "cpu", "web", 4, 2'500'000);
  used(0, "gauge", "queue_depth", 1, 12);
  used(0, "gauge", "queue_age", 1, 90 * second);
  used(0, "gauge", "memory", 1, 300);
  used(0, "gauge", "memory_worker", 1, 200);
  used(0, "gauge", "disk_free", 1, 4'000);
  const Dashboard shown = show("system");
  EXPECT_EQ(by_id(shown.figures, "requests").value, 410);
  EXPECT_EQ(by_id(shown.figures, "errors").value, 9);
  EXPECT_NEAR(*by_id(shown.figures, "p50").value, 0.789, 0.001);
  EXPECT_NEAR(*by_id(shown.figures, "p99").value, 9.48, 0.01);
  EXPECT_EQ(series(shown, "requests", "feed").values, (Values{100, 10, 0, 0}));
  EXPECT_EQ(series(shown, "requests", "media").values, (Values{300, 0, 0, 0}));
  EXPECT_EQ(by_id(shown.charts, "requests").series.size(), 9u);
  EXPECT_EQ(series(shown, "latency", "p90").values[0], 1);
  EXPECT_EQ(series(shown, "latency", "p50").values[2], unknown);
  EXPECT_EQ(series(shown, "errors", "4xx").values, (Values{7, 0, 0, 0}));
  EXPECT_EQ(series(shown, "errors", "5xx").values, (Values{0, 2, 0, 0}));
  EXPECT_EQ(series(shown, "queue", "depth").values[0], 12);
  EXPECT_EQ(series(shown, "queue", "age").values[0], 90);
  EXPECT_EQ(series(shown, "cpu", "web").values, (Values{0, 2.5, 0, 0}));
  EXPECT_EQ(series(shown, "bytes_out", "bytes_out").values, (Values{95'000, 500, 0, 0}));
  EXPECT_EQ(series(shown, "memory", "memory").values[0], 300);
  EXPECT_EQ(series(shown, "memory", "worker").values[0], 200);
  EXPECT_EQ(series(shown, "disk", "free").values[0], 4'000);
  EXPECT_EQ(lines(by_id(shown.tables, "routes")),
            (Lines{"feed 110 5500 0.777778 9.5", "media 300 90000 1.75 2.485"}));
}

TEST_P(AnalyticsTest, ByTheHour) {
  go_to(0, 3 * hour);
  for (const auto& [of_hour, count] : {std::pair(0, 5), std::pair(2, 7)}) {
    by_hour(0, of_hour, "like", count);
  }
  const auto shown = analytics_->dashboard(
      "engagement", {.from = "2026-11-01", .to = "2026-11-01", .step = "hour"});
  ASSERT_TRUE(shown.has_value());
  const Values& likes = series(*shown, "engagement", "likes").values;
  ASSERT_EQ(likes.size(), 24u);
  EXPECT_EQ(Values(likes.begin(), likes.begin() + 5), (Values{5, 0, 7, 0, unknown}));
  used(0, "like", "", 12);
  // Hours go after a hundred days; figures are those of the days, which stay.
  used(-123, "like", "", 40);
  used(-123, "moderation", "removed", 2);
  used(-123, "request", "feed", 9, 90);
  const auto long_ago = [&](std::string_view area) {
    return *analytics_->dashboard(area, {.from = "2026-07-01", .to = "2026-07-01", .step = "hour"});
  };
  EXPECT_EQ(series(long_ago("engagement"), "engagement", "likes").values[0], unknown);
  EXPECT_EQ(by_id(long_ago("engagement").figures, "likes").value, 40);
  EXPECT_EQ(by_id(long_ago("moderation").figures, "removed").value, 2);
  EXPECT_EQ(by_id(long_ago("system").figures, "requests").value, 9);
  EXPECT_EQ(lines(by_id(long_ago("system").tables, "routes")), (Lines{"feed 9 90 - -"}));
  const auto again = analytics_->dashboard(
      "engagement", {.from = "2026-11-01", .to = "2026-11-01", .step = "hour"});
  EXPECT_EQ(by_id(again->figures, "likes").value, 12);
  const auto members =
      analytics_->dashboard("people", {.from = "2026-11-01", .to = "2026-11-02", .step = "hour"});
  EXPECT_EQ(by_id(members->charts, "members").times.size(), 2u);
}

TEST_P(AnalyticsTest, TheOverview) {
  go_to(-8);
  const AccountId mei = people_->join("mei");
  people_->photo(mei);
  go_to(0);
  was_here(-3, mei);
  was_here(0, people_->join("ada"));
  were_active(-7, 1, 3, 9);
  used(0, "route_time", "feed/1000", 100);
  used(-7, "route_time", "feed/5000", 100);
  used(0, "view", "", 4);
  used(-6, "view", "", 6);
  used(-7, "view", "", 3);
  used(0, "storage", "originals", 1, 80);
  used(0, "storage", "database", 1, 20);
  const Overview shown = analytics_->overview();
  const auto check = [&](std::string_view id, Value value, Value before) {
    const Figure& figure = by_id(shown.figures, id);
    EXPECT_EQ(figure.value, value) << id;
    EXPECT_EQ(figure.before, before) << id;
    ASSERT_EQ(figure.spark.size(), 30u) << id;
  };
  check("members", 2, 1);
  check("active", 2, 3);
  check("photos", 1, 1);
  check("views", 10, 3);
  check("storage", 100, unknown);
  EXPECT_EQ(by_id(shown.figures, "views").spark[23], 6);
  EXPECT_EQ(by_id(shown.figures, "members").spark[20], unknown);
  EXPECT_NEAR(*by_id(shown.figures, "p99").value, 0.995, 0.0001);
  EXPECT_NEAR(*by_id(shown.figures, "p99").before, 4.975, 0.0001);
  EXPECT_EQ(shown.figures.size(), 6u);
  // Just after midnight, before anything of the new day was measured.
  go_to(1, minute);
  const Overview night = analytics_->overview();
  EXPECT_EQ(by_id(night.figures, "storage").value, 100);
  EXPECT_EQ(by_id(night.figures, "active").value, 2);
}

// In the morning a week is no worse than the one before, only because its last day is young.
TEST_P(AnalyticsTest, TheOverviewComparesWithAWeekThatWasAsFar) {
  used(-7, "view", "", 10);
  used(0, "view", "", 3);
  for (const auto& [of_hour, views] : {std::pair(8, 2), std::pair(9, 1), std::pair(10, 7)}) {
    by_hour(-7, of_hour, "view", views);
  }
  const auto views = [&] { return by_id(analytics_->overview().figures, "views"); };
  go_to(0, 9 * hour + 30 * minute);
  EXPECT_EQ(views().value, 3);
  EXPECT_EQ(views().before, 3);
  go_to(0, 23 * hour);
  EXPECT_EQ(views().before, 10);
}

TEST_P(AnalyticsTest, WhatIsSlowToCountIsCountedBeforeAndRarely) {
  people_->join("mei");
  exec("INSERT INTO analytics_refresh (id, at, took) VALUES (1, $1, $2)", at(0), second);
  go_to(0, 300 * second);
  EXPECT_EQ(show("people").updated_at, at(0));
  analytics_->refresh_if_due();
  EXPECT_EQ(show("people").updated_at, at(0) + 300 * second);
  exec("UPDATE analytics_refresh SET took = $1", second);
  go_to(0, 400 * second);
  analytics_->refresh_if_due();
  EXPECT_EQ(show("people").updated_at, at(0) + 300 * second);
}

TEST_P(AnalyticsTest, NoOtherAreas) {
  for (const std::string_view area : {"", "People", "tags/x", "members"}) {
    EXPECT_EQ(analytics_->dashboard(area, {}).error().code, "not_found") << area;
  }
  EXPECT_EQ(analytics_->dashboard("people", {.from = "x"}).error().code, "invalid_range");
}

TEST_P(AnalyticsTest, WhoIsErasedIsInNoSummary) {
  const AccountId mei = people_->join("mei");
  viewed(0, people_->photo(mei), 3);
  show("engagement");
  EXPECT_EQ(people_->number("SELECT count(*) FROM analytics_people"), 1);
  exec("DELETE FROM photos WHERE owner_id = $1", mei);
  exec("DELETE FROM accounts WHERE id = $1", mei);
  EXPECT_EQ(people_->number("SELECT count(*) FROM analytics_people"), 0);
}

TEST_P(AnalyticsTest, WhoseViewsAreOldIsInNoSummary) {
  viewed(0, people_->photo(people_->join("mei")), 3);
  show("engagement");
  go_to(101);
  analytics_->refresh_if_due();
  EXPECT_EQ(people_->number("SELECT count(*) FROM analytics_people"), 0);
}

ON_BOTH_ENGINES(AnalyticsTest);

}  // namespace
}  // namespace picsharz::analytics
