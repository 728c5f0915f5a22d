// The bytes behind photos: erased when no photo needs them any more, and looked after until then.
//
// Stored once: the same bytes from two members are one object; its photos are its references. An
//            upload claims the bytes before it stores them (PhotoService::claim_original). Erasing
//            happens under the lock of the row in `originals`, and only where there is neither a
//            photo nor a claim, so a stored original is never taken from under an upload.
// Sweep:     objects whose hash no photo has for more than a day are erased: what a crash left.
// Scrub:     reads originals and renditions and compares their hashes, the longest unread first.
//            A bad or missing rendition is made anew from its original; what is made when it is
//            wanted is dropped and made at its next request. A bad original stays marked until
//            somebody uploads the same bytes again; it is never served.
// Threads:   thread-safe.
// Failures:  those of the database and the store are thrown; everything may be repeated.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/function_ref.h"
#include "db/database.h"
#include "features/photos/original_store.h"
#include "image/decoder_pool.h"
#include "jobs/queue.h"
#include "storage/file_cache.h"

namespace picsharz::photos {

enum class Erasure {
  erased,
  in_use,   // another photo has these bytes
  claimed,  // an upload of them is under way: try again later
};

struct ScrubOptions {
  std::int64_t bytes = 0;  // stop after so many
  // Told how many bytes were just read; it sleeps as long as the rate asks for.
  std::function<void(std::int64_t)> pace = [](std::int64_t) {};
};

struct ScrubReport {
  std::int64_t originals = 0;
  std::int64_t renditions = 0;
  std::int64_t bytes = 0;
  std::int64_t rebuilt = 0;            // renditions
  std::int64_t not_rebuilt = 0;        // bad renditions whose original is bad as well
  std::vector<std::string> damaged{};  // originals, by hash
  bool complete = false;               // every original was looked at
};

// How far what is stored has been read and compared.
struct CheckState {
  Micros since = 0;  // what was looked at before is due
  CheckCounts counts{};
  std::int64_t damaged = 0;            // originals
  std::vector<DamagedPhoto> photos{};  // of these, the last hundred
};

struct SweepReport {
  std::int64_t found = 0;   // orphans, those too young to go included
  std::int64_t erased = 0;  // hashes
  bool complete = true;     // it was not ended early
};

inline constexpr auto without_rest = [](Micros) { return true; };

class OriginalService {
 public:
  OriginalService(db::Database& database, const Clock& clock, storage::ObjectStore& store,
                  storage::FileCache& files, image::Developer& developer)
      : database_(database), clock_(clock), store_(store), files_(files), developer_(developer) {}

  // Takes away every object of this hash, where nobody needs it.
  Erasure erase(std::string_view sha256_hex);

  // `rest` is called after each of many steps with the time that it took; false ends the sweep.
  SweepReport sweep(FunctionRef<bool(Micros)> rest = without_rest);
  // The sweep, where the last complete one is long enough ago.
  void sweep_if_due(FunctionRef<bool(Micros)> rest = without_rest);

  // Originals read before this are due: a week ago, or when somebody asked for all of them.
  Micros due_before();
  // All of them are due again.
  void check_all_again();
  CheckState check_state();
  // Goes on where the last one ended. Originals read before `since` are due.
  ScrubReport scrub(Micros since, const ScrubOptions& options);

  // The original, read and compared: null where it is missing or altered, which is then recorded.
  std::shared_ptr<const FileHandle> open_checked(std::string_view sha256_hex);
  // CRC-32 of it, for archives; read and compared the first time. nullopt where it is damaged.
  std::optional<std::uint32_t> checksum(std::string_view sha256_hex);
  std::int64_t count_damaged();
  // Of what was just stored for a photo when it was wanted: writes its rows and names it in the
  // photo's list. The rows say what lies there now: another process may have put its own in its
  // place meanwhile. Where the last photo of these bytes is gone they are erased.
  void note_made(jobs::Queue& queue, PhotoId photo, std::string_view original,
                 std::span<const std::string> names);

 private:
  std::vector<RenditionRow> stored_rows(std::string_view original,
                                        std::span<const std::string> names);
  void erase_objects(std::string_view sha256_hex);
  void sweep_part(const std::string& part, SweepReport& report);
  void check(const OriginalRow& row, const ScrubOptions& options, ScrubReport& report);
  std::optional<std::string_view> damage_of(std::string_view key, std::string_view sha256_hex,
                                            const ScrubOptions& options, std::int64_t& bytes);
  std::vector<std::string> bad_renditions(const std::string& original, const ScrubOptions& options,
                                          ScrubReport& report);
  std::set<std::string> wanted_renditions(const std::string& original);
  int rebuild(const std::string& original, const std::vector<std::string>& names);
  // Of these, what is made when it is wanted; takes it out of `names`.
  int drop_made_on_demand(const std::string& original, std::vector<std::string>& names);
  void record(std::string_view sha256_hex, std::optional<std::string_view> damage);

  db::Database& database_;
  const Clock& clock_;
  storage::ObjectStore& store_;
  storage::FileCache& files_;
  image::Developer& developer_;
  OriginalStore originals_;
};

// "320.webp", and the row of a rendition that is stored under that name.
std::string rendition_name(const image::Rendition& rendition);
RenditionRow rendition_row(std::string_view name, std::string_view bytes);

std::unexpected<Error> original_damaged();

// The job that erases an original; in the transaction that takes its last photo away.
inline constexpr const char* erase_job = "original.erase";
void enqueue_erasure(jobs::Queue& queue, db::Tx& tx, std::string_view sha256_hex);

}  // namespace picsharz::photos
