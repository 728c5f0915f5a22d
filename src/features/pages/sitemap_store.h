// What search engines may be told of: photos and people that everybody may see.
//
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "db/database.h"

namespace picsharz::pages {

class SitemapStore {
 public:
  // The newest first.
  std::vector<PhotoId> photos(db::Tx& tx, std::int64_t skip, std::int64_t limit);
  // How many there are; it stops counting at `most`.
  std::int64_t count_photos(db::Tx& tx, std::int64_t most);
  // Handles of people who show photos to everybody, the newest first.
  std::vector<std::string> people(db::Tx& tx, std::int64_t limit);
};

}  // namespace picsharz::pages
