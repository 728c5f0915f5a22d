// picsharz verify: reads every stored byte and compares it with what was stored, and the search
// index with the rows that it finds. picsharz reindex: makes that index anew.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <thread>

#include "app/cli.h"
#include "app/foundation.h"
#include "base/json.h"
#include "base/limits.h"
#include "features/photos/original_service.h"
#include "features/photos/reindex_service.h"
#include "image/decoder_pool.h"
#include "storage/spool.h"

namespace picsharz::app {

namespace {

// nullopt: unlimited. Throws StartupError.
std::optional<std::int64_t> rate_of(const Invocation& invocation) {
  if (!invocation.has("--rate")) return std::nullopt;
  const std::string typed = invocation.get("--rate");
  std::int64_t mebibytes = 0;
  for (const char c : typed) {
    if (c < '0' || c > '9' || mebibytes > 100'000) mebibytes = -1;
    if (mebibytes < 0) break;
    mebibytes = mebibytes * 10 + (c - '0');
  }
  if (mebibytes <= 0) throw StartupError("--rate takes whole MiB a second, such as 20.");
  return mebibytes * limits::MiB;
}

void print_json(const photos::ScrubReport& found, const photos::SweepReport& swept,
                const photos::IndexReport& index) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().field("originals", found.originals).field("renditions", found.renditions);
  out.field("bytes", found.bytes).field("rebuilt", found.rebuilt);
  out.field("not_rebuilt", found.not_rebuilt).key("damaged").begin_array();
  for (const std::string& original : found.damaged) out.value(original);
  out.end_array().field("orphans", swept.found).field("erased", swept.erased);
  out.key("search").begin_object().field("photos", index.photos);
  out.field("accounts", index.accounts).field("missing", index.missing);
  out.field("stale", index.stale).field("surplus", index.surplus).field("counts", index.counts);
  out.field("sound", index.sound).field("under_way", index.walking).end_object().end_object();
  std::printf("%s\n", json.c_str());
}

void print_index(const photos::IndexReport& index) {
  std::printf("%lld photos and %lld accounts compared with the search index.\n",
              static_cast<long long>(index.photos), static_cast<long long>(index.accounts));
  if (index.walking) std::printf("It is being made anew: what was not reached yet is missing.\n");
  if (!index.sound) std::printf("SQLite found it unsound; it was rebuilt.\n");
  if (index.wrong() > 0) {
    std::printf("%lld were missing, %lld stale, %lld surplus, %lld counts wrong: mended.\n",
                static_cast<long long>(index.missing), static_cast<long long>(index.stale),
                static_cast<long long>(index.surplus), static_cast<long long>(index.counts));
  }
}

void print_text(const photos::ScrubReport& found, const photos::SweepReport& swept) {
  std::printf("%lld originals and %lld renditions read, %lld MiB.\n",
              static_cast<long long>(found.originals), static_cast<long long>(found.renditions),
              static_cast<long long>(found.bytes / limits::MiB));
  if (found.rebuilt > 0) {
    std::printf("%lld renditions were damaged and made anew.\n",
                static_cast<long long>(found.rebuilt));
  }
  if (found.not_rebuilt > 0) {
    std::printf("%lld renditions are damaged and could not be made anew.\n",
                static_cast<long long>(found.not_rebuilt));
  }
  for (const std::string& original : found.damaged) {
    std::printf("Damaged: %s\n", photos::original_key(original).c_str());
  }
  if (!found.damaged.empty()) {
    std::printf("Restore these files from a backup, or upload the same photos again.\n");
  }
  if (swept.found > 0) {
    std::printf(
        "%lld objects belong to no photo; %lld of them are erased now, the others when "
        "they are a day old.\n",
        static_cast<long long>(swept.found), static_cast<long long>(swept.erased));
  }
}

}  // namespace

int run_verify(const Invocation& invocation) {
  const auto rate = rate_of(invocation);
  Foundation foundation(invocation.config);
  const std::filesystem::path data = invocation.config.text("data.dir");
  const auto store = storage::open_fs_store((data / "objects").string());
  storage::FileCache files(*store, 1);
  image::DecoderPool decoders({.program = "", .processes = 1});
  photos::OriginalService originals(*foundation.database, foundation.clock, *store, files,
                                    decoders);
  const auto pause = [&](std::int64_t bytes) {
    if (rate) std::this_thread::sleep_for(std::chrono::microseconds(bytes * second / *rate));
  };
  const auto found = originals.scrub(
      foundation.clock.now(), {.bytes = std::numeric_limits<std::int64_t>::max(), .pace = pause});
  const auto swept = originals.sweep();
  // A server that runs beside this has its writer between two steps.
  photos::ReindexService reindexing(*foundation.database, foundation.clock);
  const auto index = reindexing.verify(true, [](Micros) { return true; });
  if (invocation.has("--json")) {
    print_json(found, swept, index);
  } else {
    print_text(found, swept);
    print_index(index);
  }
  if (!found.damaged.empty() || found.not_rebuilt > 0) return failed;
  return found.rebuilt > 0 || index.wrong() > 0 ? degraded : done;
}

int run_reindex(const Invocation& invocation) {
  Foundation foundation(invocation.config);
  photos::ReindexService reindexing(*foundation.database, foundation.clock);
  if (!invocation.has("--resume")) reindexing.begin();
  std::int64_t steps = 0;
  reindexing.run([&](Micros) {
    if (++steps % 100 == 0) std::fprintf(stderr, ".");
    return true;
  });
  std::printf("Everything is indexed anew.\n");
  return done;
}

}  // namespace picsharz::app
