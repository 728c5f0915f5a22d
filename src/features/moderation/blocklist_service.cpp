#include "features/moderation/blocklist_service.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/limits.h"
#include "features/moderation/moderation_rules.h"
#include "image/perceptual_hash.h"

namespace picsharz::moderation {

namespace {

constexpr int same_picture = 10;  // bits that may differ

bool matches_any(const std::array<std::uint64_t, 8>& turns, std::uint64_t phash) {
  return std::ranges::any_of(
      turns, [&](std::uint64_t turn) { return image::hash_distance(turn, phash) <= same_picture; });
}

}  // namespace

std::shared_ptr<const BlocklistService::Hashes> BlocklistService::current() {
  const std::lock_guard lock(mutex_);
  database_.read([&](db::Tx& tx) {
    const std::int64_t version = rows_.version(tx);
    if (version == version_) return;
    hashes_ = std::make_shared<const Hashes>(rows_.hashes(tx));
    version_ = version;
  });
  return hashes_;
}

bool BlocklistService::recognises(std::uint64_t phash) {
  if (!image::hash_says_enough(phash)) return false;
  const auto hashes = current();
  const auto turns = image::hash_turns(phash);
  return std::ranges::any_of(
      *hashes, [&](const BlockedHash& each) { return matches_any(turns, each.phash); });
}

BlockedPicture BlocklistService::new_entry(std::uint64_t phash, std::optional<AccountId> by,
                                           std::string_view note) {
  return {.id = ids_.next<BlockId>(),
          .phash = phash,
          .added_by = by,
          .note = std::string(note),
          .created_at = clock_.now()};
}

void BlocklistService::set_photo(db::Tx& tx, PhotoId photo, bool blocked,
                                 std::optional<AccountId> by) {
  rows_.lock(tx);  // of two with one hash, decided at once, each knows what became of the other
  if (!blocked) return unblock_photo(tx, photo);
  const auto phash = rows_.phash(tx, photo);
  if (!phash || !image::hash_says_enough(*phash)) return;
  BlockedPicture entry = new_entry(*phash, by, "");
  entry.photo = photo;
  rows_.insert(tx, entry);
}

// The list has a hash once: what another photo is removed for stays on it, for that one.
void BlocklistService::unblock_photo(db::Tx& tx, PhotoId photo) {
  if (!rows_.remove_of(tx, photo)) return;
  const auto twin = rows_.removed_twin(tx, photo, explicit_reasons);
  if (twin) set_photo(tx, twin->id, true, twin->by);
}

Page<BlockedPicture> BlocklistService::list(const PageRequest& request) {
  const BlockId before{request.after ? request.after->id
                                     : std::numeric_limits<std::int64_t>::max()};
  Page<BlockedPicture> page;
  page.items =
      database_.read([&](db::Tx& tx) { return rows_.list(tx, before, request.limit + 1); });
  if (static_cast<int>(page.items.size()) > request.limit) {
    page.items.resize(static_cast<std::size_t>(request.limit));
    page.next = Position{0, page.items.back().id.value};
  }
  return page;
}

Result<std::vector<BlockedPicture>> BlocklistService::matches(PhotoId photo) {
  const auto hashes = current();
  return database_.read([&](db::Tx& tx) -> Result<std::vector<BlockedPicture>> {
    const auto phash = rows_.phash(tx, photo);
    if (!phash) return not_found();
    const auto turns = image::hash_turns(*phash);
    std::vector<BlockedPicture> found;
    for (const BlockedHash& each : *hashes) {
      if (!matches_any(turns, each.phash)) continue;
      if (auto row = rows_.find(tx, each.id)) found.push_back(*std::move(row));
      if (found.size() == limits::page_max) break;
    }
    return found;
  });
}

BlockedPicture BlocklistService::add(const Viewer& viewer, std::uint64_t phash,
                                     std::string_view note) {
  return database_.write([&](db::Tx& tx) {
    rows_.insert(tx, new_entry(phash, viewer.account, note));
    return rows_.find(tx, phash).value();
  });
}

Result<void> BlocklistService::remove(BlockId id) {
  const bool removed = database_.write([&](db::Tx& tx) { return rows_.remove(tx, id); });
  if (!removed) return not_found();
  return {};
}

std::string BlocklistService::export_text() {
  std::string text;
  for (const BlockedHash& each : *current()) text += phash_text(each.phash) + "\n";
  return text;
}

Result<Imported> BlocklistService::import_text(const Viewer& viewer, std::string_view text) {
  std::vector<std::uint64_t> phashes;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto phash = phash_of(line);
    if (!phash) {
      return fail(ErrorKind::invalid, "invalid_hash",
                  "Line " + std::to_string(number) + " is no hash of 16 hexadecimal digits.",
                  "Send one hash a line, as the export gives them.");
    }
    phashes.push_back(*phash);
  }
  return database_.write([&](db::Tx& tx) {
    Imported imported;
    for (const std::uint64_t phash : phashes) {
      (rows_.insert(tx, new_entry(phash, viewer.account, "imported")) ? imported.added
                                                                      : imported.known) += 1;
    }
    return imported;
  });
}

}  // namespace picsharz::moderation
