#include "features/photos/original_service.h"

#include <fcntl.h>

#include <algorithm>

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "image/probe.h"
#include "zip/crc32.h"

namespace picsharz::photos {

namespace {

constexpr std::size_t piece_bytes = 262'144;
constexpr std::size_t hash_digits = 64;
constexpr Micros orphan_age = day;
constexpr Micros sweep_interval = 6 * hour;
constexpr int unused_at_once = 1'000;
constexpr int note_tries = 10;
constexpr std::string_view sweep_task = "originals.sweep";
constexpr std::string_view check_all_task = "originals.check_all";
constexpr int damaged_shown = 100;
// With the queue's back-off of at most five minutes: longer than a claim lives.
constexpr int erase_attempts = 25;

// `read` is told of each piece.
template <class Read>
std::string hash_of(const FileHandle& file, Read read) {
  crypto::Sha256 hash;
  for (std::int64_t offset = 0; offset < file.size();) {
    const std::string piece = file.read(offset, piece_bytes);
    if (piece.empty()) break;  // cut off behind our back: the hash will tell
    hash.update(piece);
    offset += static_cast<std::int64_t>(piece.size());
    read(static_cast<std::int64_t>(piece.size()));
  }
  return crypto::hex(hash.finish());
}

bool is_hash(std::string_view text) {
  return text.size() == hash_digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// originals/ab/<hash>, renditions/ab/<hash>/320.webp -> <hash>; "" for anything else.
std::string_view hash_in(std::string_view key) {
  const std::size_t first = key.find('/');
  const std::size_t second = first == key.npos ? first : key.find('/', first + 1);
  if (second == key.npos) return {};
  const std::string_view hash = key.substr(second + 1, hash_digits);
  return is_hash(hash) ? hash : std::string_view();
}

}  // namespace

void enqueue_erasure(jobs::Queue& queue, db::Tx& tx, std::string_view sha256_hex) {
  std::string payload;
  JsonWriter(payload).begin_object().field("original", sha256_hex).end_object();
  // Without a key: a job that runs now may have looked before this transaction.
  queue.enqueue(tx, {.kind = erase_job,
                     .payload = payload,
                     .lane = jobs::Lane::upkeep,
                     .attempts = erase_attempts});
}

Erasure OriginalService::erase(std::string_view sha256_hex) {
  const std::string original(sha256_hex);
  return database_.write([&](db::Tx& tx) {
    const OriginalRow row = originals_.lock(tx, original);
    if (originals_.has_photos(tx, original)) return Erasure::in_use;
    if (row.claims > 0 && row.claimed_until > clock_.now()) return Erasure::claimed;
    // Objects first: a crash before the commit leaves a row that the next try finds.
    erase_objects(original);
    originals_.remove(tx, original);
    return Erasure::erased;
  });
}

void OriginalService::erase_objects(std::string_view sha256_hex) {
  std::vector<std::string> keys{original_key(sha256_hex)};
  store_.list(rendition_key(sha256_hex, ""),
              [&](std::string_view key, std::int64_t) { keys.emplace_back(key); });
  for (const std::string& key : keys) {
    store_.remove(key);
    files_.forget(key);  // an open file keeps its bytes on the disk
  }
}

SweepReport OriginalService::sweep(FunctionRef<bool(Micros)> rest) {
  SweepReport report;
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char high : digits) {
    for (const char low : digits) {
      const Micros begin = clock_.steady();
      sweep_part({high, low}, report);
      report.complete = rest(clock_.steady() - begin);
      if (!report.complete) return report;
    }
  }
  const auto unused = database_.write([&](db::Tx& tx) {
    originals_.forget_used_orphans(tx);
    return originals_.unused(tx, clock_.now() - orphan_age, unused_at_once);
  });
  for (const std::string& original : unused) {
    report.erased += erase(original) == Erasure::erased ? 1 : 0;
  }
  return report;
}

// The objects whose hash begins with these two digits: as many as fit into memory.
void OriginalService::sweep_part(const std::string& part, SweepReport& report) {
  std::set<std::string> hashes;
  for (const std::string_view kind : {"originals/", "renditions/"}) {
    store_.list(std::string(kind).append(part).append("/"), [&](std::string_view key, auto) {
      if (const auto hash = hash_in(key); !hash.empty()) hashes.emplace(hash);
    });
  }
  database_.read([&](db::Tx& tx) {
    std::erase_if(hashes, [&](const std::string& hash) { return originals_.has_photos(tx, hash); });
  });
  for (const std::string& hash : hashes) {
    ++report.found;
    const Micros now = clock_.now();
    const Micros seen =
        database_.write([&](db::Tx& tx) { return originals_.note_orphan(tx, hash, now); });
    if (seen > now - orphan_age) continue;
    report.erased += erase(hash) == Erasure::erased ? 1 : 0;
  }
}

void OriginalService::sweep_if_due(FunctionRef<bool(Micros)> rest) {
  const auto last = database_.read([&](db::Tx& tx) { return originals_.done_at(tx, sweep_task); });
  if (last && *last > clock_.now() - sweep_interval) return;
  const SweepReport swept = sweep(rest);
  if (swept.found > 0) {
    log_info("orphaned objects", {{"found", swept.found}, {"erased", swept.erased}});
  }
  if (!swept.complete) return;
  database_.write([&](db::Tx& tx) { originals_.set_done(tx, sweep_task, clock_.now()); });
}

Micros OriginalService::due_before() {
  const auto asked =
      database_.read([&](db::Tx& tx) { return originals_.done_at(tx, check_all_task); });
  return std::max(asked.value_or(0), clock_.now() - limits::scrub_interval);
}

void OriginalService::check_all_again() {
  database_.write([&](db::Tx& tx) { originals_.set_done(tx, check_all_task, clock_.now()); });
}

CheckState OriginalService::check_state() {
  const Micros since = due_before();
  return database_.read([&](db::Tx& tx) {
    return CheckState{.since = since,
                      .counts = originals_.count_checked(tx, since),
                      .damaged = originals_.count_damaged(tx),
                      .photos = originals_.damaged_photos(tx, damaged_shown)};
  });
}

ScrubReport OriginalService::scrub(Micros since, const ScrubOptions& options) {
  ScrubReport report;
  while (report.bytes < options.bytes) {
    const auto row =
        database_.read([&](db::Tx& tx) { return originals_.next_to_check(tx, since); });
    report.complete = !row;
    if (!row) break;
    check(*row, options, report);
    ++report.originals;
  }
  return report;
}

void OriginalService::check(const OriginalRow& row, const ScrubOptions& options,
                            ScrubReport& report) {
  const auto damage = damage_of(original_key(row.sha256), row.sha256, options, report.bytes);
  record(row.sha256, damage);
  if (damage) report.damaged.push_back(row.sha256);
  std::vector<std::string> bad = bad_renditions(row.sha256, options, report);
  report.rebuilt += drop_made_on_demand(row.sha256, bad);
  if (bad.empty()) return;
  const int rebuilt = damage ? 0 : rebuild(row.sha256, bad);
  report.rebuilt += rebuilt;
  report.not_rebuilt += static_cast<std::int64_t>(bad.size()) - rebuilt;
}

std::optional<std::string_view> OriginalService::damage_of(std::string_view key,
                                                           std::string_view sha256_hex,
                                                           const ScrubOptions& options,
                                                           std::int64_t& bytes) {
  const auto file = store_.open(key);
  if (!file) return "missing";
  const std::string hash = hash_of(*file, [&](std::int64_t count) {
    bytes += count;
    options.pace(count);
  });
  // What is read once in weeks need not push out of the page cache what people look at.
  ::posix_fadvise(file->descriptor(), 0, 0, POSIX_FADV_DONTNEED);
  return hash == sha256_hex ? std::nullopt : std::optional<std::string_view>("altered");
}

std::set<std::string> OriginalService::wanted_renditions(const std::string& original) {
  std::set<std::string> names;
  for (const std::string& list :
       database_.read([&](db::Tx& tx) { return originals_.rendition_lists(tx, original); })) {
    for (const std::string_view name : rendition_names(list)) names.emplace(name);
  }
  return names;
}

std::vector<std::string> OriginalService::bad_renditions(const std::string& original,
                                                         const ScrubOptions& options,
                                                         ScrubReport& report) {
  std::set<std::string> unknown = wanted_renditions(original);
  std::vector<std::string> bad;
  for (const RenditionRow& row :
       database_.read([&](db::Tx& tx) { return originals_.renditions(tx, original); })) {
    unknown.erase(row.name);
    ++report.renditions;
    const std::string key = rendition_key(original, row.name);
    if (damage_of(key, row.sha256, options, report.bytes)) bad.push_back(row.name);
  }
  // Made before hashes of renditions were kept: nobody can tell whether they are good.
  report.renditions += static_cast<std::int64_t>(unknown.size());
  bad.insert(bad.end(), unknown.begin(), unknown.end());
  return bad;
}

int OriginalService::rebuild(const std::string& original, const std::vector<std::string>& names) {
  const auto file = store_.open(original_key(original));
  if (!file) return 0;
  const auto probe = image::probe(*file);
  if (!probe) return 0;
  const auto developed =
      developer_.develop(file->descriptor(), file->size(), *probe, image::Wanted::renditions);
  if (!developed) return 0;
  int rebuilt = 0;
  for (const image::Rendition& rendition : developed->renditions) {
    const std::string name = rendition_name(rendition);
    if (std::ranges::find(names, name) == names.end()) continue;
    const std::string key = rendition_key(original, name);
    store_.remove(key);
    store_.put_bytes(key, rendition.bytes);
    files_.forget(key);
    database_.write([&](db::Tx& tx) {
      originals_.put_rendition(tx, original, rendition_row(name, rendition.bytes));
    });
    ++rebuilt;
  }
  return rebuilt;
}

int OriginalService::drop_made_on_demand(const std::string& original,
                                         std::vector<std::string>& names) {
  const auto first = std::stable_partition(
      names.begin(), names.end(), [](const std::string& name) { return !is_made_on_demand(name); });
  const std::vector<std::string> dropped(first, names.end());
  names.erase(first, names.end());
  if (dropped.empty()) return 0;
  for (const std::string& name : dropped) {
    const std::string key = rendition_key(original, name);
    store_.remove(key);
    files_.forget(key);
  }
  database_.write([&](db::Tx& tx) {
    originals_.lock(tx, original);
    for (const std::string& name : dropped) originals_.remove_rendition(tx, original, name);
    originals_.unlist_made(tx, original, dropped);
  });
  return static_cast<int>(dropped.size());
}

void OriginalService::note_made(jobs::Queue& queue, PhotoId photo, std::string_view original,
                                std::span<const std::string> names) {
  // Whoever puts something writes a row later, so the last to write one sees what is there to stay.
  std::vector<RenditionRow> noted;
  for (int tries = 0; tries < note_tries; ++tries) {
    std::vector<RenditionRow> stored = stored_rows(original, names);
    if (tries > 0 && stored == noted) return;
    noted = std::move(stored);
    database_.write([&](db::Tx& tx) {
      originals_.lock(tx, original);
      if (!originals_.has_photos(tx, original)) return enqueue_erasure(queue, tx, original);
      for (const RenditionRow& row : noted) originals_.put_rendition(tx, original, row);
      if (noted.size() == names.size()) originals_.list_made(tx, photo, original, names);
    });
  }
}

// Those that are there.
std::vector<RenditionRow> OriginalService::stored_rows(std::string_view original,
                                                       std::span<const std::string> names) {
  std::vector<RenditionRow> rows;
  for (const std::string& name : names) {
    const std::string key = rendition_key(original, name);
    files_.forget(key);  // it may have been put in the place of another
    const auto file = store_.open(key);
    if (file) rows.push_back({name, hash_of(*file, [](std::int64_t) {}), file->size()});
  }
  return rows;
}

void OriginalService::record(std::string_view sha256_hex, std::optional<std::string_view> damage) {
  database_.write(
      [&](db::Tx& tx) { originals_.set_checked(tx, sha256_hex, damage, clock_.now()); });
}

std::shared_ptr<const FileHandle> OriginalService::open_checked(std::string_view sha256_hex) {
  auto file = store_.open(original_key(sha256_hex));
  const auto nothing = [](std::int64_t) {};
  if (file && hash_of(*file, nothing) == sha256_hex) return file;
  const std::string_view damage = file ? "altered" : "missing";
  log_error("an original is damaged", {{"original", sha256_hex}, {"how", damage}});
  record(sha256_hex, damage);
  return nullptr;
}

std::optional<std::uint32_t> OriginalService::checksum(std::string_view sha256_hex) {
  auto known = database_.read([&](db::Tx& tx) { return originals_.crc32(tx, sha256_hex); });
  if (known) return known;
  const auto file = open_checked(sha256_hex);
  if (!file) return std::nullopt;
  zip::Crc32 crc;
  for (std::int64_t offset = 0; offset < file->size();) {
    const std::string piece = file->read(offset, piece_bytes);
    if (piece.empty()) return std::nullopt;
    crc.update(piece);
    offset += static_cast<std::int64_t>(piece.size());
  }
  database_.write([&](db::Tx& tx) { originals_.set_crc32(tx, sha256_hex, crc.value()); });
  return crc.value();
}

std::int64_t OriginalService::count_damaged() {
  return database_.read([&](db::Tx& tx) { return originals_.count_damaged(tx); });
}

std::unexpected<Error> original_damaged() {
  return fail(ErrorKind::unavailable, "original_damaged",
              "The file of this photo is damaged on this server.",
              "Upload it again if you have it; the administrator has been told.");
}

RenditionRow rendition_row(std::string_view name, std::string_view bytes) {
  return {std::string(name), crypto::hex(crypto::sha256(bytes)),
          static_cast<std::int64_t>(bytes.size())};
}

std::string rendition_name(const image::Rendition& rendition) {
  return std::to_string(rendition.size).append(".").append(extension(rendition.format));
}

}  // namespace picsharz::photos
