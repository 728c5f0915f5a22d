// Every column of a backup is either hidden from questions, or somebody thought of whether it may
// be seen: a new one is in neither list, and this test fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "db/tables.h"
#include "features/backups/kept_rules.h"
#include "features/queries/query_rules.h"
#include "support/test_database.h"

namespace picsharz::queries {
namespace {

// Texts, bytes and real numbers that administrators may see. Whole numbers are counts, times,
// states and ids: they need no word here, unless their name tells of a secret.
constexpr std::pair<std::string_view, std::string_view> may_be_seen[] = {
    {"accounts", "avatar bio country email handle language name terms_version"},
    {"admin_actions", "detail reason"},
    {"analytics_counts", "kind label"},
    {"analytics_days", "kind"},
    {"analytics_decisions", "reason"},
    {"analytics_delays", "seconds"},
    {"appeals", "text"},
    {"assessments", "drawing hentai models neutral porn sexy"},
    {"bounces", "message_id reason recipient"},
    {"collections", "description name"},
    {"comment_mentions", "written"},
    {"comments", "text"},
    {"deletions", "name"},
    {"email_changes", "email"},
    {"import_items", "detail file old_id reason"},
    {"imports", "detail reason"},
    {"invitations", "email"},
    {"jobs", "key kind worker"},
    {"mails", "message_id recipient"},
    {"moderation_blocklist", "note"},
    {"moderation_cases", "facts reason words"},
    {"moderation_decisions", "facts note reason reason_before"},
    {"notifications", "outcome"},
    {"old_handles", "handle"},
    {"originals", "damage sha256"},
    {"orphans", "original"},
    {"photo_details", "artist camera caption copyright keywords taken_at"},
    {"photo_embeddings", "embedding model"},
    {"photo_labels", "confidence models name"},
    {"photo_sketches", "model sketch"},
    {"photo_tags", "tag"},
    {"photos",
     "alt colours description file_name labels original reason renditions tags thumbhash title"},
    {"popular", "score"},
    {"price_changes", "book price"},
    {"price_edits", "book note"},
    {"refused_labels", "name"},
    {"refusing_addresses", "address"},
    {"renditions", "name original sha256"},
    {"reports", "note reason"},
    {"saved_queries", "chart name sql"},
    {"schedules", "name"},
    {"search_days", "words"},
    {"secrets", "name"},
    {"sessions", "user_agent"},
    {"signups", "country email handle language name terms_version"},
    {"tag_analyses", "name result"},
    {"tokens", "name"},
    {"upkeep_marks", "name"},
    {"usage_days", "kind label"},
    {"usage_hours", "kind label"},
};

constexpr std::array<std::string_view, 9> words_of_secrets{
    "secret", "token", "key", "_hash", "seed", "salt", "nonce", "step", "password"};

std::vector<std::string> seen_of(std::string_view table) {
  const auto found =
      std::ranges::find(may_be_seen, table, [](const auto& each) { return each.first; });
  std::vector<std::string> names;
  if (found == std::end(may_be_seen)) return names;
  std::istringstream list{std::string(found->second)};
  for (std::string name; list >> name;) names.push_back(name);
  return names;
}

bool needs_a_word(const db::TableColumn& column) {
  return column.type != db::TableColumn::Type::integer ||
         std::ranges::any_of(words_of_secrets, [&](std::string_view word) {
           return column.name.find(word) != std::string::npos;
         });
}

class HiddenColumns : public test::DatabaseSuite {
 protected:
  std::vector<db::Table> backed_up() {
    auto tables = db().read([](db::Tx& tx) { return db::list_tables(tx); });
    std::erase_if(tables,
                  [](const db::Table& table) { return backups::left_out(table.name).has_value(); });
    return tables;
  }
};
ON_BOTH_ENGINES(HiddenColumns);

TEST_P(HiddenColumns, AreAllThatNobodyMaySee) {
  int hidden = 0;
  for (const db::Table& table : backed_up()) {
    const auto seen = seen_of(table.name);
    for (const db::TableColumn& column : table.columns) {
      const bool is_seen = std::ranges::find(seen, column.name) != seen.end();
      const bool is_not = is_hidden(table.name, column.name);
      hidden += is_not ? 1 : 0;
      EXPECT_FALSE(is_seen && is_not) << table.name << "." << column.name;
      EXPECT_TRUE(is_seen || is_not || !needs_a_word(column))
          << table.name << "." << column.name << " is new: may administrators see it in the answer "
          << "to a question? If not, hide it in query_rules.cpp; else name it in this test.";
    }
  }
  EXPECT_GT(hidden, 20);
}

// A name that a column has no longer says nothing, and would let the next one of that name through.
TEST_P(HiddenColumns, AreAllOfTheirOwnTables) {
  const auto tables = backed_up();
  for (const auto& [name, list] : may_be_seen) {
    const auto table = std::ranges::find(tables, name, &db::Table::name);
    ASSERT_NE(table, tables.end()) << name;
    for (const std::string& column : seen_of(name)) {
      EXPECT_EQ(std::ranges::count(table->columns, column, &db::TableColumn::name), 1)
          << name << "." << column;
    }
  }
}

}  // namespace
}  // namespace picsharz::queries
