#include "features/cards/card_store.h"

#include <algorithm>
#include <limits>
#include <string>

#include "features/photos/photo_edit_store.h"
#include "features/photos/photo_store.h"
#include "features/photos/photo_visibility.h"
#include "features/photos/staff_view_store.h"

namespace picsharz::cards {

namespace {

#define CARD_COLUMNS          \
  PICSHARZ_PHOTO_VIEW_COLUMNS \
  ", EXISTS (SELECT 1 FROM likes l WHERE l.photo_id = p.id AND l.account_id = $1)"

photos::PhotoView read_card(const db::Row& row) {
  photos::PhotoView view = photos::read_view(row);
  view.liked =
      row.text(photos::photo_view_columns) == "t" || row.text(photos::photo_view_columns) == "1";
  return view;
}

}  // namespace

std::optional<photos::PhotoView> CardStore::find(db::Tx& tx, const Viewer& viewer, PhotoId id) {
  return tx.one("SELECT " CARD_COLUMNS
                " FROM photos p JOIN accounts o ON o.id = p.owner_id"
                " WHERE p.id = $3 AND " PICSHARZ_PHOTO_VISIBLE,
                read_card, viewer.account, viewer.role, id);
}

photos::PhotoDetails CardStore::details(db::Tx& tx, PhotoId id) {
  return photos::PhotoEditStore().details(tx, id);
}

void CardStore::record_look(db::Tx& tx, std::int64_t id, AccountId viewer,
                            const photos::Photo& photo, Micros now) {
  photos::StaffViewStore().insert(tx, id, viewer, photo.id, photo.state, now);
}

#define CARDS_OF(predicate)                                       \
  {                                                               \
    "SELECT " CARD_COLUMNS                                        \
    " FROM json_each($3) j CROSS JOIN photos p ON p.id = j.value" \
    " JOIN accounts o ON o.id = p.owner_id WHERE " predicate,     \
        "SELECT " CARD_COLUMNS                                    \
        " FROM photos p JOIN accounts o ON o.id = p.owner_id"     \
        " WHERE p.id = ANY (CAST($3 AS BIGINT[])) AND " predicate \
  }

std::vector<photos::PhotoView> CardStore::listed(db::Tx& tx, const Viewer& viewer,
                                                 std::span<const PhotoId> ids) {
  static constexpr db::Sql sql CARDS_OF(PICSHARZ_PHOTO_LISTED);
  return tx.all(sql, read_card, viewer.account, viewer.role, db::id_list(tx.engine(), ids));
}

std::vector<photos::PhotoView> CardStore::found(db::Tx& tx, const Viewer& viewer,
                                                std::span<const PhotoId> ids) {
  static constexpr db::Sql sql CARDS_OF(PICSHARZ_PHOTO_FOUND);
  return tx.all(sql, read_card, viewer.account, viewer.role, db::id_list(tx.engine(), ids));
}

std::vector<photos::PhotoCounts> CardStore::counts(db::Tx& tx, AccountId viewer,
                                                   std::span<const PhotoId> ids) {
  static constexpr db::Sql sql(
      "SELECT p.likes, p.comments, p.id,"
      " CASE WHEN EXISTS (SELECT 1 FROM likes l WHERE l.photo_id = p.id AND l.account_id = $1)"
      " THEN 1 ELSE 0 END FROM json_each($2) j CROSS JOIN photos p ON p.id = j.value",
      "SELECT p.likes, p.comments, p.id,"
      " CASE WHEN EXISTS (SELECT 1 FROM likes l WHERE l.photo_id = p.id AND l.account_id = $1)"
      " THEN 1 ELSE 0 END FROM photos p WHERE p.id = ANY (CAST($2 AS BIGINT[]))");
  std::vector<photos::PhotoCounts> counts(ids.size());
  std::size_t next = 0;  // SQLite gives them in the order of `ids`
  tx.each(
      sql,
      [&](const db::Row& row) {
        const auto id = row.id<PhotoId>(2);
        if (next >= ids.size() || ids[next] != id) {
          next = static_cast<std::size_t>(std::ranges::find(ids, id) - ids.begin());
        }
        counts[next++] = {row.integer(0), row.integer(1), row.truth(3)};
      },
      viewer, db::id_list(tx.engine(), ids));
  return counts;
}

std::vector<PhotoId> CardStore::of_owner(db::Tx& tx, const Viewer& viewer, AccountId owner,
                                         std::optional<PhotoId> before, int limit) {
  const PhotoId newest{std::numeric_limits<std::int64_t>::max()};
  return tx.all(
      "SELECT p.id FROM photos p JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.owner_id = $3 AND p.id < $4 AND " PICSHARZ_PHOTO_LISTED
      " ORDER BY p.id DESC LIMIT $5",
      [](const db::Row& row) { return row.id<PhotoId>(0); }, viewer.account, viewer.role, owner,
      before.value_or(newest), limit);
}

}  // namespace picsharz::cards
