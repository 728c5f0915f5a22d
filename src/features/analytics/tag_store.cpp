#include "features/analytics/tag_store.h"

#include "base/json_tree.h"
#include "base/viewer.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::analytics {

namespace {

constexpr std::string_view kept_name = "tags";

// The card's own JSON: a list of texts, or of objects that have a name.
std::vector<std::string> names_of(std::string_view json) {
  std::vector<std::string> names;
  const auto list = JsonTree::parse(json);
  if (!list) return names;
  for (const JsonTree& each : list->items()) {
    std::string name = each.text();
    names.push_back(name.empty() ? each["name"].text() : std::move(name));
  }
  return names;
}

PhotoText read_text(const db::Row& row) {
  return {.photo = row.id<PhotoId>(0),
          .owner = row.id<AccountId>(1),
          .at = row.integer(2),
          .title = row.string(3),
          .description = row.string(4),
          .tags = names_of(row.text(5)),
          .labels = names_of(row.text(6))};
}

}  // namespace

std::vector<PhotoText> TagStore::texts(db::Tx& tx, TextPlace after, Micros since, int limit) {
  return tx.all(
      "SELECT p.id, p.owner_id, p.created_at, p.title, p.description, p.tags, p.labels"
      " FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.state = 3 AND (p.owner_id, p.id) > ($3, $4) AND p.created_at >= $5"
      " AND " PICSHARZ_PHOTO_LISTED " ORDER BY p.owner_id, p.id LIMIT $6",
      read_text, AccountId{}, Role::member, after.owner, after.photo, since, limit);
}

void TagStore::keep(db::Tx& tx, const KeptTagAnalysis& analysis) {
  tx.exec(
      "INSERT INTO tag_analyses (name, made_at, took, result) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (name) DO UPDATE SET made_at = excluded.made_at, took = excluded.took,"
      " result = excluded.result",
      kept_name, analysis.made_at, analysis.took, analysis.json);
}

std::optional<KeptTagAnalysis> TagStore::kept(db::Tx& tx) {
  return tx.one(
      "SELECT made_at, took, result FROM tag_analyses WHERE name = $1",
      [](const db::Row& row) {
        return KeptTagAnalysis{
            .made_at = row.integer(0), .took = row.integer(1), .json = row.string(2)};
      },
      kept_name);
}

}  // namespace picsharz::analytics
