// Which objects have come since somebody asked: a store that notes what is put into another one.
//
// Keeps:     some, while nobody asks; of more it says that there were more.
// Threads:   thread-safe.
// Failures:  those of the store behind.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "storage/object_store.h"

namespace picsharz::backups {

class Arrivals {
 public:
  struct Taken {
    std::set<std::string> keys;
    bool all = true;  // false: there were more
  };

  explicit Arrivals(std::size_t most = 100'000) : most_(most) {}  // some 200 bytes each

  void note(std::string_view key);
  // Those that are noted, which are forgotten then.
  Taken take();

 private:
  const std::size_t most_;
  std::mutex mutex_;
  Taken noted_;
};

// `arrivals` outlives it.
std::unique_ptr<storage::ObjectStore> note_arrivals(std::unique_ptr<storage::ObjectStore> store,
                                                    Arrivals& arrivals);

}  // namespace picsharz::backups
