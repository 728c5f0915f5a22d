#include "features/accounts/avatar_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "crypto/crypto.h"
#include "image/probe.h"
#include "image/square.h"

namespace picsharz::accounts {

namespace {

constexpr std::string_view folder = "avatars/";
constexpr std::size_t name_digits = 32;
constexpr std::int64_t form_overhead = 65'536;  // boundaries and part headers
constexpr int replace_tries = 5;

// avatars/ab/<avatar>/64.webp -> <avatar>
std::string_view avatar_in(std::string_view key) {
  constexpr std::size_t at = folder.size() + 3;
  return key.size() > at + name_digits ? key.substr(at, name_digits) : std::string_view();
}

bool is_avatar(std::string_view text) {
  return text.size() == name_digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::unexpected<Error> too_large() {
  auto failure = fail(ErrorKind::too_large, "file_too_large", "This file is too large.",
                      "Send a picture of at most 10 MB.");
  failure.error().limit = avatar_file;
  return failure;
}

std::unexpected<Error> busy(std::string_view detail) {
  auto failure =
      fail(ErrorKind::unavailable, "busy", "The server is busy.", "Try again in a moment.");
  failure.error().retry_after_seconds = 2;
  failure.error().detail = detail;
  return failure;
}

std::unexpected<Error> unstored(const storage::StorageError& failure) {
  if (dynamic_cast<const storage::StorageFull*>(&failure) == nullptr) return busy(failure.what());
  auto full = fail(ErrorKind::storage_full, "storage_full", "There is no room left on this server.",
                   "Tell the administrator, and try again later.");
  full.error().detail = failure.what();
  return full;
}

std::unexpected<Error> unfit(std::string_view code, std::string_view what) {
  auto failure = fail(ErrorKind::unprocessable, code, what, "Choose another picture.");
  failure.error().fields = {{"file", std::string(code), std::string(what)}};
  return failure;
}

// Gives its place back at the end.
class Place {
 public:
  explicit Place(std::counting_semaphore<avatars_at_once>& places)
      : places_(places), taken_(places.try_acquire()) {}
  ~Place() {
    if (taken_) places_.release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  explicit operator bool() const { return taken_; }

 private:
  std::counting_semaphore<avatars_at_once>& places_;
  const bool taken_;
};

}  // namespace

AvatarService::AvatarService(const AvatarRooms& rooms, AvatarOptions options)
    : rooms_(rooms),
      options_(std::move(options)),
      by_account_(rooms.clock, avatars_per_hour, hour) {}

Result<std::unique_ptr<storage::SpoolFile>> AvatarService::begin(const Viewer& viewer,
                                                                 std::int64_t announced) {
  if (announced > avatar_file + form_overhead) return too_large();
  if (const int wait = by_account_.take(viewer.account.str()); wait > 0) {
    auto failure = fail(ErrorKind::too_many, "too_many_attempts",
                        "Your picture was changed very often.", "Wait a while and try again.");
    failure.error().retry_after_seconds = wait;
    return failure;
  }
  try {
    return rooms_.spool.create();
  } catch (const storage::StorageError& failure) {
    return unstored(failure);
  }
}

Result<void> AvatarService::write(storage::SpoolFile& file, std::string_view piece) {
  if (file.size() + static_cast<std::int64_t>(piece.size()) > avatar_file) return too_large();
  try {
    file.write(piece);
    return {};
  } catch (const storage::StorageError& failure) {
    return unstored(failure);
  }
}

Result<void> AvatarService::judge(const image::Developed& developed) {
  if (options_.recognises && options_.recognises(developed.phash)) {
    return unfit("blocklisted", "This picture was removed here before.");
  }
  try {
    switch (rooms_.classifier.assess(developed.pixels).verdict) {
      case vision::Verdict::safe:
        return {};
      case vision::Verdict::suggestive:
        return unfit("suggestive", "The automatic check finds this picture suggestive.");
      case vision::Verdict::explicit_:
        return unfit("explicit", "The automatic check finds this picture explicit.");
    }
  } catch (const vision::ClassifierUnavailable&) {
    return {};  // nobody here judges: people may report the account
  }
  return {};
}

// The name of the new avatar, whose pictures are stored.
Result<std::string> AvatarService::make(storage::SpoolFile& file) {
  const auto read = [&](std::int64_t offset, std::size_t count) {
    return file.read(offset, count);
  };
  TRY_ASSIGN(const image::Probe probe, image::probe(file.size(), read, options_.formats));
  const Place place(places_);
  if (!place) return busy("avatars");
  TRY_ASSIGN(
      const image::Developed developed,
      rooms_.developer.develop(file.descriptor(), file.size(), probe, image::Wanted::pixels_too));
  TRY(judge(developed));
  const std::vector<image::Rendition> made =
      image::square_renditions(developed.pixels, avatar_sizes);
  std::string avatar = crypto::hex(crypto::random_bytes(name_digits / 2));
  std::vector<storage::NewObject> objects;
  objects.reserve(made.size());
  for (const image::Rendition& each : made) {
    objects.push_back({avatar_key(avatar, std::to_string(each.size)), each.bytes});
  }
  rooms_.store.put_all(objects);
  return avatar;
}

Result<Account> AvatarService::put(const Viewer& viewer, storage::SpoolFile& file) {
  try {
    TRY_ASSIGN(const std::string avatar, make(file));
    return replace(viewer, avatar);
  } catch (const storage::StorageError& failure) {
    return unstored(failure);
  } catch (const image::DecoderUnavailable& failure) {
    return busy(failure.what());
  }
}

Result<Account> AvatarService::remove(const Viewer& viewer) { return replace(viewer, ""); }

Result<Account> AvatarService::replace(const Viewer& viewer, const std::string& avatar) {
  std::string old;
  auto account = rooms_.database.write([&](db::Tx& tx) -> Result<Account> {
    for (int tries = 0; tries < replace_tries; ++tries) {
      auto found = accounts_.find(tx, viewer.account);
      if (!found) return not_found();
      old = std::exchange(found->avatar, avatar);
      if (accounts_.set_avatar(tx, viewer.account, old, avatar)) return *std::move(found);
    }
    return busy("an avatar changes all the time");
  });
  if (account && !old.empty() && old != avatar) erase(old);
  return account;
}

int AvatarService::erase_of(AccountId account) {
  const auto found = rooms_.database.read([&](db::Tx& tx) { return accounts_.find(tx, account); });
  if (!found || found->avatar.empty()) return 0;
  (void)replace({.account = account}, "");  // busy: it is asked again
  return 1;
}

void AvatarService::erase(std::string_view avatar) {
  for (const int size : avatar_sizes) {
    const std::string key = avatar_key(avatar, std::to_string(size));
    rooms_.store.remove(key);
    rooms_.files.forget(key);
  }
}

std::shared_ptr<const FileHandle> AvatarService::open(std::string_view avatar,
                                                      std::string_view size) {
  const bool known =
      std::ranges::any_of(avatar_sizes, [&](int each) { return std::to_string(each) == size; });
  if (!known || !is_avatar(avatar)) return nullptr;
  const bool shown =
      rooms_.database.read([&](db::Tx& tx) { return accounts_.shows_avatar(tx, avatar); });
  return shown ? rooms_.files.open(avatar_key(avatar, size)) : nullptr;
}

std::int64_t AvatarService::sweep() {
  const std::lock_guard lock(sweep_mutex_);
  std::set<std::string, std::less<>> orphans;
  rooms_.store.list(folder, [&](std::string_view key, std::int64_t) {
    if (const auto avatar = avatar_in(key); is_avatar(avatar)) orphans.emplace(avatar);
  });
  rooms_.database.read([&](db::Tx& tx) {
    std::erase_if(orphans, [&](const auto& avatar) { return accounts_.has_avatar(tx, avatar); });
  });
  std::int64_t erased = 0;
  for (auto each = orphans.begin(); each != orphans.end();) {
    if (!orphans_.contains(*each)) {
      ++each;
      continue;
    }
    erase(*each);
    ++erased;
    each = orphans.erase(each);
  }
  orphans_ = std::move(orphans);
  return erased;
}

}  // namespace picsharz::accounts
