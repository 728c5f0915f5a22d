#include "features/imports/import_service.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "features/imports/archive_rules.h"

namespace picsharz::imports {

namespace {

constexpr Micros step_time = 5 * second;  // then others of the lane have their turn
constexpr Micros development_wait = 2 * second;

std::unexpected<Error> running() {
  return fail(ErrorKind::conflict, "import_running", "An import is running already.",
              "Wait for its end, or cancel it.");
}

std::unexpected<Error> failed() {
  return fail(ErrorKind::unavailable, "import_failed", "The server could not go on with it.",
              "Import the archive again; what was taken is not taken twice.");
}

Result<ImportId> import_of(const jobs::Job& job) {
  TRY_ASSIGN(JsonObject payload, JsonObject::parse(job.payload));
  const auto id = ImportId::parse(payload.text("import", 1, 20));
  if (!id) return not_found();
  return *id;
}

Viewer viewer_of(const Import& import) { return {.account = import.account}; }

}  // namespace

Result<Import> ImportService::begin(const Viewer& viewer, const ImportWish& wish,
                                    std::string_view key) {
  const auto known = state(viewer);
  if (known && !key.empty() && known->key == key) return *known;
  if (known && known->state == ImportState::running) return running();
  if (rooms_.gate.photos_per_day(viewer.account)) {
    return fail(ErrorKind::too_many, "too_many_attempts",
                "Several of your photos were refused, so you may upload only few in a day.",
                "Import them later.");
  }
  Import fresh{.id = rooms_.ids.next<ImportId>(), .account = viewer.account, .wish = wish};
  fresh.key = key;
  fresh.created_at = rooms_.clock.now();
  TRY(rooms_.database.write([&](db::Tx& tx) -> Result<void> {
    if (!imports_.begin(tx, fresh)) return running();
    auto taken = rooms_.resumable.take_archive(tx, viewer, wish.upload);
    if (taken) enqueue(tx, fresh);
    return taken;
  }));
  return fresh;
}

void ImportService::enqueue(db::Tx& tx, const Import& import, Micros delay) {
  const std::string id = import.id.str();
  std::string payload;
  JsonWriter(payload).begin_object().field("import", id).end_object();
  rooms_.queue.enqueue(tx, {.kind = run_import_job,
                            .payload = payload,
                            .lane = jobs::Lane::extras,
                            .account = import.account,
                            .delay = delay,
                            .key = id});
}

std::optional<Import> ImportService::state(const Viewer& viewer) {
  return rooms_.database.read([&](db::Tx& tx) { return imports_.of_account(tx, viewer.account); });
}

Page<ImportItem> ImportService::refused(const Viewer& viewer, const PageRequest& page) {
  return rooms_.database.read([&](db::Tx& tx) {
    const auto import = imports_.of_account(tx, viewer.account);
    return import ? imports_.refused(tx, import->id, page) : Page<ImportItem>();
  });
}

Result<Import> ImportService::cancel(const Viewer& viewer) {
  const auto import = state(viewer);
  if (!import || import->state != ImportState::running) return not_found();
  end(*import, ImportState::cancelled, nullptr);
  return state(viewer).value_or(*import);
}

void ImportService::set_ended(db::Tx& tx, Import import, ImportState state, const Error* why) {
  import.state = state;
  import.finished_at = rooms_.clock.now();
  if (why != nullptr) {
    import.reason = why->code;
    import.detail = why->message + " " + why->action;
  }
  imports_.end(tx, import);
}

void ImportService::end(const Import& import, ImportState state, const Error* why) {
  rooms_.database.write([&](db::Tx& tx) { set_ended(tx, import, state, why); });
  rooms_.resumable.drop_archive(import.account, import.wish.upload);
}

Result<jobs::Finished> ImportService::run(const jobs::Job& job,
                                          const std::function<bool(Micros)>& rest) {
  TRY_ASSIGN(const ImportId id, import_of(job));
  auto import = rooms_.database.read([&](db::Tx& tx) { return imports_.find(tx, id); });
  if (!import || import->state != ImportState::running) return jobs::Finished::no;
  Result<Step> step = Step::more;
  try {
    step = work(*import, rest);
  } catch (const jobs::Postponed&) {
    throw;
  } catch (const storage::StorageFull& full) {
    throw jobs::Postponed(full.what(), minute);
  } catch (const std::exception& failure) {
    if (job.attempt < job.attempts) throw;
    log_error("an import failed", {{"import", id.value}, {"detail", failure.what()}});
    step = failed();
  }
  if (!step) {
    end(*import, ImportState::failed, &step.error());
    return jobs::Finished::no;
  }
  if (*step == Step::over) end(*import, ImportState::done, nullptr);
  if (*step == Step::cancelled) end(*import, ImportState::cancelled, nullptr);
  if (*step != Step::more && *step != Step::wait) return jobs::Finished::no;
  const Micros delay = *step == Step::wait ? development_wait : 0;
  rooms_.database.write([&](db::Tx& tx) {
    if (rooms_.queue.finish(tx, job)) enqueue(tx, *import, delay);
  });
  return jobs::Finished::yes;
}

void ImportService::give_up(db::Tx& tx, const jobs::Job& job) {
  const auto id = import_of(job);
  const auto import = id ? imports_.find(tx, *id) : std::nullopt;
  if (!import) return;
  const Error why = failed().error();
  set_ended(tx, *import, ImportState::failed, &why);
}

Result<ImportService::Step> ImportService::work(Import& import,
                                                const std::function<bool(Micros)>& rest) {
  TRY_ASSIGN(auto file, rooms_.resumable.open_archive(import.account, import.wish.upload));
  TRY_ASSIGN(const auto archive, ImportArchiveService::open(std::move(file)));
  if (import.kind == ArchiveKind::unknown) TRY(count(import, *archive));
  complete_last(import, *archive);
  TRY_ASSIGN(const Step step, take_photos(import, *archive, rest));
  if (step != Step::over) return step;
  // Only what is published can be gathered and liked.
  const bool developing =
      rooms_.database.read([&](db::Tx& tx) { return imports_.develops(tx, import.id); });
  if (developing) return Step::wait;
  rooms_.people.take(import, *archive);
  return Step::over;
}

Result<void> ImportService::count(Import& import, const ImportArchiveService& archive) {
  std::int64_t photos = 0;
  TRY(archive.photos([&](ArchivedPhoto&&) { return ++photos <= photos_max; }));
  if (photos > photos_max) {
    return fail(ErrorKind::unprocessable, "archive_too_many_files",
                "This archive has more photos than fit here.", "Import it in parts.");
  }
  import.kind = archive.kind();
  import.photos = photos;
  rooms_.database.write(
      [&](db::Tx& tx) { imports_.set_counted(tx, import.id, import.kind, photos); });
  return {};
}

// The job was killed between the photo and what is said about it.
void ImportService::complete_last(const Import& import, const ImportArchiveService& archive) {
  const auto last = rooms_.database.read([&](db::Tx& tx) { return imports_.last(tx, import.id); });
  if (!last || last->outcome != Outcome::begun || !last->photo) return;
  std::int64_t number = 0;
  (void)archive.photos([&](ArchivedPhoto&& photo) {
    if (++number < last->number) return true;
    describe(import, photo, *last->photo, number);
    return false;
  });
}

Result<ImportService::Step> ImportService::take_photos(const Import& import,
                                                       const ImportArchiveService& archive,
                                                       const std::function<bool(Micros)>& rest) {
  const auto last = rooms_.database.read([&](db::Tx& tx) { return imports_.last(tx, import.id); });
  const std::int64_t done = last ? last->number : 0;
  const Micros begun = rooms_.clock.steady();
  std::int64_t number = 0;
  Step step = Step::over;
  bool program_ends = false;
  TRY(archive.photos([&](ArchivedPhoto&& photo) {
    if (++number <= done) return true;
    if (!rooms_.database.read([&](db::Tx& tx) { return imports_.runs(tx, import.id); })) {
      step = Step::cancelled;
      return false;
    }
    const Micros before = rooms_.clock.steady();
    take(import, archive, photo, number);
    const Micros after = rooms_.clock.steady();
    program_ends = !rest(after - before);
    if (program_ends || after - begun >= step_time) step = Step::more;
    return step == Step::over;
  }));
  if (program_ends) throw jobs::Postponed("the program ends", 0);
  return step;
}

void ImportService::refuse(const Import& import, ImportItem item, std::string_view code,
                           std::string_view detail) {
  item.outcome = Outcome::refused;
  item.reason = code;
  item.detail = detail;
  rooms_.database.write([&](db::Tx& tx) { imports_.insert(tx, import.id, item); });
}

void ImportService::take(const Import& import, const ImportArchiveService& archive,
                         const ArchivedPhoto& photo, std::int64_t number) {
  const ImportItem item{.number = number,
                        .file = clean_text(photo.file, 1'000),
                        .old_id = clean_text(photo.old_id, 20)};
  if (!photo.refusal.empty()) return refuse(import, item, photo.refusal, photo.refusal_detail);
  const auto file = rooms_.spool.create();
  auto done = archive.unpack(photo.file, limits::photo_file, *file);
  if (done) done = store(import, *file, photo, item);
  if (done) return;
  // What is wrong with the disk is no fault of the photo: the job is tried again.
  const ErrorKind kind = done.error().kind;
  if (kind == ErrorKind::unavailable || kind == ErrorKind::storage_full) {
    throw jobs::Postponed(done.error().code, minute);
  }
  refuse(import, item, done.error().code, done.error().message);
}

Result<void> ImportService::store(const Import& import, storage::SpoolFile& file,
                                  const ArchivedPhoto& photo, ImportItem item) {
  const std::string original = crypto::hex(file.digest());
  const bool known = rooms_.database.write([&](db::Tx& tx) {
    item.photo = imports_.known_photo(tx, import, original);
    item.outcome = Outcome::known;
    if (item.photo) imports_.insert(tx, import.id, item);
    return item.photo.has_value();
  });
  if (known) return {};
  uploads::UploadFields fields{.title = photo.title,
                               .description = photo.description,
                               .alt = photo.alt,
                               .tags = photo.tags,
                               .visibility = photo.visibility};
  item.outcome = Outcome::begun;
  const auto made = rooms_.uploads.take_in(viewer_of(import), file, fields, photo.file_name,
                                           photo.created_at, [&](db::Tx& tx, PhotoId id) {
                                             item.photo = id;
                                             imports_.insert(tx, import.id, item);
                                             return Result<void>();
                                           });
  if (!made) return std::unexpected(made.error());
  describe(import, photo, made->photo.id, item.number);
  return {};
}

void ImportService::describe(const Import& import, const ArchivedPhoto& photo, PhotoId id,
                             std::int64_t number) {
  const Viewer viewer = viewer_of(import);
  // Deleted meanwhile: then there is nothing to say about it.
  (void)rooms_.editing.edit(viewer, id,
                            {.place = photo.place,
                             .show_camera = photo.show_camera,
                             .allow_download = photo.allow_download,
                             .comments_allowed = photo.comments_allowed});
  (void)rooms_.editing.refuse_labels(viewer, id, photo.removed_labels);
  rooms_.database.write(
      [&](db::Tx& tx) { imports_.set_outcome(tx, import.id, number, Outcome::taken); });
}

}  // namespace picsharz::imports
