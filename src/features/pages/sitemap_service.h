// The sitemap: addresses of photos and people that everybody may see, in parts that search engines
// take.
//
// What:      the newest `sitemap_parts` times `sitemap_part` photos, and as many people as one part
//            holds. A part is asked of the database each time, so what is taken away is gone; only
//            how many parts there are is remembered, for an hour.
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "features/pages/sitemap_store.h"

namespace picsharz::pages {

struct SitemapSize {
  std::int64_t part = 10'000;  // addresses
  std::int64_t parts = 10;     // of photos
};

class SitemapService {
 public:
  SitemapService(db::Database& database, const Clock& clock, SitemapSize size = {})
      : database_(database), clock_(clock), size_(size) {}

  // Of the parts.
  std::vector<std::string> parts();
  // Of what is in one; nullopt where there is no such part.
  std::optional<std::vector<std::string>> part(std::string_view name);

 private:
  std::int64_t count_parts();

  db::Database& database_;
  const Clock& clock_;
  const SitemapSize size_;
  std::mutex mutex_;
  std::int64_t counted_ = 0;
  Micros counted_at_ = 0;
  SitemapStore store_;
};

}  // namespace picsharz::pages
