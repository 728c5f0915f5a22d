// What the classifier said of photos, in the order of their ids.
//
// Threads:   stateless; works in the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "db/database.h"
#include "features/moderation/moderation.h"

namespace picsharz::moderation {

struct StoredAssessment {
  PhotoId photo;
  int verdict = 0;
  StageScores first;
  std::optional<StageScores> second;
};

class ReplayStore {
 public:
  std::vector<StoredAssessment> after(db::Tx& tx, PhotoId photo, int limit);
};

}  // namespace picsharz::moderation
