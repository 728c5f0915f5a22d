#include "features/exports/export_service.h"

#include <span>

#include "base/json.h"
#include "base/log.h"
#include "features/exports/export_mails.h"
#include "features/exports/export_rules.h"

namespace picsharz::exports {

namespace {

constexpr Micros step_time = 5 * second;  // then others of the lane have their turn
constexpr int originals_at_once = 50;
constexpr std::size_t rows_at_once = 500;
constexpr int swept_at_once = 1'000;

std::unexpected<Error> running() {
  return fail(ErrorKind::conflict, "export_running", "Your archive is being made already.",
              "Wait until it is ready.");
}

std::unexpected<Error> outdated() {
  return fail(ErrorKind::gone, "export_outdated",
              "Photos or the picture of this archive were deleted or removed since it was made.",
              "Make a new archive.");
}

std::unexpected<Error> too_many(int seconds) {
  auto failure = fail(ErrorKind::too_many, "too_many_attempts",
                      "You have made many archives today.", "Make the next one tomorrow.");
  failure.error().retry_after_seconds = seconds;
  return failure;
}

Result<ExportId> export_of(const jobs::Job& job) {
  TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
  const auto id = ExportId::parse(payload.text("export", 1, 20));
  if (!id) return not_found();
  return *id;
}

}  // namespace

ExportService::ExportService(const ExportRooms& rooms, mail::Context context)
    : rooms_(rooms), context_(std::move(context)), begun_(rooms.clock, exports_per_day, day) {}

Result<Export> ExportService::begin(const Viewer& viewer, const sessions::Proof& proof,
                                    std::string_view key) {
  TRY_ASSIGN(const accounts::Account account, rooms_.totps.confirm(viewer, proof));
  const auto known = state(viewer);
  if (known && !key.empty() && known->key == key) return *known;
  if (known && known->state == ExportState::working) return running();
  Export fresh{.id = rooms_.ids.next<ExportId>(), .account = account.id, .key = std::string(key)};
  fresh.created_at = rooms_.clock.now();
  fresh.expires_at = fresh.created_at + export_lifetime;
  // The same wish may begin while this one looks: then they are one, also when it is done by now.
  const auto same = [&](db::Tx& tx) {
    auto other = exports_.of_account(tx, account.id);
    const bool is =
        other && !key.empty() && other->key == key && other->expires_at > fresh.created_at;
    if (!is) other.reset();
    return other;
  };
  TRY_ASSIGN(Export begun, rooms_.database.write([&](db::Tx& tx) -> Result<Export> {
    if (auto other = same(tx)) return *other;
    if (!exports_.begin(tx, fresh)) {
      if (auto other = same(tx)) return *other;
      return running();
    }
    if (const int wait = begun_.take(account.id.str()); wait > 0) return too_many(wait);
    enqueue(tx, fresh);
    return fresh;
  }));
  if (known && begun.id == fresh.id) rooms_.archives.remove(known->id);
  return begun;
}

void ExportService::enqueue(db::Tx& tx, const Export& wanted) {
  const std::string id = wanted.id.str();
  std::string payload;
  JsonWriter(payload).begin_object().field("export", id).end_object();
  rooms_.queue.enqueue(tx, {.kind = make_export_job,
                            .payload = payload,
                            .lane = jobs::Lane::extras,
                            .account = wanted.account,
                            .key = id});
}

std::optional<Export> ExportService::state(const Viewer& viewer) {
  auto found =
      rooms_.database.read([&](db::Tx& tx) { return exports_.of_account(tx, viewer.account); });
  if (found && found->expires_at <= rooms_.clock.now()) found.reset();
  return found;
}

Result<ExportService::Download> ExportService::open(const Viewer& viewer, ExportId id) {
  const auto found = state(viewer);
  if (!found || found->id != id || found->state != ExportState::ready) return not_found();
  if (rooms_.database.read([&](db::Tx& tx) { return exports_.is_outdated(tx, id); })) {
    return outdated();
  }
  TRY_ASSIGN(const accounts::Account account, rooms_.accounts.own(viewer));
  auto archive = rooms_.archives.open(id);
  if (!archive) return not_found();
  return Download{std::move(archive), archive_name(account.handle, found->created_at)};
}

Result<jobs::Finished> ExportService::run(const jobs::Job& job,
                                          const std::function<bool(Micros)>& rest) {
  TRY_ASSIGN(const ExportId id, export_of(job));
  const auto wanted = rooms_.database.read([&](db::Tx& tx) { return exports_.find(tx, id); });
  if (!wanted || wanted->state != ExportState::working) return jobs::Finished::no;
  try {
    if (check_originals(*wanted, rest)) return finish(job, *wanted);
  } catch (const jobs::Postponed&) {
    throw;
  } catch (const storage::StorageFull& full) {
    throw jobs::Postponed(full.what(), minute);
  }
  rooms_.database.write([&](db::Tx& tx) {
    if (rooms_.queue.finish(tx, job)) enqueue(tx, *wanted);
  });
  return jobs::Finished::yes;
}

void ExportService::give_up(db::Tx& tx, const jobs::Job& job) {
  if (const auto id = export_of(job)) exports_.set_failed(tx, *id);
}

// False: there is more to do.
bool ExportService::check_originals(const Export& wanted, const std::function<bool(Micros)>& rest) {
  const Micros begun = rooms_.clock.steady();
  for (;;) {
    const auto originals = rooms_.database.read(
        [&](db::Tx& tx) { return exports_.unchecked(tx, wanted.account, originals_at_once); });
    if (originals.empty()) return true;
    for (const std::string& original : originals) {
      const Micros before = rooms_.clock.steady();
      rooms_.originals.checksum(original);
      const Micros after = rooms_.clock.steady();
      if (!rest(after - before)) throw jobs::Postponed("the program ends", 0);
      if (after - begun >= step_time) {
        report_progress(wanted);
        return false;
      }
    }
    report_progress(wanted);
  }
}

void ExportService::report_progress(const Export& wanted) {
  rooms_.database.write([&](db::Tx& tx) {
    const auto progress = exports_.progress(tx, wanted.account);
    exports_.set_progress(tx, wanted.id, progress.photos, progress.done);
  });
}

Result<jobs::Finished> ExportService::finish(const jobs::Job& job, Export made) {
  TRY_ASSIGN(const accounts::Account account, rooms_.accounts.own({.account = made.account}));
  const Documents documents = rooms_.documents.write(account, made.created_at);
  rooms_.database.write([&](db::Tx& tx) { exports_.forget_photos(tx, made.id); });
  std::vector<PhotoId> ids;
  ids.reserve(documents.photos.size());
  for (const ExportedPhoto& each : documents.photos) ids.push_back(each.photo.id);
  for (std::size_t at = 0; at < ids.size(); at += rows_at_once) {
    const auto some =
        std::span<const PhotoId>(ids).subspan(at, std::min(rows_at_once, ids.size() - at));
    rooms_.database.write([&](db::Tx& tx) { exports_.add_photos(tx, made.id, some); });
  }
  made.size = rooms_.archives.build(made.id, documents, made.created_at);
  made.photos = std::ssize(documents.photos);
  made.left_out = documents.left_out;
  made.avatar = account.avatar;
  made.ready_at = rooms_.clock.now();
  made.expires_at = *made.ready_at + export_lifetime;
  rooms_.database.write([&](db::Tx& tx) {
    if (!exports_.set_ready(tx, made) || !rooms_.queue.finish(tx, job)) return;
    rooms_.outbox.post(tx, export_ready_mail(context_, accounts::reader_of(account), made));
  });
  log_info("an export is ready", {{"export", made.id.value}, {"photos", made.photos}});
  return jobs::Finished::yes;
}

int ExportService::erase_of(AccountId account) {
  const auto found =
      rooms_.database.read([&](db::Tx& tx) { return exports_.of_account(tx, account); });
  if (!found) return 0;
  rooms_.archives.remove(found->id);
  rooms_.database.write([&](db::Tx& tx) { exports_.remove(tx, found->id); });
  return 1;
}

int ExportService::sweep() {
  int removed = 0;
  const Micros now = rooms_.clock.now();
  const auto old =
      rooms_.database.read([&](db::Tx& tx) { return exports_.expired(tx, now, swept_at_once); });
  for (const ExportId id : old) {
    rooms_.database.write([&](db::Tx& tx) { exports_.remove(tx, id); });
    rooms_.archives.remove(id);
    ++removed;
  }
  // Of accounts that are gone, and of jobs that were killed.
  for (const ExportId id : rooms_.archives.stored()) {
    if (rooms_.database.read([&](db::Tx& tx) { return exports_.find(tx, id).has_value(); })) {
      continue;
    }
    rooms_.archives.remove(id);
    ++removed;
  }
  return removed;
}

}  // namespace picsharz::exports
