#include "features/activity/activity_store.h"

#include <algorithm>
#include <utility>

namespace picsharz::activity {

void ActivityStore::insert(db::Tx& tx, const Activity& activity) {
  tx.exec(
      "INSERT INTO activity (kind, actor_id, account_id, photo_id, comment_id, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      activity.kind, activity.actor, activity.account, activity.photo, activity.comment,
      activity.created_at);
}

std::vector<Activity> ActivityStore::take(db::Tx& tx, int most) {
  using Numbered = std::pair<std::int64_t, Activity>;
  auto rows = tx.all(
      "DELETE FROM activity WHERE seq IN (SELECT seq FROM activity ORDER BY seq LIMIT $1)"
      " RETURNING seq, kind, actor_id, account_id, photo_id, comment_id, created_at",
      [](const db::Row& row) {
        return Numbered{row.integer(0),
                        {.kind = row.as<ActivityKind>(1),
                         .actor = row.id<AccountId>(2),
                         .account = row.id<AccountId>(3),
                         .photo = row.id<PhotoId>(4),
                         .comment = row.id<CommentId>(5),
                         .created_at = row.integer(6)}};
      },
      most);
  std::ranges::sort(rows, {}, &Numbered::first);
  std::vector<Activity> taken;
  taken.reserve(rows.size());
  for (auto& row : rows) taken.push_back(row.second);
  return taken;
}

bool ActivityStore::any(db::Tx& tx) { return tx.exec("SELECT 1 FROM activity LIMIT 1") > 0; }

std::int64_t ActivityStore::drop_oldest(db::Tx& tx, std::int64_t kept) {
  return tx.exec("DELETE FROM activity WHERE seq <= (SELECT MAX(seq) FROM activity) - $1", kept);
}

}  // namespace picsharz::activity
