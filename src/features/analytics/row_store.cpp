#include "features/analytics/row_store.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/viewer.h"
#include "features/analytics/most.h"
#include "features/photos/photo_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::analytics {

namespace {

const Viewer nobody{};

// What was looked at most in a range was not so on each day: so many candidates for each shown one.
constexpr int looked_at_for_each = 2;

#define PICSHARZ_FOR_EVERYBODY "p.visibility = 0 AND o.private = 0 AND " PICSHARZ_PHOTO_LISTED

template <class Key>
using Views = std::unordered_map<Key, std::int64_t>;

// $3: ids.
#define OPEN_PHOTOS(CANDIDATES)  \
  "SELECT p.id FROM " CANDIDATES \
  " JOIN accounts o ON o.id = p.owner_id WHERE " PICSHARZ_FOR_EVERYBODY

#define OPEN_PEOPLE(CANDIDATES) \
  "SELECT a.id FROM " CANDIDATES " WHERE a.state = 0 AND a.private = 0"

template <class Key>
std::vector<Key> in_order(std::span<const Key> all, const std::unordered_set<Key>& some) {
  std::vector<Key> found;
  for (const Key each : all) {
    if (some.contains(each)) found.push_back(each);
  }
  return found;
}

// Likes and comments of the range are counted of what is shown alone: a popular photo has
// thousands. Of photos with as many views, likes of all times say which are shown, where not all
// can be.
#define POPULAR_PHOTOS(CANDIDATES)                                                            \
  "SELECT " PICSHARZ_PHOTO_VIEW_COLUMNS                                                       \
  ", t.viewed, (SELECT count(*) FROM likes l"                                                 \
  "  WHERE l.photo_id = t.id AND l.created_at >= $3 AND l.created_at < $4) AS liked,"         \
  " (SELECT count(*) FROM comments k WHERE k.photo_id = t.id AND k.state = 0"                 \
  "  AND k.created_at >= $3 AND k.created_at < $4) AS commented"                              \
  " FROM (SELECT p.id AS id, (SELECT CAST(COALESCE(SUM(v.views), 0) AS BIGINT)"               \
  "   FROM photo_views v WHERE v.photo_id = p.id AND v.day >= $3 AND v.day < $4) AS viewed"   \
  "  FROM " CANDIDATES "  JOIN accounts o ON o.id = p.owner_id WHERE " PICSHARZ_FOR_EVERYBODY \
  " ORDER BY viewed DESC, p.likes DESC, p.id DESC LIMIT $6) t"                                \
  " CROSS JOIN photos p JOIN accounts o ON o.id = p.owner_id WHERE p.id = t.id"               \
  " ORDER BY t.viewed DESC, liked DESC, t.id DESC"

}  // namespace

std::vector<PopularPhoto> RowStore::popular_photos(db::Tx& tx, Micros from, Micros to, int count) {
  const std::vector<PhotoId> wanted = candidates(tx, from, to, looked_at_for_each * count);
  const std::string ids = db::id_list(tx.engine(), std::span<const PhotoId>(wanted));
  std::vector<PopularPhoto> found = tx.all(
      {POPULAR_PHOTOS("json_each($5) j CROSS JOIN photos p ON p.id = j.value"),
       POPULAR_PHOTOS("unnest(CAST($5 AS BIGINT[])) j (value) JOIN photos p ON p.id = j.value")},
      [](const db::Row& row) {
        constexpr int after = photos::photo_view_columns;
        return PopularPhoto{.view = photos::read_view(row),
                            .views = row.integer(after),
                            .likes = row.integer(after + 1),
                            .comments = row.integer(after + 2)};
      },
      nobody.account, nobody.role, from, to, ids, count);
  std::erase_if(found, [](const PopularPhoto& each) {
    return each.views == 0 && each.likes == 0 && each.comments == 0;
  });
  return found;
}

// With them the popular list, for days before views were counted.
std::vector<PhotoId> RowStore::candidates(db::Tx& tx, Micros from, Micros to, int count) {
  const KeptDays days =
      tx.one("SELECT (SELECT MIN(day) FROM photo_views), (SELECT MAX(day) FROM photo_views)",
             [&](const db::Row& row) { return KeptDays(from, to, row.integer(0), row.integer(1)); })
          .value();
  Views<PhotoId> views;
  for (Micros at = days.from; at < days.to; at += day) {
    tx.each(
        "SELECT photo_id, views FROM photo_views WHERE day = $1 ORDER BY views DESC LIMIT $2",
        [&](const db::Row& row) { views[row.id<PhotoId>(0)] += row.integer(1); }, at,
        days.of_a_day());
  }
  std::vector<PhotoId> ids =
      most_shown_of(views, static_cast<std::size_t>(count),
                    [&](std::span<const PhotoId> some) { return open_photos(tx, some); });
  tx.each("SELECT photo_id FROM popular", [&](const db::Row& row) {
    const auto id = row.id<PhotoId>(0);
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  });
  return ids;
}

std::vector<PhotoId> RowStore::open_photos(db::Tx& tx, std::span<const PhotoId> ids) {
  std::unordered_set<PhotoId> open;
  tx.each(
      {OPEN_PHOTOS("json_each($3) j CROSS JOIN photos p ON p.id = j.value"),
       OPEN_PHOTOS("unnest(CAST($3 AS BIGINT[])) j (value) JOIN photos p ON p.id = j.value")},
      [&](const db::Row& row) { open.insert(row.id<PhotoId>(0)); }, nobody.account, nobody.role,
      db::id_list(tx.engine(), ids));
  return in_order(ids, open);
}

std::vector<AccountId> RowStore::open_people(db::Tx& tx, std::span<const AccountId> ids) {
  std::unordered_set<AccountId> open;
  tx.each(
      {OPEN_PEOPLE("json_each($1) j CROSS JOIN accounts a ON a.id = j.value"),
       OPEN_PEOPLE("unnest(CAST($1 AS BIGINT[])) j (value) JOIN accounts a ON a.id = j.value")},
      [&](const db::Row& row) { open.insert(row.id<AccountId>(0)); },
      db::id_list(tx.engine(), ids));
  return in_order(ids, open);
}

// Added up here: a database sorts the rows of a hundred days for it, and joins everybody.
std::vector<PopularPerson> RowStore::popular_people(db::Tx& tx, Micros from, Micros to, int count) {
  Views<AccountId> views;
  tx.each(
      "SELECT account_id, views FROM analytics_people WHERE day >= $1 AND day < $2",
      [&](const db::Row& row) { views[row.id<AccountId>(0)] += row.integer(1); }, from, to);
  const std::vector<AccountId> shown =
      most_shown_of(views, static_cast<std::size_t>(count),
                    [&](std::span<const AccountId> some) { return open_people(tx, some); });
  std::vector<PopularPerson> people;
  for (const AccountId id : shown) {
    tx.each(
        "SELECT handle, name, photos, (SELECT count(*) FROM follows f WHERE f.followee_id = a.id"
        " AND f.state = 1 AND f.created_at >= $2 AND f.created_at < $3)"
        " FROM accounts a WHERE id = $1",
        [&](const db::Row& row) {
          people.push_back({.who = {id, row.string(0), row.string(1)},
                            .views = views.at(id),
                            .followers = row.integer(3),
                            .photos = row.integer(2)});
        },
        id, from, to);
  }
  return people;
}

void RowStore::each_delay(db::Tx& tx, Micros from, Micros to,
                          FunctionRef<void(const CaseDelay&)> each) {
  tx.each(
      "SELECT closed_at, closed_at - opened_at FROM moderation_cases"
      " WHERE closed_at >= $1 AND closed_at < $2",
      [&](const db::Row& row) {
        each({row.integer(0), row.integer(1)});
      },
      from, to);
}

}  // namespace picsharz::analytics
