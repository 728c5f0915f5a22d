// The texts of public photos, and the analysis that was made of them last.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "db/database.h"
#include "features/analytics/tag_analysis.h"

namespace picsharz::analytics {

// Where the next texts begin: behind this photo of this owner.
struct TextPlace {
  AccountId owner{};
  PhotoId photo{};
};

struct KeptTagAnalysis {
  Micros made_at = 0;
  Micros took = 0;
  std::string json;
};

class TagStore {
 public:
  // Photos that everybody may see, uploaded since then, by owner; at most `limit`.
  std::vector<PhotoText> texts(db::Tx& tx, TextPlace after, Micros since, int limit);

  void keep(db::Tx& tx, const KeptTagAnalysis& analysis);
  std::optional<KeptTagAnalysis> kept(db::Tx& tx);
};

}  // namespace picsharz::analytics
