#include "features/analytics/row_store.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/viewer.h"
#include "features/analytics/most.h"
#include "features/photos/photo_store.h"
#include "features/photos/photo_visibility.h"

namespace picsharz::analytics {

namespace {

const Viewer nobody{};

// What was looked at most in a range was not so on each day: so many candidates for each shown one.
constexpr int looked_at_for_each = 2;
constexpr std::size_t asked_at_once = 500;  // whether everybody may see them

#define PICSHARZ_FOR_EVERYBODY "p.visibility = 0 AND o.private = 0 AND " PICSHARZ_PHOTO_LISTED

// $3: ids.
#define OPEN_PHOTOS(CANDIDATES)  \
  "SELECT p.id FROM " CANDIDATES \
  " JOIN accounts o ON o.id = p.owner_id WHERE " PICSHARZ_FOR_EVERYBODY

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

// With them the popular list, for days before views were counted. What not everybody may see takes
// nobody's place, however often it was looked at: in nearly all cases the first look finds enough.
std::vector<PhotoId> RowStore::candidates(db::Tx& tx, Micros from, Micros to, int count) {
  const KeptDays days =
      tx.one("SELECT (SELECT MIN(day) FROM photo_views), (SELECT MAX(day) FROM photo_views)",
             [&](const db::Row& row) { return KeptDays(from, to, row.integer(0), row.integer(1)); })
          .value();
  std::map<PhotoId, std::int64_t> found;
  for (Micros at = days.from; at < days.to; at += day) {
    tx.each(
        "SELECT photo_id, views FROM photo_views WHERE day = $1 ORDER BY views DESC LIMIT $2",
        [&](const db::Row& row) { found[row.id<PhotoId>(0)] += row.integer(1); }, at,
        days.of_a_day());
  }
  const std::vector<PhotoId> viewed = most_of(found, static_cast<int>(found.size()));
  std::vector<PhotoId> ids;
  for (std::span rest(viewed); !rest.empty() && std::ssize(ids) < count;) {
    const auto some = rest.first(std::min(rest.size(), asked_at_once));
    std::ranges::copy(open_ones(tx, some), std::back_inserter(ids));
    rest = rest.subspan(some.size());
  }
  if (std::ssize(ids) > count) ids.resize(static_cast<std::size_t>(count));
  tx.each("SELECT photo_id FROM popular", [&](const db::Row& row) {
    const auto id = row.id<PhotoId>(0);
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  });
  return ids;
}

std::vector<PhotoId> RowStore::open_ones(db::Tx& tx, std::span<const PhotoId> ids) {
  std::set<PhotoId> open;
  tx.each(
      {OPEN_PHOTOS("json_each($3) j CROSS JOIN photos p ON p.id = j.value"),
       OPEN_PHOTOS("unnest(CAST($3 AS BIGINT[])) j (value) JOIN photos p ON p.id = j.value")},
      [&](const db::Row& row) { open.insert(row.id<PhotoId>(0)); }, nobody.account, nobody.role,
      db::id_list(tx.engine(), ids));
  std::vector<PhotoId> shown;
  std::ranges::copy_if(ids, std::back_inserter(shown),
                       [&](PhotoId each) { return open.contains(each); });
  return shown;
}

std::vector<PopularPerson> RowStore::popular_people(db::Tx& tx, Micros from, Micros to, int count) {
  return tx.all(
      "SELECT a.id, a.handle, a.name, t.views, (SELECT count(*) FROM follows f"
      "  WHERE f.followee_id = a.id AND f.state = 1 AND f.created_at >= $1 AND f.created_at < $2),"
      " a.photos FROM (SELECT m.account_id, CAST(SUM(m.views) AS BIGINT) AS views"
      "  FROM analytics_people m WHERE m.day >= $1 AND m.day < $2 GROUP BY m.account_id) t"
      " JOIN accounts a ON a.id = t.account_id WHERE a.state = 0 AND a.private = 0"
      " ORDER BY t.views DESC, a.id LIMIT $3",
      [](const db::Row& row) {
        return PopularPerson{.who = {row.id<AccountId>(0), row.string(1), row.string(2)},
                             .views = row.integer(3),
                             .followers = row.integer(4),
                             .photos = row.integer(5)};
      },
      from, to, count);
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
