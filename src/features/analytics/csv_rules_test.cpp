// CSV as RFC 4180 has it, and nothing in it that a program of tables would calculate.
#include "features/analytics/csv_rules.h"

#include <gtest/gtest.h>

namespace picsharz::analytics {
namespace {

constexpr Micros midnight = 1'795'910'400 * second;  // 29 November 2026

std::string text(std::string_view cell) {
  std::string out;
  append_csv_text(out, cell);
  return out;
}

TEST(CsvTest, Texts) {
  EXPECT_EQ(text("guitar"), "guitar");
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("red, green"), "\"red, green\"");
  EXPECT_EQ(text("the \"best\""), "\"the \"\"best\"\"\"");
  EXPECT_EQ(text("two\r\nlines"), "\"two\r\nlines\"");
  EXPECT_EQ(text("吉他"), "吉他");
}

TEST(CsvTest, NoFormulas) {
  EXPECT_EQ(text("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
  EXPECT_EQ(text("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  for (const std::string first : {"=", "+", "-", "@", "\t", "\r"}) {
    EXPECT_EQ(text(first + "1").find('\''), text(first + "1").starts_with('"') ? 1u : 0u) << first;
  }
  EXPECT_EQ(text("1+1"), "1+1");
}

TEST(CsvTest, AChart) {
  const Chart chart{.id = "engagement",
                    .times = {midnight, midnight + day},
                    .series = {{.id = "likes", .values = {3, std::nullopt}, .before = {1, 2}},
                               {.id = "views", .values = {0.25, 1e9}}}};
  EXPECT_EQ(chart_csv(chart),
            "time,likes,likes_before,views\r\n"
            "2026-11-29T00:00:00.000Z,3,1,0.25\r\n"
            "2026-11-30T00:00:00.000Z,,2,1000000000\r\n");
}

TEST(CsvTest, ATable) {
  photos::PhotoView view;
  view.photo.id = PhotoId{7};
  view.photo.title = "-1+1";
  const Table table{.id = "all",
                    .columns = {{"photo", ColumnKind::photo},
                                {"person", ColumnKind::account},
                                {"cohort", ColumnKind::day},
                                {"week0", ColumnKind::percent},
                                {"words", ColumnKind::text}},
                    .rows = {{view, AccountCell{AccountId{1}, "mei", "Mei, Tan"}, midnight, 33.25,
                              std::string("a")},
                             {Cell(), Cell(), Cell(), Cell(), std::string("+b")}}};
  EXPECT_EQ(table_csv(table),
            "photo,photo_title,person,person_name,cohort,week0,words\r\n"
            "7,'-1+1,mei,\"Mei, Tan\",2026-11-29,33.25,a\r\n"
            ",,,,,,'+b\r\n");
}

TEST(CsvTest, ByItsId) {
  const Dashboard dashboard{.charts = {{.id = "likes"}}, .tables = {{.id = "words"}}};
  EXPECT_EQ(csv_of(dashboard, "likes"), "time\r\n");
  EXPECT_EQ(csv_of(dashboard, "words"), "\r\n");
  EXPECT_EQ(csv_of(dashboard, "other"), std::nullopt);
}

}  // namespace
}  // namespace picsharz::analytics
