// What of a backup can be asked.
#include "features/queries/query_rules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json_tree.h"
#include "features/queries/answer_rules.h"
#include "features/queries/shipped_queries.h"

namespace picsharz::queries {
namespace {

std::string manifest(const std::string& file, const std::string& format = "parquet") {
  return R"({"id":"20261129t001500z","snapshot":1795910400000000,"sealed":false,"tables":[)"
         R"({"name":"accounts","file":")" +
         file + R"(","format":")" + format +
         R"(","rows":2,"columns":[{"name":"id","type":"integer"},)"
         R"({"name":"password_hash","type":"text"}]},)"
         R"({"name":"recovery_codes","file":"tables/recovery-codes.parquet","format":"parquet",)"
         R"("rows":1,"columns":[{"name":"code_hash","type":"bytes"}]}]})";
}

TEST(AskedBackup, IsReadFromItsManifest) {
  const auto backup = read_backup(manifest("tables/accounts.parquet"));
  ASSERT_TRUE(backup);
  EXPECT_EQ(backup->id, "20261129t001500z");
  EXPECT_EQ(backup->at, 1'795'910'400'000'000);
  EXPECT_FALSE(backup->sealed);
  ASSERT_EQ(backup->tables.size(), 1U) << "a table of secrets only is none";
  EXPECT_EQ(backup->tables[0].columns.size(), 2U);
  EXPECT_EQ(backup->tables[0].hidden, std::vector<std::string>{"password_hash"});
  EXPECT_EQ(backup->tables[0].rows, 2);
}

TEST(AskedBackup, NamesNoFileOutside) {
  for (const char* file : {"", "/etc/passwd", "../../picsharz.db", "tables/../../x"}) {
    EXPECT_FALSE(read_backup(manifest(file))) << file;
  }
  EXPECT_FALSE(read_backup(manifest("tables/accounts.xml", "xml")));
  EXPECT_FALSE(read_backup("{"));
  EXPECT_FALSE(read_backup("[]"));
}

TEST(AskedBackup, HasANameOfItsOwn) {
  EXPECT_TRUE(is_backup_name("20261129t001500z"));
  for (const char* name : {"", ".", "..", "a/b", "a.b", "a b"}) EXPECT_FALSE(is_backup_name(name));
  EXPECT_FALSE(is_backup_name(std::string(65, 'a')));
}

TEST(AskedBackup, SaysWhetherItIsAnArchiveAndProved) {
  EXPECT_TRUE(read_backup(R"({"id":"20261129t001500z","kind":"archive"})").value().archive);
  EXPECT_FALSE(read_backup(R"({"id":"20261129t001500z","kind":"full"})").value().archive);
  EXPECT_FALSE(read_backup(""));
  EXPECT_TRUE(is_good_proof(R"({"at":1,"good":true})"));
  for (const char* other : {R"({"at":1,"good":false})", R"({"at":1})", "{", ""}) {
    EXPECT_FALSE(is_good_proof(other)) << other;
  }
}

TEST(AskedBackup, HidesWhatLetsPeopleIn) {
  EXPECT_TRUE(is_hidden("accounts", "password_hash"));
  EXPECT_TRUE(is_hidden("anything", "token_hash"));
  EXPECT_TRUE(is_hidden("totp", "secret"));
  EXPECT_TRUE(is_hidden("mails", "text"));
  EXPECT_TRUE(is_hidden("photo_details", "latitude"));
  EXPECT_TRUE(is_hidden("photo_details", "place"));
  EXPECT_FALSE(is_hidden("comments", "text"));
  EXPECT_FALSE(is_hidden("originals", "sha256"));
}

TEST(AnswerText, IsNoFormula) {
  EXPECT_EQ(plain_for_spreadsheet("=1+1"), "'=1+1");
  EXPECT_EQ(plain_for_spreadsheet("@x"), "'@x");
  EXPECT_EQ(plain_for_spreadsheet("a=b"), "a=b");
  EXPECT_EQ(plain_for_spreadsheet("-17934912000000000000"), "-17934912000000000000");
  for (const std::string text : {"-1+1", "-", "+1", "-x"}) {
    EXPECT_EQ(plain_for_spreadsheet(text), "'" + text);
  }
  EXPECT_EQ(plain_for_spreadsheet(""), "");
}

TEST(AnswerText, IsJson) {
  Answer answer{.backup = "b", .columns = {}, .rows = {}};
  answer.columns = {{"a\"", "BOOLEAN", warehouse::Column::Type::integer},
                    {"b", "BIGINT", warehouse::Column::Type::integer},
                    {"c", "DOUBLE", warehouse::Column::Type::real},
                    {"d", "VARCHAR", warehouse::Column::Type::text}};
  answer.rows = {{std::int64_t{1}, (std::int64_t{1} << 53) + 1, 0.1, std::string("<")},
                 {Value{}, std::int64_t{-7}, -2.5e300, Value{}}};
  const std::string json = answer_json("q", answer);
  ASSERT_TRUE(JsonTree::parse(json)) << json;
  EXPECT_NE(json.find("[true,\"9007199254740993\",0.1,\"\\u003c\"]"), std::string::npos) << json;
  EXPECT_NE(json.find("[null,-7,-2.5e+300,null]"), std::string::npos) << json;
}

TEST(AnswerText, IsShownAsItIsInJson) {
  using enum warehouse::Column::Type;
  const AnswerColumn truth{"a", "BOOLEAN", integer};
  const AnswerColumn whole{"b", "BIGINT", integer};
  const AnswerColumn number{"c", "DOUBLE", real};
  EXPECT_EQ(shown_text(truth, std::int64_t{1}), "true");
  EXPECT_EQ(shown_text(truth, std::int64_t{0}), "false");
  EXPECT_EQ(shown_text(whole, std::int64_t{1}), "1");
  EXPECT_EQ(shown_text(whole, (std::int64_t{1} << 53) + 1), "9007199254740993");
  EXPECT_EQ(shown_text(number, 0.000001234), "1.234e-06");
  EXPECT_EQ(shown_text(number, 1e300), "1e+300");
  EXPECT_EQ(shown_text(number, Value{}), "");
  EXPECT_EQ(shown_text({"d", "VARCHAR", text}, std::string("=1+1")), "=1+1");
}

TEST(Question, NamesItsTables) {
  EXPECT_TRUE(names_table("select count(*) from photos", "photos"));
  EXPECT_TRUE(names_table("SELECT * FROM \"Photos\" p", "photos"));
  EXPECT_FALSE(names_table("select * from photo_tags", "photos"));
  EXPECT_FALSE(names_table("select * from photos_of", "photos"));
  EXPECT_TRUE(names_table("select * from photos_of, photos", "photos"));
  EXPECT_FALSE(names_table("", "photos"));
  // Whoever spells a name out may mean any.
  EXPECT_TRUE(names_table("select * from U&\"\\0070hotos\"", "photos"));
}

TEST(ShippedQueries, HaveNamesOfTheirOwn) {
  std::vector<std::string> names;
  for (const SavedQuery& query : shipped_queries()) {
    EXPECT_FALSE(query.sql.empty());
    EXPECT_EQ(std::ranges::count(names, query.name), 0);
    names.push_back(query.name);
  }
  EXPECT_GE(names.size(), 10U);
}

}  // namespace
}  // namespace picsharz::queries
