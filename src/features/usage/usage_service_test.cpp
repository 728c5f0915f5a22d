#include "features/usage/usage_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>

#include "features/accounts/account_store.h"
#include "features/photos/photo_store.h"
#include "features/usage/usage_rules.h"
#include "features/usage/usage_upkeep_service.h"
#include "support/test_database.h"

namespace picsharz::usage {
namespace {

constexpr Micros monday = 1'795'392'000 * second;  // 2026-11-23T00:00:00Z

// One process: what it counts, and what writes it.
struct Process {
  Process(db::Database& database, const Clock& clock)
      : service(database, clock, *tally, *members) {}
  std::unique_ptr<Tally> tally = std::make_unique<Tally>();
  std::unique_ptr<SeenMembers> members = std::make_unique<SeenMembers>();
  UsageService service;
};

// Fails as long as it is told to.
class MoodyDatabase final : public db::Database {
 public:
  explicit MoodyDatabase(db::Database& real) : real_(real) {}
  db::Engine engine() const override { return real_.engine(); }
  void run_read(FunctionRef<void(db::Tx&)> work) override { real_.run_read(work); }
  void run_write(Work work) override {
    if (down) throw db::DatabaseError("down");
    real_.run_write(work);
  }
  void run_write_async(AsyncWork work, Done done) override {
    real_.run_write_async(std::move(work), std::move(done));
  }
  db::DatabaseStats stats() const override { return real_.stats(); }
  bool down = false;

 private:
  db::Database& real_;
};

class UsageServiceTest : public test::DatabaseSuite {
 protected:
  void SetUp() override {
    DatabaseSuite::SetUp();
    if (IsSkipped()) return;
    one_.emplace(db(), clock_);
    upkeep_.emplace(db(), clock_);
  }
  void TearDown() override {
    one_.reset();
    DatabaseSuite::TearDown();
  }
  Process& one() { return *one_; }
  UsageService& service() { return one_->service; }
  UsageUpkeepService& upkeep() { return *upkeep_; }

  // Of everything: count and amount.
  using Sums = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;
  Sums sums(Step step, Micros from = 0, Micros to = 3'000'000'000 * second) {
    Sums found;
    for (const Counted& row : service().counted(from, to, step)) {
      auto& [count, amount] = found[row.kind + " " + row.label];
      count += row.count;
      amount += row.amount;
    }
    return found;
  }
  AccountId join(std::string_view handle, std::string_view name = "") {
    accounts::Account account;
    account.id = ids_.next<AccountId>();
    account.handle = handle;
    account.email = std::string(handle) + "@example.org";
    account.name = name;
    account.created_at = clock_.now();
    EXPECT_TRUE(db().write(
        [&](db::Tx& tx) { return accounts::AccountStore().insert(tx, account, "no password"); }));
    return account.id;
  }
  PhotoId photo_of(AccountId owner) {
    photos::Photo photo;
    photo.id = ids_.next<PhotoId>();
    photo.owner = owner;
    photo.tags = "[]";
    photo.created_at = clock_.now();
    db().write([&](db::Tx& tx) { photos::PhotoStore().insert(tx, photo, {}); });
    return photo.id;
  }
  void was_here(AccountId account) {
    one().members->seen(account);
    service().flush();
  }
  // Somebody else each time, else it is said who.
  void searched(std::string_view typed, bool found, std::string_view who = "") {
    const std::string other = "searcher " + std::to_string(++searchers_);
    service().searched(typed, found, who.empty() ? other : who);
  }
  using Words = std::vector<SearchedWords>;
  Words words_of(Micros at, bool without_result = false) {
    return service().searched_words(at, at + day, without_result, 10);
  }
  // Who was here, by the day since the first.
  std::map<std::int64_t, std::int64_t> here_by_day() {
    std::map<std::int64_t, std::int64_t> found;
    db().read([&](db::Tx& tx) {
      tx.each(
          "SELECT (day - $1) / $2, count(*) FROM active_days GROUP BY 1",
          [&](const db::Row& row) { found[row.integer(0)] = row.integer(1); }, monday, day);
    });
    return found;
  }
  // So many, all seen today by one().
  void crowd(std::size_t size) {
    std::vector<AccountId> members;
    db().write([&](db::Tx& tx) {
      for (std::size_t i = 0; i < size; ++i) {
        accounts::Account account;
        account.id = members.emplace_back(ids_.next<AccountId>());
        account.handle = "m" + std::to_string(i);
        account.email = account.handle + "@example.org";
        account.created_at = clock_.now();
        accounts::AccountStore().insert(tx, account, "no password");
      }
    });
    for (const AccountId each : members) one().members->seen(each);
  }
  std::int64_t number(const db::Sql& sql) {
    return db().read([&](db::Tx& tx) {
      return tx.one(sql, [](const db::Row& row) { return row.integer(0); }).value_or(-1);
    });
  }

  FakeClock clock_{monday + 10 * hour + 30 * minute};
  IdSource ids_{clock_, 1};

 private:
  int searchers_ = 0;
  std::optional<Process> one_;
  std::optional<UsageUpkeepService> upkeep_;
};
ON_BOTH_ENGINES(UsageServiceTest);

TEST_P(UsageServiceTest, AFlushAddsExactlyWhatWasCounted) {
  one().tally->count(Use::like);
  one().tally->count(Use::like);
  one().tally->count(Use::upload_bytes, "image/webp", 1'234);
  service().flush();
  service().flush();
  one().tally->count(Use::like);
  service().flush();
  const Sums wanted = {{"like ", {3, 0}}, {"upload_bytes image/webp", {1, 1'234}}};
  EXPECT_EQ(sums(Step::hour), wanted);
  EXPECT_EQ(sums(Step::day), wanted);
  const auto rows = service().counted(monday, monday + day, Step::hour);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at, monday + 10 * hour);
  EXPECT_EQ(service().counted(monday, monday + day, Step::day)[0].at, monday);
}

TEST_P(UsageServiceTest, WhatWasCountedBelongsToWhenThatBegan) {
  one().tally->count(Use::view);
  clock_.advance(30 * minute);  // to the next hour
  service().flush();
  one().tally->count(Use::view);
  one().tally->count(Use::view);
  clock_.advance(14 * hour);  // to the next day
  service().flush();
  const auto rows = service().counted(0, 2 * monday, Step::hour);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], (Counted{monday + 10 * hour, "view", "", 1, 0}));
  EXPECT_EQ(rows[1], (Counted{monday + 11 * hour, "view", "", 2, 0}));
  const auto days = service().counted(0, 2 * monday, Step::day);
  ASSERT_EQ(days.size(), 1U);
  EXPECT_EQ(days[0], (Counted{monday, "view", "", 3, 0}));
}

TEST_P(UsageServiceTest, TwoProcessesAtOnceAddUp) {
  Process other(db(), clock_);
  constexpr int rounds = 20;
  const auto work = [](Process& process) {
    for (int i = 0; i < rounds; ++i) {
      for (const Use use : {Use::like, Use::view, Use::comment, Use::log_in}) {
        process.tally->count(use, 0, 2);
      }
      process.service.flush();
    }
  };
  std::jthread first([&] { work(one()); });
  std::jthread second_one([&] { work(other); });
  first.join();
  second_one.join();
  const std::pair<std::int64_t, std::int64_t> each = {2 * rounds, 4 * rounds};
  const Sums wanted = {{"like ", each}, {"view ", each}, {"comment ", each}, {"log_in ", each}};
  EXPECT_EQ(sums(Step::hour), wanted);
  EXPECT_EQ(sums(Step::day), wanted);
}

TEST_P(UsageServiceTest, WhatADatabaseThatIsDownDidNotTakeIsWrittenLater) {
  MoodyDatabase moody(db());
  Process process(moody, clock_);
  const AccountId ada = join("ada");
  const AccountId mei = join("mei");
  const PhotoId photo = photo_of(mei);
  std::int64_t sent = 7;
  process.service.add_counter("mail", "sent", UsageService::As::count, [&] { return sent; });
  process.tally->count(Use::like);
  process.members->seen(ada);
  process.service.viewed(photo);
  process.service.searched("boats", false, "ada");
  moody.down = true;
  EXPECT_THROW(process.service.flush(true), db::DatabaseError);
  process.tally->count(Use::like);
  sent = 9;
  moody.down = false;
  process.service.flush(true);
  process.service.flush(true);
  const Sums wanted = {{"like ", {2, 0}},
                       {"mail sent", {9, 0}},
                       {"search ", {1, 0}},
                       {"search_empty ", {1, 0}},
                       {"view ", {1, 0}}};
  EXPECT_EQ(sums(Step::day), wanted);
  EXPECT_EQ(service().active_today(), 1);
  EXPECT_EQ(service().viewed_photos(monday, monday + day, 10),
            (std::vector<ViewedPhoto>{{photo, 1}}));
  EXPECT_EQ(words_of(monday, true), (Words{{"boats", 1, 1}}));
}

TEST_P(UsageServiceTest, RequestsAreAddedUpByClassAndAltogether) {
  one().tally->count_request(RouteClass::feed, 200, 100, 900, true);
  one().tally->count_request(RouteClass::media, 200, 50, 900, true);
  one().tally->count_request(RouteClass::media, 404, 5, 90, true);
  service().flush();
  const Sums wanted = {{"request feed", {1, 100}},         {"request media", {2, 55}},
                       {"route_time feed/1000", {1, 900}}, {"route_time media/1000", {1, 900}},
                       {"route_time media/100", {1, 90}},  {"request_time 1000", {2, 1'800}},
                       {"request_time 100", {1, 90}},      {"error 4xx", {1, 0}}};
  EXPECT_EQ(sums(Step::hour), wanted);
  const std::string_view kinds[] = {"request_time", "error"};
  const auto some = service().counted(0, 2 * monday, Step::hour, kinds);
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some[0].kind, "error");
  EXPECT_EQ(some[1].label, "100");
}

TEST_P(UsageServiceTest, CountersGrowAndGaugesKeepTheirLastValue) {
  std::int64_t cpu = 1'000;
  std::int64_t depth = 5;
  service().add_counters("cpu", UsageService::As::amount, [&] {
    return std::vector<std::pair<std::string, std::int64_t>>{{"web", cpu}, {"decode", 0}};
  });
  service().add_gauge("queue_depth", [&] { return depth; });
  service().flush();
  cpu = 1'500;
  depth = 9;
  service().flush();  // within a minute: nothing is read
  EXPECT_EQ(sums(Step::hour)["cpu web"], (std::pair<std::int64_t, std::int64_t>{1, 1'000}));
  clock_.advance(minute);
  service().flush();
  depth = 2;
  clock_.advance(minute);
  service().flush();
  const Sums wanted = {{"cpu web", {2, 1'500}}, {"gauge queue_depth", {1, 2}}};
  EXPECT_EQ(sums(Step::hour), wanted);
  EXPECT_EQ(sums(Step::day), wanted);
}

// A process that is killed loses what it has not written: with everything else goes what its
// sources counted meanwhile. CPU alone grows always and is no reason to write.
TEST_P(UsageServiceTest, CountersGoWithWhateverIsWritten) {
  std::int64_t cpu = 1'000;
  std::int64_t sent = 1;
  std::int64_t depth = 5;
  service().add_counter("cpu", "web", UsageService::As::amount, [&] { return cpu; });
  service().add_counter("mail", "sent", UsageService::As::count, [&] { return sent; });
  service().add_gauge("queue_depth", [&] { return depth; });
  service().flush();
  using Sum = std::pair<std::int64_t, std::int64_t>;
  const auto cpu_written = [&] { return sums(Step::day)["cpu web"].second; };
  cpu = 1'500;
  depth = 9;
  clock_.advance(10 * second);
  service().flush();
  EXPECT_EQ(cpu_written(), 1'000);
  one().tally->count(Use::like);
  service().flush();
  EXPECT_EQ(cpu_written(), 1'500);
  cpu = 1'700;
  sent = 2;
  service().flush();
  EXPECT_EQ(cpu_written(), 1'700);
  EXPECT_EQ(sums(Step::day)["mail sent"], (Sum{2, 0}));
  EXPECT_EQ(sums(Step::day)["gauge queue_depth"], (Sum{1, 5}));
  cpu = 1'800;
  clock_.advance(minute);
  service().flush();
  EXPECT_EQ(cpu_written(), 1'800);
  EXPECT_EQ(sums(Step::day)["gauge queue_depth"], (Sum{1, 9}));
}

TEST_P(UsageServiceTest, ASourceThatFailsKeepsNothingElseBack) {
  bool broken = true;
  std::int64_t mails = 2;
  service().add_counter("mail", "sent", UsageService::As::count, [&] {
    if (broken) throw std::runtime_error("no mails");
    return mails;
  });
  service().add_gauge("disk_free", [&]() -> std::int64_t {
    if (broken) throw std::runtime_error("no disk");
    return 3;
  });
  one().tally->count(Use::like);
  service().flush(true);
  EXPECT_EQ(sums(Step::day), (Sums{{"like ", {1, 0}}}));
  broken = false;
  service().flush(true);
  broken = true;
  service().flush(true);
  mails = 3;
  broken = false;
  service().flush(true);
  const Sums wanted = {{"like ", {1, 0}}, {"gauge disk_free", {1, 3}}, {"mail sent", {3, 0}}};
  EXPECT_EQ(sums(Step::day), wanted);
}

// All at once after a start: so many in a transaction, the rest with the next ones, on their day.
TEST_P(UsageServiceTest, ManyMembersAreWrittenBitByBit) {
  const std::size_t all = 2 * members_at_once + 500;
  crowd(all);
  for (const std::size_t written : {members_at_once, 2 * members_at_once, all, all}) {
    service().flush();
    EXPECT_EQ(number("SELECT count(*) FROM active_days"), static_cast<std::int64_t>(written));
  }
}

TEST_P(UsageServiceTest, NobodyIsLeftWhenItStops) {
  constexpr std::int64_t all = members_at_once + 500;
  service().start();
  crowd(all);
  service().stop();
  EXPECT_EQ(number("SELECT count(*) FROM active_days"), all);
}

TEST_P(UsageServiceTest, WhoWaitsAtTheEndOfADayWasHereOnThatDay) {
  constexpr std::int64_t all = 2 * members_at_once + 500;
  crowd(all);
  service().flush();
  clock_.advance(14 * hour);
  one().members->seen(join("late"));  // noticed before the flush that ends the day
  service().flush();
  EXPECT_EQ(here_by_day(), (std::map<std::int64_t, std::int64_t>{{0, all + 1}}));
  was_here(join("early"));
  EXPECT_EQ(here_by_day(), (std::map<std::int64_t, std::int64_t>{{0, all + 1}, {1, 1}}));
}

TEST_P(UsageServiceTest, WordsAndViewsAreBounded) {
  for (std::size_t i = 0; i < words_waiting + 500; ++i) {
    searched("word" + std::string(1 + i % 7, 'x') + " w" + std::to_string(i), true);
  }
  service().flush();
  EXPECT_EQ(number("SELECT count(*) FROM search_days"), static_cast<std::int64_t>(words_waiting));
  EXPECT_EQ(sums(Step::day)["search "].first, static_cast<std::int64_t>(words_waiting + 500));
}

// Whoever goes through the pages of a search again and again makes no words often searched, which
// would be kept for ever.
TEST_P(UsageServiceTest, WhoLooksForTheSameAgainCountsOnceADay) {
  for (const char* typed : {"harbour", "Harbour ", "HARBOUR", "harbour"}) {
    searched(typed, false, "member 1");
    service().flush();
  }
  searched("harbour", true, "192.0.2.1");
  searched("night", true, "192.0.2.1");
  service().flush();
  EXPECT_EQ(sums(Step::day)["search "].first, 6);
  EXPECT_EQ(sums(Step::day)["search_empty "].first, 4);
  EXPECT_EQ(words_of(monday), (Words{{"harbour", 2, 1}, {"night", 1, 0}}));
  clock_.advance(day);
  service().flush();
  searched("harbour", true, "member 1");
  service().flush();
  EXPECT_EQ(words_of(monday + day), (Words{{"harbour", 1, 0}}));
}

// Nobody can fill the memory, and who does not fit makes nothing often searched.
TEST(InterestTest, SearchersAreBounded) {
  Interest interest;
  for (std::size_t i = 0; i < searchers_of_a_day + 10; ++i) {
    interest.searched("harbour", true, std::to_string(i));
  }
  EXPECT_EQ(interest.take().words.at("harbour").searches,
            static_cast<std::int64_t>(searchers_of_a_day));
  interest.searched("night", true, "1");
  EXPECT_TRUE(interest.take().empty());
  interest.forget_searchers();
  interest.searched("night", true, "1");
  const auto taken = interest.take();
  EXPECT_EQ(taken.words.at("night"), (SearchedWords{"", 1, 0}));
  // What could not be written comes again, whoever it was.
  interest.put_back(taken);
  EXPECT_EQ(interest.take().words.at("night"), (SearchedWords{"", 1, 0}));
}

TEST_P(UsageServiceTest, ADayHasRoomForSoManySearchesAndKnownOnesGoOn) {
  searched("known", true);
  service().flush();
  db().write([&](db::Tx& tx) {
    for (std::int64_t i = 1; i < words_per_day - 1; ++i) {
      tx.exec(
          "INSERT INTO search_days (day, words, searches, without_result) VALUES ($1, $2, 1, 0)",
          monday, "filler " + std::to_string(i));
    }
  });
  for (const char* typed : {"known", "aaa new", "bbb newer"}) searched(typed, false);
  service().flush();
  EXPECT_EQ(number("SELECT count(*) FROM search_days"), words_per_day);
  EXPECT_EQ(words_of(monday, true), (Words{{"aaa new", 1, 1}, {"known", 2, 1}}));
}

TEST_P(UsageServiceTest, ViewsOfAnErasedPhotoAndDaysOfAnErasedAccountAreNotWritten) {
  const AccountId ada = join("ada");
  const AccountId mei = join("mei");
  service().viewed(PhotoId{12'345});
  one().members->seen(AccountId{67'890});
  was_here(ada);
  was_here(mei);
  EXPECT_EQ(number("SELECT count(*) FROM photo_views"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM active_days"), 2);
  db().write([&](db::Tx& tx) { tx.exec("DELETE FROM accounts WHERE id = $1", ada); });
  EXPECT_EQ(service().active_today(), 1);
}

TEST_P(UsageServiceTest, TheThreadWritesAndTheLastCountsAtTheStop) {
  SystemClock real;
  Process process(db(), real);
  process.service.start();
  process.tally->count(Use::sign_up);
  process.service.stop();
  EXPECT_EQ(sums(Step::day)["sign_up "].first, 1);
  process.service.stop();
}

TEST_P(UsageServiceTest, ActiveMembersAndRetentionAreThoseOfANaiveModel) {
  std::mt19937 dice(20261129);
  RecordProperty("seed", "20261129");
  std::map<AccountId, Micros> joined;
  std::map<Micros, std::set<AccountId>> here;
  constexpr int days = 40;
  for (int d = 0; d < days; ++d) {
    const Micros today = day_of(clock_.now());
    for (int i = 0; i < 2; ++i) {
      const auto account = join("m" + std::to_string(d) + "x" + std::to_string(i));
      joined[account] = clock_.now();
    }
    for (const auto& [account, since] : joined) {
      if (d > 0 && dice() % 4 != 0) continue;  // a day with nobody has no numbers
      one().members->seen(account);
      here[today].insert(account);
    }
    service().flush();
    upkeep().count();
    if (d % 7 == 3) upkeep().prune();
    clock_.advance(day);
    service().flush();
  }
  upkeep().count();

  const auto within = [&](Micros from, Micros to) {
    std::set<AccountId> all;
    for (const auto& [at, who] : here) {
      if (at >= from && at < to) all.insert(who.begin(), who.end());
    }
    return all;
  };
  const auto counts = service().active(monday, monday + days * day);
  ASSERT_EQ(counts.size(), static_cast<std::size_t>(days));
  for (const ActiveCount& each : counts) {
    const auto so_many = [&](int back) {
      return static_cast<std::int64_t>(within(each.day - (back - 1) * day, each.day + day).size());
    };
    EXPECT_EQ(each.daily, so_many(1)) << format_time(each.day);
    EXPECT_EQ(each.weekly, so_many(7)) << format_time(each.day);
    EXPECT_EQ(each.monthly, so_many(30)) << format_time(each.day);
  }
  std::size_t weeks = 0;
  for (const RetentionWeek& each : service().retention(monday, monday + days * day)) {
    std::int64_t members = 0;
    std::int64_t active = 0;
    const Micros from = each.cohort + each.week * week;
    const auto those = within(from, from + week);
    for (const auto& [account, since] : joined) {
      if (monday_of(since) != each.cohort) continue;
      ++members;
      active += those.contains(account) ? 1 : 0;
    }
    EXPECT_EQ(each.members, members) << format_time(each.cohort) << " " << each.week;
    EXPECT_EQ(each.active, active) << format_time(each.cohort) << " " << each.week;
    ++weeks;
  }
  EXPECT_EQ(weeks, 21U);  // six cohorts, of which the first has six weeks
}

// Who was erased was there: of a week that is counted again no number shrinks, and the first row of
// a cohort keeps its size.
TEST_P(UsageServiceTest, ACohortKeepsItsSize) {
  const AccountId ada = join("ada");
  const AccountId mei = join("mei");
  was_here(ada);
  was_here(mei);
  upkeep().count();
  db().write([&](db::Tx& tx) { tx.exec("DELETE FROM accounts WHERE id = $1", ada); });
  upkeep().count();
  clock_.advance(week);
  service().flush();
  was_here(mei);
  upkeep().count();
  EXPECT_EQ(service().retention(monday, monday + day),
            (std::vector<RetentionWeek>{{monday, 0, 2, 2}, {monday, 1, 1, 1}}));
}

// Of days before anybody was here nothing is known; afterwards nobody is none.
TEST_P(UsageServiceTest, AnIdleCommunityHasNobody) {
  const auto counts = [&] {
    upkeep().count();
    return service().active(0, monday + 100 * day);
  };
  EXPECT_TRUE(counts().empty());
  clock_.advance(2 * day);
  service().flush();
  was_here(join("ada"));
  const Micros here = monday + 2 * day;
  EXPECT_EQ(counts(), (std::vector<ActiveCount>{{here, 1, 1, 1}}));
  clock_.advance(30 * day);
  service().flush();
  const auto later = counts();
  ASSERT_EQ(later.size(), 31U);
  EXPECT_EQ(later[6], (ActiveCount{here + 6 * day, 0, 1, 1}));
  EXPECT_EQ(later[29], (ActiveCount{here + 29 * day, 0, 0, 1}));
  EXPECT_EQ(later[30], (ActiveCount{here + 30 * day, 0, 0, 0}));
}

TEST_P(UsageServiceTest, WhatIsOldGoesAndItsNumbersStay) {
  const AccountId ada = join("ada");
  const PhotoId photo = photo_of(join("mei"));
  const auto live = [&] {
    one().tally->count(Use::like);
    one().members->seen(ada);
    service().viewed(photo);
    searched("rare", true);
    for (int i = 0; i < often_searched; ++i) searched("rare of one", true, "member 1");
    for (int i = 0; i < often_searched; ++i) searched("often", true);
    service().flush();
  };
  live();
  upkeep().count();
  for (const Micros by : {34 * day, 2 * day, 60 * day, 10 * day}) {
    clock_.advance(by);
    service().flush();
    live();
    upkeep().prune();
  }
  const Micros now = clock_.now();  // the 106th day
  EXPECT_EQ(now, monday + 10 * hour + 30 * minute + 106 * day);
  EXPECT_EQ(sums(Step::day)["like "].first, 5);
  EXPECT_EQ(sums(Step::hour)["like "].first, 4);
  EXPECT_EQ(number("SELECT count(*) FROM active_days"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM photo_views"), 4);
  EXPECT_EQ(number("SELECT count(*) FROM search_days WHERE words = 'often'"), 5);
  EXPECT_EQ(number("SELECT count(*) FROM search_days WHERE words = 'rare'"), 4);
  EXPECT_EQ(number("SELECT count(*) FROM search_days WHERE words = 'rare of one'"), 4);
  EXPECT_EQ(number("SELECT count(*) FROM active_counts WHERE daily = 1"), 5);
  EXPECT_GE(number("SELECT min(day) FROM active_days"), now - active_kept);
}

TEST_P(UsageServiceTest, SearchesThatNameWhoIsErasedGo) {
  const AccountId mei = join("mei_q", "Meilindra Quux");
  for (const char* typed : {"Meilindra", "boats quux", "boats", "mei"}) {
    searched(typed, true);
  }
  service().flush();
  clock_.advance(day);
  service().flush();
  searched("QUUX", true);
  service().flush();
  searched("meilindra_before", true);
  service().flush();
  db().write([&](db::Tx& tx) {
    tx.exec("INSERT INTO old_handles (handle, account_id, kept_until) VALUES ($1, $2, $3)",
            "meilindra_before", mei, 2 * monday);
  });
  EXPECT_EQ(upkeep().forget_words_of(AccountId{1}), 0);
  EXPECT_GT(upkeep().forget_words_of(mei), 0);
  EXPECT_EQ(upkeep().forget_words_of(mei), 0);
  std::set<std::string> left;
  for (const auto& each : service().searched_words(0, 2 * monday, false, 100)) {
    left.insert(each.words);
  }
  EXPECT_TRUE(left.contains("boats"));
  EXPECT_FALSE(left.contains("meilindra"));
  EXPECT_FALSE(left.contains("boats quux"));
  EXPECT_FALSE(left.contains("quux"));
  for (const std::string& each : left) EXPECT_FALSE(each.contains("before")) << each;
}

// A name of before is written nowhere: a record of them for this alone would say more of people
// than the words do, which go after 90 days like others. To forget them at each new name would let
// everybody take words out of the numbers: by giving themselves such a name, and another.
TEST_P(UsageServiceTest, SearchesForANameOfBeforeStay) {
  const AccountId mei = join("mei_q", "Xanthippe Quux");
  for (const char* typed : {"xanthippe", "quux"}) searched(typed, true);
  service().flush();
  db().write(
      [&](db::Tx& tx) { tx.exec("UPDATE accounts SET name = 'Mei Quux' WHERE id = $1", mei); });
  EXPECT_EQ(upkeep().forget_words_of(mei), 1);
  EXPECT_EQ(words_of(monday), (Words{{"xanthippe", 1, 0}}));
}

TEST_P(UsageServiceTest, WhatIsStoredIsMeasured) {
  db().write([](db::Tx& tx) {
    tx.exec("INSERT INTO originals (sha256, bytes) VALUES ('aa', 700), ('bb', 300)");
    tx.exec(
        "INSERT INTO renditions (original, name, sha256, bytes) VALUES ('aa', '320', 'cc', 40)");
  });
  upkeep().measure(9'000);
  const auto found = sums(Step::hour);
  EXPECT_EQ(found.at("storage originals"), (std::pair<std::int64_t, std::int64_t>{1, 1'000}));
  EXPECT_EQ(found.at("storage renditions"), (std::pair<std::int64_t, std::int64_t>{1, 40}));
  EXPECT_EQ(found.at("storage backups"), (std::pair<std::int64_t, std::int64_t>{1, 9'000}));
  EXPECT_GT(found.at("storage database").second, 100'000);
  EXPECT_EQ(sums(Step::day), found);
}

// A target that was removed is in no figure any more.
TEST_P(UsageServiceTest, BackupsThatAreGoneTakeNothing) {
  upkeep().measure(9'000);
  upkeep().measure(0);
  for (const Step step : {Step::hour, Step::day}) {
    EXPECT_EQ(sums(step).at("storage backups"), (std::pair<std::int64_t, std::int64_t>{1, 0}));
  }
}

}  // namespace
}  // namespace picsharz::usage
