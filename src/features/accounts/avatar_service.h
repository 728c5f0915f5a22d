// Avatars: a person's picture, square and small.
//
// What:      the file is decoded in a process of its own like every photo, cropped to its middle,
//            and judged by the same classifier: what a photo would be held or removed for is
//            refused. The file itself is not kept. Each avatar has a name of its own, a random one,
//            so that what is cached under it never changes, and no two accounts share it.
// Order:     objects first, then the row; those of the old one go after the commit. What a crash
//            leaves behind sweep() removes.
// Threads:   thread-safe; put() takes as long as a decoder does, and at most two are at it at once.
// Failures:  what a picture can be refused for is a value. A store or database that is down is
//            `unavailable` or thrown.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file_handle.h"
#include "base/rate_limiter.h"
#include "db/database.h"
#include "features/accounts/account_store.h"
#include "features/accounts/avatar_key.h"
#include "image/decoder_pool.h"
#include "storage/file_cache.h"
#include "storage/spool.h"
#include "vision/classifier.h"

namespace picsharz::accounts {

inline constexpr std::int64_t avatar_file = 10'000'000;
inline constexpr int avatars_per_hour = 20;  // of one account
inline constexpr int avatars_at_once = 2;

struct AvatarRooms {
  db::Database& database;
  const Clock& clock;
  storage::Spool& spool;
  storage::ObjectStore& store;
  storage::FileCache& files;
  image::Developer& developer;
  vision::Classifier& classifier;
};

struct AvatarOptions {
  image::Formats formats{};
  // Whether moderators put this picture on their blocklist.
  std::function<bool(std::uint64_t phash)> recognises{};
};

class AvatarService {
 public:
  AvatarService(const AvatarRooms& rooms, AvatarOptions options);

  // Where the file lands while it arrives. `announced`: bytes that the client said will come, or
  // -1.
  Result<std::unique_ptr<storage::SpoolFile>> begin(const Viewer& viewer, std::int64_t announced);
  static Result<void> write(storage::SpoolFile& file, std::string_view piece);
  Result<Account> put(const Viewer& viewer, storage::SpoolFile& file);
  Result<Account> remove(const Viewer& viewer);
  // For an account that is erased: its avatar goes. How many there were.
  int erase_of(AccountId account);
  // Null where no active account has this avatar.
  std::shared_ptr<const FileHandle> open(std::string_view avatar, std::string_view size);
  // Removes the objects of avatars that nobody has, as of this look and the one before. How many.
  std::int64_t sweep();

 private:
  Result<std::string> make(storage::SpoolFile& file);
  Result<Account> replace(const Viewer& viewer, const std::string& avatar);
  Result<void> judge(const image::Developed& developed);
  void erase(std::string_view avatar);

  const AvatarRooms rooms_;
  const AvatarOptions options_;
  RateLimiter by_account_;
  std::counting_semaphore<avatars_at_once> places_{avatars_at_once};
  AccountStore accounts_;
  std::mutex sweep_mutex_;
  std::set<std::string, std::less<>> orphans_;  // of the last sweep
};

}  // namespace picsharz::accounts
