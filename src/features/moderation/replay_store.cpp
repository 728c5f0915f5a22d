#include "features/moderation/replay_store.h"

namespace picsharz::moderation {

namespace {

StageScores read_scores(const db::Row& row, int first) {
  return {row.real(first), row.real(first + 1), row.real(first + 2), row.real(first + 3),
          row.real(first + 4)};
}

}  // namespace

// Of a photo that several models saw, the newest answer.
std::vector<StoredAssessment> ReplayStore::after(db::Tx& tx, PhotoId photo, int limit) {
  return tx.all(
      "SELECT f.photo_id, f.verdict, f.drawing, f.hentai, f.neutral, f.porn, f.sexy,"
      " s.stage, s.drawing, s.hentai, s.neutral, s.porn, s.sexy FROM assessments f"
      " LEFT JOIN assessments s ON s.photo_id = f.photo_id AND s.models = f.models AND s.stage = 2"
      " WHERE f.stage = 1 AND f.photo_id > $1 AND NOT EXISTS (SELECT 1 FROM assessments n"
      " WHERE n.photo_id = f.photo_id AND n.stage = 1 AND (n.created_at > f.created_at"
      " OR (n.created_at = f.created_at AND n.models < f.models)))"
      " ORDER BY f.photo_id LIMIT $2",
      [](const db::Row& row) {
        StoredAssessment found{.photo = row.id<PhotoId>(0),
                               .verdict = static_cast<int>(row.integer(1)),
                               .first = read_scores(row, 2),
                               .second = std::nullopt};
        if (!row.null(7)) found.second = read_scores(row, 8);
        return found;
      },
      photo, limit);
}

}  // namespace picsharz::moderation
