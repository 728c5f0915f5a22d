#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "features/backups/manifest_rules.h"
#include "features/backups/retention_rules.h"
#include "features/backups/row_sum.h"

namespace picsharz::backups {
namespace {

constexpr Micros noon = 20'000 * day + day / 2;  // a Friday

std::vector<Kept> daily(int days) {
  std::vector<Kept> all;
  for (int back = days - 1; back >= 0; --back) {
    all.push_back({.id = id_of(noon - back * day), .at = noon - back * day, .good = true});
  }
  return all;
}

TEST(Retention, KeepsTheLastDaysAndWeeksAndNothingBeyond35Days) {
  const auto all = daily(60);
  const auto gone = to_remove(all, {.days = 7, .weeks = 5}, noon);
  std::vector<Micros> ages;
  for (const Kept& each : all) {
    if (std::ranges::find(gone, each.id) == gone.end()) ages.push_back((noon - each.at) / day);
  }
  // The last seven, and the Sundays of the four weeks before.
  EXPECT_EQ((std::vector<Micros>{26, 19, 12, 6, 5, 4, 3, 2, 1, 0}), ages);
}

TEST(Retention, TheLastGoodOneStaysWhateverItsAge) {
  const std::vector<Kept> all{{.id = "a", .at = noon - 90 * day, .good = true},
                              {.id = "b", .at = noon - 80 * day, .good = true},
                              {.id = "c", .at = noon - 70 * day, .good = false},
                              {.id = "d", .at = noon, .good = false}};
  EXPECT_EQ((std::vector<std::string>{"a", "c"}), to_remove(all, {}, noon));
}

TEST(Retention, WhatIsOfTheFutureStaysAndTakesNothingAway) {
  const std::vector<Kept> all{{.id = "old", .at = noon - 90 * day, .good = true},
                              {.id = "last", .at = noon - 80 * day, .good = true},
                              {.id = "ahead", .at = noon + 30 * day, .good = true},
                              {.id = "bad", .at = noon - day, .good = false}};
  EXPECT_EQ(std::vector<std::string>{"old"}, to_remove(all, {}, noon));
  EXPECT_FALSE(is_ahead(noon + minute, noon));
  EXPECT_TRUE(is_ahead(noon + day, noon));
}

TEST(Retention, OneThatFailedStaysUntilAGoodOneIsADayOld) {
  std::vector<Kept> all{{.id = "bad", .at = noon - 2 * day, .good = false},
                        {.id = "good", .at = noon - day / 2, .good = true}};
  EXPECT_TRUE(to_remove(all, {}, noon).empty());
  EXPECT_EQ(std::vector<std::string>{"bad"}, to_remove(all, {}, noon + day));
}

TEST(Retention, AllOfTheLastDayStay) {
  const std::vector<Kept> all{{.id = "yesterday", .at = noon - day, .good = true},
                              {.id = "too", .at = noon - day - hour, .good = true},
                              {.id = "morning", .at = noon - 5 * hour, .good = true},
                              {.id = "now", .at = noon, .good = true}};
  EXPECT_EQ(std::vector<std::string>{"too"}, to_remove(all, {}, noon));
}

TEST(Retention, WhatCannotBeReadStays) {
  const std::vector<Kept> all{
      {.id = "full", .at = noon - 90 * day, .good = false, .readable = false},
      {.id = "archive", .kind = Kind::archive, .at = noon - 90 * day, .readable = false},
      {.id = "good", .at = noon - 2 * day, .good = true}};
  EXPECT_TRUE(to_remove(all, {}, noon).empty());
}

TEST(Retention, ArchivesStayOneAMonth) {
  const std::vector<Kept> all{
      {.id = "old", .kind = Kind::archive, .at = noon - 400 * day, .good = true},
      {.id = "x", .kind = Kind::archive, .at = noon - 1 * day, .good = true},
      {.id = "y", .kind = Kind::archive, .at = noon, .good = true}};
  EXPECT_EQ(std::vector<std::string>{"x"}, to_remove(all, {}, noon));
  EXPECT_FALSE(archive_due(all, noon));
  EXPECT_TRUE(archive_due(all, noon + 40 * day));
}

TEST(Retention, AnArchiveThatFailedGoesOnceItsMonthHasABetterOne) {
  const auto archive = [](const char* id, Micros age, bool good) {
    return Kept{.id = id, .kind = Kind::archive, .at = noon - age, .good = good};
  };
  // noon is on the fourth of its month.
  const std::vector<Kept> all{archive("alone", 40 * day, false), archive("failed", 3 * day, false),
                              archive("good", 2 * day, true), archive("later", hour, false)};
  EXPECT_TRUE(to_remove(all, {}, noon - day).empty());  // somebody may look at it
  EXPECT_EQ(std::vector<std::string>{"failed"}, to_remove(all, {}, noon));
  EXPECT_EQ((std::vector<std::string>{"later", "failed"}), to_remove(all, {}, noon + 36 * day));
}

// One that fails each day is not one more each day.
TEST(Retention, OfArchivesThatAllFailedTheNewestStays) {
  const std::vector<Kept> all{{.id = "first", .kind = Kind::archive, .at = noon - 3 * day},
                              {.id = "second", .kind = Kind::archive, .at = noon - 2 * day}};
  EXPECT_EQ(std::vector<std::string>{"first"}, to_remove(all, {}, noon));
  EXPECT_EQ(std::vector<std::string>{"first"}, to_remove(all, {}, noon + 400 * day));
}

TEST(RowSum, IsOfTheRowsAndNotOfTheirOrder) {
  const auto sum = [](std::initializer_list<std::pair<std::int64_t, std::string_view>> rows) {
    RowSum of;
    for (const auto& [number, text] : rows) {
      of.integer(number);
      of.text(text);
      of.end_row();
    }
    return of.hex();
  };
  EXPECT_EQ(sum({{1, "a"}, {2, "b"}}), sum({{2, "b"}, {1, "a"}}));
  EXPECT_NE(sum({{1, "a"}, {2, "b"}}), sum({{1, "b"}, {2, "a"}}));
  EXPECT_NE(sum({{1, "a"}, {1, "a"}}), sum({}));
  EXPECT_NE(sum({{1, "a"}}), sum({{1, ""}}));
}

TEST(RowSum, TellsTypesAndNothingApart) {
  const auto sum = [](auto&& put) {
    RowSum of;
    put(of);
    of.end_row();
    return of.hex();
  };
  const std::vector<std::string> sums{
      sum([](RowSum& of) { of.null(); }), sum([](RowSum& of) { of.text(""); }),
      sum([](RowSum& of) { of.bytes(""); }), sum([](RowSum& of) { of.integer(0); }),
      sum([](RowSum& of) { of.real(0); })};
  EXPECT_EQ(5U, std::set(sums.begin(), sums.end()).size());
  EXPECT_EQ(sums[4], sum([](RowSum& of) { of.real(-0.0); }));
}

TEST(Manifest, ComesBackAsItWasWritten) {
  const Manifest manifest{
      .id = "20261129t001500z",
      .kind = Kind::archive,
      .schema = 45,
      .engine = "postgres",
      .format = warehouse::Format::csv,
      .sealed = true,
      .begun_at = 1,
      .snapshot_at = 2,
      .ended_at = 3,
      .tables = {{.name = "photo_tags",
                  .file = {"tables/photo-tags.csv", 12, "ab"},
                  .columns = {{"photo_id", warehouse::Column::Type::integer},
                              {"tag", warehouse::Column::Type::text}},
                  .rows = 5,
                  .sum = "cd"}},
      .left_out = {{"changes", "a \"reason\""}},
      .objects = {.name = "objects", .file = {"objects.csv", 1, "ef"}, .columns = object_columns()},
      .object_bytes = 6,
      .new_objects = 7,
      .new_bytes = 8,
      .lost = {"originals/ab/abc"}};
  const auto read = read_manifest(text_of(manifest));
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(manifest), text_of(*read));
  EXPECT_EQ(manifest.tables[0].columns, read->tables[0].columns);
  EXPECT_FALSE(read_manifest("{}"));
  EXPECT_FALSE(read_manifest(text_of(manifest).substr(10)));
}

TEST(Journal, EveryKindOfWordComesBackAsItWasWritten) {
  std::vector<Deletion> words;
  for (int kind = 0; kind < Deletion::kinds; ++kind) {
    words.push_back(
        {kind + 1, static_cast<Deletion::What>(kind), kind + 2, "a \"name\"", kind + 3});
  }
  const auto read = read_deletions(text_of(words));
  ASSERT_TRUE(read);
  EXPECT_EQ(text_of(words), text_of(*read));
  for (std::size_t at = 0; at < words.size(); ++at) EXPECT_EQ(words[at].what, read->at(at).what);
  std::set<std::string_view> names;
  for (const Deletion& each : words) names.insert(name_of(each.what));
  EXPECT_EQ(words.size(), names.size());
  EXPECT_FALSE(read_deletions(R"({"seq":1,"what":"forgotten","id":2,"name":"","at":3})"
                              "\n"));
}

// It has no hash of its own. Altered, it is none, or says the same.
TEST(Proof, OneThatFailedIsNeverGoodByAFlippedBit) {
  const std::string text =
      text_of(Proof{.at = noon, .good = false, .rows = 5, .problems = {"A file is altered."}});
  for (std::size_t at = 0; at < text.size() * 8; ++at) {
    std::string altered = text;
    altered[at / 8] = static_cast<char>(altered[at / 8] ^ (1 << at % 8));
    const auto read = read_proof(altered);
    EXPECT_FALSE(read && read->good) << altered;
  }
}

TEST(BackupId, IsTheTimeAndNothingElse) {
  EXPECT_EQ("20261129t001500z", id_of(1'795'911'300 * second));
  EXPECT_TRUE(is_id(id_of(noon)));
  for (const std::string_view text :
       {"", "20261129T001500Z", "../../../../etc/", "20261129t00150z0"}) {
    EXPECT_FALSE(is_id(text)) << text;
  }
}

}  // namespace
}  // namespace picsharz::backups
