// Writes a month of a community into a fresh, migrated database: what the benchmarks run on.
//
// What:      accounts, sessions, follows, photos with tags and labels, likes, the search index;
//            every counter is exact. Some photos get a real rendition in the object store.
// Log-ins:   nobody has a password; a session token each for the first people.
// Threads:   one.
// Failures:  those of the database and the store.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "db/database.h"
#include "population.h"
#include "storage/object_store.h"

namespace picsharz::bench {

struct MonthOptions {
  Scale scale;
  int sessions = 2'000;
  int media = 5'000;  // photos of everybody's to see that get a rendition of 15 to 25 KB
  Micros end = 0;     // of the month
};

struct MediaObject {
  PhotoId photo;
  std::string key;  // in the object store
};

struct Month {
  std::vector<std::string> tokens;
  std::vector<MediaObject> media;
  std::int64_t follows = 0;
  std::int64_t likes = 0;
};

Month write_month(db::Database& database, storage::ObjectStore& store, const MonthOptions& options);

}  // namespace picsharz::bench
