#include "features/feed/popular_store.h"

#include "features/photos/photo_visibility.h"

namespace picsharz::feed {

std::vector<Ranked> PopularStore::rank(db::Tx& tx, Micros now, Micros half, int candidates) {
  constexpr std::int64_t nobody = 0;
  return tx.all(
      "SELECT p.id, p.owner_id, s.score FROM (SELECT w.photo_id, SUM(w.weight * w.weight) AS score"
      "  FROM (SELECT l.photo_id, CAST($4 AS DOUBLE PRECISION) / ($4 + $3 - l.created_at) AS weight"
      "   FROM likes l WHERE l.created_at <= $3) w"
      "  GROUP BY w.photo_id ORDER BY score DESC, w.photo_id DESC LIMIT $5) s"
      " JOIN photos p ON p.id = s.photo_id JOIN accounts o ON o.id = p.owner_id"
      " WHERE p.visibility = 0 AND o.private = 0 AND " PICSHARZ_PHOTO_LISTED
      " ORDER BY s.score DESC, p.id DESC",
      [](const db::Row& row) {
        return Ranked{row.id<PhotoId>(0), row.id<AccountId>(1), row.real(2)};
      },
      nobody, nobody, now, half, candidates);
}

void PopularStore::replace(db::Tx& tx, std::span<const Ranked> list, Micros now) {
  tx.exec("DELETE FROM popular");
  std::int64_t place = 0;
  for (const Ranked& ranked : list) {
    tx.exec("INSERT INTO popular (place, photo_id, score, ranked_at) VALUES ($1, $2, $3, $4)",
            ++place, ranked.photo, ranked.score, now);
  }
}

PopularList PopularStore::list(db::Tx& tx) {
  PopularList list;
  tx.each("SELECT photo_id, ranked_at FROM popular ORDER BY place", [&](const db::Row& row) {
    list.photos.push_back(row.id<PhotoId>(0));
    list.ranked_at = row.integer(1);
  });
  return list;
}

}  // namespace picsharz::feed
