#include "features/uploads/resumable_service.h"

#include <limits>
#include <string>
#include <variant>

#include "base/limits.h"
#include "base/log.h"
#include "image/probe.h"

namespace picsharz::uploads {

namespace {

constexpr int looked_at_once = 1'000;
constexpr std::int64_t largest_piece = 64 * limits::KiB;
// Gigabytes come in the background: what is sent again after a cut may be more.
constexpr std::int64_t archive_sync_factor = 16;

std::unexpected<Error> locked() {
  auto failure = fail(ErrorKind::locked, "upload_locked", "This upload is being written to.",
                      "Ask again in a moment.");
  failure.error().retry_after_seconds = 1;
  return failure;
}

std::unexpected<Error> expired() {
  return fail(ErrorKind::gone, "upload_expired", "This upload was not finished in time.",
              "Begin it anew.");
}

std::unexpected<Error> wrong_offset(std::int64_t received) {
  return fail(ErrorKind::conflict, "offset_mismatch",
              "This is not where the upload stands: it has " + std::to_string(received) + " bytes.",
              "Ask where it stands, and go on from there.");
}

std::unexpected<Error> too_long() {
  return fail(ErrorKind::too_large, "upload_too_long",
              "These are more bytes than the upload was announced to have.",
              "Send what is missing and nothing more.");
}

std::unexpected<Error> wrong_length(std::string_view message) {
  return fail(ErrorKind::invalid, "invalid_upload_length", message,
              "Give the file's length once, in bytes.");
}

std::unexpected<Error> archive_too_large(std::int64_t most) {
  auto failure =
      fail(ErrorKind::too_large, "file_too_large", "This archive is too large.",
           "Send one of at most " + std::to_string(most / 1'000'000) + " MB, or several.");
  failure.error().limit = most;
  return failure;
}

std::unexpected<Error> no_bytes() {
  return fail(ErrorKind::unprocessable, "image_empty", "This file is empty.",
              "Choose another file.");
}

}  // namespace

// Append

Append::Append(ResumableService& service, Viewer viewer, ResumableUpload upload, Patch patch,
               std::unique_ptr<storage::SpoolFile> file)
    : service_(service),
      viewer_(viewer),
      upload_(std::move(upload)),
      patch_(std::move(patch)),
      file_(std::move(file)) {}

Append::~Append() {
  if (over_ || !file_ || patch_.checksum) return;
  try {
    (void)sync();
  } catch (const std::exception& failure) {
    log_warning("an interrupted upload keeps less than came", {{"detail", failure.what()}});
  }
}

Result<void> Append::write(std::string_view piece) {
  const std::int64_t most = upload_.length.value_or(service_.settings_.photo_bytes);
  const std::int64_t before = file_ ? file_->size() : upload_.received;
  if (before + static_cast<std::int64_t>(piece.size()) > most) {
    return upload_.length ? Result<void>(too_long()) : service_.uploads_.file_too_large();
  }
  try {
    file_->write(piece);
  } catch (const storage::StorageError& failure) {
    over_ = true;
    return storage_failure(failure);
  }
  if (patch_.checksum) {
    patch_.checksum->algorithm == Checksum::Algorithm::sha1 ? sha1_.update(piece)
                                                            : sha256_.update(piece);
  }
  return {};
}

bool Append::wants_sync() const {
  // One more piece may be as large as the server's read.
  constexpr std::int64_t enough = limits::upload_sync_bytes - largest_piece;
  const std::int64_t more = upload_.archive ? archive_sync_factor : 1;
  return file_ && !patch_.checksum && file_->size() - upload_.received >= enough * more;
}

Result<void> Append::sync() {
  if (!file_ || file_->size() == upload_.received) return {};
  try {
    file_->sync();
  } catch (const storage::StorageError& failure) {
    over_ = true;
    return storage_failure(failure);
  }
  const std::int64_t size = file_->size();
  const bool open = service_.database_.write(
      [&](db::Tx& tx) { return service_.rows_.advance(tx, upload_.id, size); });
  if (!open) {
    over_ = true;
    return service_.not_open(upload_.id, *file_);
  }
  upload_.received = size;
  return {};
}

bool Append::checksum_fits() {
  if (!patch_.checksum) return true;
  const std::string digest = patch_.checksum->algorithm == Checksum::Algorithm::sha1
                                 ? sha1_.finish()
                                 : std::string(crypto::view(sha256_.finish()));
  return crypto::equal(digest, patch_.checksum->digest);
}

Result<ResumableUpload> Append::finish() {
  if (!file_) return service_.complete_if_whole(viewer_, upload_);
  if (!checksum_fits()) {
    over_ = true;  // opened again, the file is cut to what was received before
    return fail(ErrorKind::checksum, "checksum_mismatch", "These bytes are not those announced.",
                "Send them again; nothing of them was kept.");
  }
  TRY(sync());
  over_ = true;
  if (!upload_.complete()) {
    file_.reset();  // the lock is free before the client hears of it
    return upload_;
  }
  auto done = service_.complete(viewer_, upload_, file_.get());
  file_.reset();
  return done;
}

// ResumableService

ResumableService::ResumableService(db::Database& database, IdSource& ids, const Clock& clock,
                                   photos::PhotoService& photos, UploadService& uploads,
                                   storage::Spool& spool, storage::ObjectStore& store,
                                   UploadSettings settings)
    : database_(database),
      ids_(ids),
      clock_(clock),
      photos_(photos),
      uploads_(uploads),
      spool_(spool),
      store_(store),
      settings_(settings) {}

Result<ResumableUpload> ResumableService::create(const Viewer& viewer, const NewUpload& wanted) {
  // Before there is anything that would have to be taken back, or was there before.
  if (wanted.announced > wanted.length.value_or(settings_.photo_bytes)) {
    return wanted.length ? too_long() : uploads_.file_too_large();
  }
  if (!wanted.idempotency_key.empty()) {
    const auto known = database_.read(
        [&](db::Tx& tx) { return rows_.find_by_key(tx, viewer.account, wanted.idempotency_key); });
    if (known) return replay(wanted, *known);
  }
  if (wanted.length == 0) return no_bytes();
  if (wanted.archive) {
    if (wanted.length > settings_.archive_bytes) return archive_too_large(settings_.archive_bytes);
    forget_archives(viewer.account);
  } else {
    if (wanted.length > settings_.photo_bytes) return uploads_.file_too_large();
    TRY(uploads_.check_day(viewer.account));
  }
  ResumableUpload upload;
  upload.id = ids_.next<UploadId>();
  upload.account = viewer.account;
  upload.length = wanted.length;
  upload.reserved = wanted.length.value_or(settings_.photo_bytes);
  upload.fields = wanted.fields;
  upload.file_name = wanted.file_name;
  upload.metadata = wanted.metadata;
  upload.idempotency_key = wanted.idempotency_key;
  upload.fingerprint = wanted.fingerprint;
  upload.created_at = clock_.now();
  upload.expires_at = upload.created_at + limits::upload_lifetime;
  upload.archive = wanted.archive;
  if (wanted.archive) {
    upload.reserved = 0;  // its photos are asked for one by one
    upload.expires_at = upload.created_at + archive_lifetime;
  } else {
    TRY_ASSIGN(auto done, from_own_bytes(viewer, wanted, upload));
    if (done) return *std::move(done);
  }
  if (!spool_.has_room()) return storage_failure(storage::StorageFull("the reserve is reached"));
  return insert(wanted, upload);
}

Result<ResumableUpload> ResumableService::replay(const NewUpload& wanted,
                                                 const ResumableUpload& known) const {
  if (known.fingerprint == wanted.fingerprint) return known;
  return fail(ErrorKind::unprocessable, "idempotency_key_reused",
              "This Idempotency-Key belongs to another request.", "Make a new key for each wish.");
}

// Only the account's own rows are asked: whether somebody else has these bytes stays unknown.
Result<std::optional<ResumableUpload>> ResumableService::from_own_bytes(const Viewer& viewer,
                                                                        const NewUpload& wanted,
                                                                        ResumableUpload upload) {
  if (wanted.sha256.empty()) return std::nullopt;
  const auto own = photos_.own_original(viewer, wanted.sha256);
  if (!own || (wanted.length && *wanted.length != own->photo.bytes)) return std::nullopt;
  photos::OriginalClaim original(photos_, wanted.sha256, own->photo.bytes);
  const std::string key = photos::original_key(wanted.sha256);
  if (original.damaged()) store_.remove(key);
  const auto object = store_.open(key);
  if (!object) return std::nullopt;
  photos::NewPhoto photo = photo_of(upload, wanted.sha256);
  photo.bytes = own->photo.bytes;
  TRY_ASSIGN(photo.probe, image::probe(*object));
  upload.state = UploadState::done;
  upload.length = upload.received = photo.bytes;
  upload.reserved = 0;
  upload.original = wanted.sha256;
  bool inserted = true;
  const auto view =
      photos_.create(viewer, photo, settings_.quota, [&](db::Tx& tx, PhotoId id) -> Result<void> {
        upload.photo = id;
        inserted = rows_.insert(tx, upload);
        if (!inserted) return locked();  // the same key, at the same time: it has won
        return {};
      });
  if (view) {
    original.used();
    return upload;
  }
  if (inserted) return std::unexpected(view.error());
  const auto winner = database_.read(
      [&](db::Tx& tx) { return rows_.find_by_key(tx, viewer.account, wanted.idempotency_key); });
  if (!winner) return locked();
  TRY_ASSIGN(auto known, replay(wanted, *winner));
  return known;
}

Result<ResumableUpload> ResumableService::insert(const NewUpload& wanted,
                                                 const ResumableUpload& upload) {
  const int in_flight = settings_.in_flight - uploads_.in_flight(upload.account);
  bool inserted = true;
  const auto reserved = database_.write([&](db::Tx& tx) -> Result<void> {
    const Reservation made =
        rows_.reserve(tx, upload.account, upload.reserved, settings_.quota, in_flight);
    if (made == Reservation::too_many) return too_many_uploads();
    if (made == Reservation::over_quota) {
      return quota_exceeded(rows_.quota(tx, upload.account, settings_.quota));
    }
    inserted = rows_.insert(tx, upload);
    if (!inserted) return locked();  // rolls the reservation back
    return {};
  });
  if (reserved) return upload;
  if (wanted.idempotency_key.empty()) return std::unexpected(reserved.error());
  // The same request, sent at the same time, may have won, and taken the last place with it.
  const auto winner = database_.read(
      [&](db::Tx& tx) { return rows_.find_by_key(tx, upload.account, wanted.idempotency_key); });
  if (winner) return replay(wanted, *winner);
  return std::unexpected(reserved.error());
}

Result<ResumableUpload> ResumableService::find(const Viewer& viewer, UploadId id) {
  const auto upload = database_.read([&](db::Tx& tx) { return rows_.find(tx, id); });
  if (!upload || upload->account != viewer.account) return not_found();
  if (upload->state == UploadState::expired || upload->expires_at <= clock_.now()) return expired();
  return *upload;
}

Result<ResumableUpload> ResumableService::look(const Viewer& viewer, UploadId id) {
  // While a connection still writes, or the server has not noticed yet that it broke, the answer
  // would be out of date, and bytes that are here would be sent again.
  if (spool_.kept_busy(id.str())) {
    TRY(find(viewer, id));  // of their own, or there is nothing to tell
    return locked();
  }
  TRY_ASSIGN(ResumableUpload upload, find(viewer, id));
  if (upload.state != UploadState::open) return upload;
  if (upload.complete()) return complete_if_whole(viewer, std::move(upload));
  if (upload.received > 0 && spool_.kept_size(id.str()) < upload.received) {
    const bool anew = database_.write([&](db::Tx& tx) { return rows_.start_anew(tx, upload); });
    if (!anew) return locked();  // it moved on meanwhile
    upload.received = 0;
  }
  return upload;
}

Result<std::unique_ptr<Append>> ResumableService::append(const Viewer& viewer, UploadId id,
                                                         const Patch& patch) {
  TRY_ASSIGN(ResumableUpload upload, find(viewer, id));
  const auto make = [&](std::unique_ptr<storage::SpoolFile> file) {
    return std::unique_ptr<Append>(new Append(*this, viewer, upload, patch, std::move(file)));
  };
  if (upload.state == UploadState::done || upload.complete()) {
    if (patch.offset != upload.received) return wrong_offset(upload.received);
    if (patch.announced > 0) return too_long();
    return make(nullptr);
  }
  TRY_ASSIGN(auto file, open(upload));
  if (patch.offset != upload.received) return wrong_offset(upload.received);
  if (patch.length) TRY(declare_length(upload, *patch.length));
  const std::int64_t most = upload.length.value_or(settings_.photo_bytes);
  if (patch.announced > most - upload.received) {
    return upload.length ? too_long() : uploads_.file_too_large();
  }
  return make(std::move(file));
}

// Locks the file and reads the row again: until now another may have written.
Result<std::unique_ptr<storage::SpoolFile>> ResumableService::open(ResumableUpload& upload) {
  const std::string name = upload.id.str();
  try {
    if (!spool_.has_room()) throw storage::StorageFull("the reserve is reached");
    auto file = spool_.open_kept(name, upload.received);
    if (!file && std::holds_alternative<storage::Spool::Busy>(file.error())) return locked();
    if (!file) {
      const bool anew = database_.write([&](db::Tx& tx) { return rows_.start_anew(tx, upload); });
      if (!anew) return locked();
      upload.received = 0;
      upload.original.clear();
      file = spool_.open_kept(name, 0);
      if (!file) return locked();
    }
    const auto now = database_.read([&](db::Tx& tx) { return rows_.find(tx, upload.id); });
    if (!now || now->state != UploadState::open) return not_open(upload.id, **file);
    if (now->received != upload.received) return locked();  // it moved on between read and lock
    upload = *now;
    (*file)->cut_to(upload.received);
    return *std::move(file);
  } catch (const storage::StorageError& failure) {
    return storage_failure(failure);
  }
}

// What is locked here was ended meanwhile. Or it is done: the last commit of a server that was
// killed can arrive after its file is free. Whoever asks again learns so; an archive stays.
std::unexpected<Error> ResumableService::not_open(UploadId id, storage::SpoolFile& file) {
  const auto now = database_.read([&](db::Tx& tx) { return rows_.find(tx, id); });
  const bool done = now && now->state != UploadState::expired;
  if (!done || !now->archive) file.discard();
  if (done) return locked();
  return now ? expired() : not_found();
}

Result<void> ResumableService::declare_length(ResumableUpload& upload, std::int64_t length) {
  if (upload.length) {
    if (*upload.length == length) return {};
    return wrong_length("The length of this upload is known, and is another.");
  }
  if (length > settings_.photo_bytes) return uploads_.file_too_large();
  if (length == 0) return no_bytes();
  if (length < upload.received) return wrong_length("More bytes than that have arrived already.");
  const bool set =
      database_.write([&](db::Tx& tx) { return rows_.set_length(tx, upload, length); });
  if (!set) return locked();
  upload.length = upload.reserved = length;
  return {};
}

Result<ResumableUpload> ResumableService::complete_if_whole(const Viewer& viewer,
                                                            ResumableUpload upload) {
  if (upload.state != UploadState::open || !upload.complete()) return upload;
  try {
    const auto file = spool_.open_kept(upload.id.str(), upload.received);
    if (file) {
      (*file)->cut_to(upload.received);
      return complete(viewer, std::move(upload), file->get());
    }
    if (std::holds_alternative<storage::Spool::Busy>(file.error())) return locked();
    return complete(viewer, std::move(upload), nullptr);
  } catch (const storage::StorageError& failure) {
    return storage_failure(failure);
  }
}

Result<ResumableUpload> ResumableService::complete(const Viewer& viewer, ResumableUpload upload,
                                                   storage::SpoolFile* file) {
  if (upload.archive) return keep_archive(std::move(upload), file);
  try {
    if (file != nullptr) {
      TRY(take_digest(upload, *file));
    } else if (upload.original.empty()) {
      return start_anew(std::move(upload));
    }
    photos::OriginalClaim original(photos_, upload.original, upload.received);
    const std::string key = photos::original_key(upload.original);
    if (original.damaged()) store_.remove(key);
    if (file != nullptr) {
      store_.put(key, *file);
      file->discard();  // where the same bytes were there already, and so were not taken over
    } else if (!store_.confirm(key)) {
      return start_anew(std::move(upload));
    }
    return make_photo(viewer, std::move(upload), original);
  } catch (const storage::StorageError& failure) {
    return storage_failure(failure);
  }
}

// It is all there, and stays where it lies until an import takes it.
Result<ResumableUpload> ResumableService::keep_archive(ResumableUpload upload,
                                                       storage::SpoolFile* file) {
  if (file == nullptr) return start_anew(std::move(upload));
  const bool open = database_.write([&](db::Tx& tx) { return rows_.finish_archive(tx, upload); });
  if (!open) return not_open(upload.id, *file);
  upload.state = UploadState::done;
  return upload;
}

// Of an account one archive at a time waits for its import.
void ResumableService::forget_archives(AccountId account) {
  const auto old = database_.read([&](db::Tx& tx) { return rows_.archives(tx, account); });
  for (const ResumableUpload& upload : old) {
    if (!spool_.remove_kept(upload.id.str())) continue;  // being written: it ends at its row
    forget(upload);
  }
}

Result<void> ResumableService::take_archive(db::Tx& tx, const Viewer& viewer, UploadId id) {
  const Micros until = clock_.now() + import_lifetime;
  if (!rows_.take_archive(tx, viewer.account, id, until)) return not_found();
  return {};
}

Result<std::unique_ptr<storage::SpoolFile>> ResumableService::open_archive(AccountId account,
                                                                           UploadId id) {
  const auto upload = database_.read([&](db::Tx& tx) { return rows_.find(tx, id); });
  const bool theirs = upload && upload->account == account && upload->state == UploadState::taken;
  auto file = spool_.open_kept(id.str(), std::max<std::int64_t>(1, theirs ? upload->received : 0));
  if (theirs && file) return *std::move(file);
  if (!file && std::holds_alternative<storage::Spool::Busy>(file.error())) {
    throw storage::StorageError("the archive is open elsewhere");
  }
  return fail(ErrorKind::gone, "archive_gone", "The archive is not here any more.",
              "Upload it again; what was taken is not taken twice.");
}

void ResumableService::drop_archive(AccountId account, UploadId id) {
  const auto upload = database_.read([&](db::Tx& tx) { return rows_.find(tx, id); });
  if (!upload || upload->account != account || upload->state != UploadState::taken) return;
  forget(*upload);
  spool_.remove_kept(id.str());  // where it is open just now, the sweep does
}

// The bytes are gone: the client sends them again.
Result<ResumableUpload> ResumableService::start_anew(ResumableUpload upload) {
  const bool anew = database_.write([&](db::Tx& tx) { return rows_.start_anew(tx, upload); });
  if (!anew) return locked();
  upload.received = 0;
  return upload;
}

// What is no photo is refused and forgotten. The hash is committed before the file is moved, so
// that a crash between the move and the photo's row loses neither.
Result<void> ResumableService::take_digest(ResumableUpload& upload, storage::SpoolFile& file) {
  const auto read = [&](std::int64_t offset, std::size_t count) {
    return file.read(offset, count);
  };
  const auto probe = image::probe(file.size(), read, settings_.formats);
  if (!probe) {
    forget(upload);
    file.discard();
    return std::unexpected(probe.error());
  }
  upload.original = crypto::hex(file.digest());
  const bool open = database_.write([&](db::Tx& tx) {
    return rows_.set_original(tx, upload.id, upload.received, upload.original);
  });
  if (open) return {};
  return not_open(upload.id, file);
}

Result<ResumableUpload> ResumableService::make_photo(const Viewer& viewer, ResumableUpload upload,
                                                     photos::OriginalClaim& original) {
  const auto object = store_.open(photos::original_key(upload.original));
  if (!object) throw storage::StorageError("an object that was just stored is not there");
  photos::NewPhoto photo = photo_of(upload, upload.original);
  photo.bytes = object->size();
  TRY_ASSIGN(photo.probe, image::probe(*object));
  bool first = true;
  // Its bytes are reserved: the quota was asked when the upload was created.
  const auto view = photos_.create(viewer, photo, std::nullopt, [&](db::Tx& tx, PhotoId id) {
    first = rows_.finish(tx, upload, id);
    upload.photo = id;
    return first ? Result<void>() : Result<void>(locked());
  });
  if (!view && first) return std::unexpected(view.error());
  if (!first) return find(viewer, upload.id);  // another has made the photo
  original.used();
  upload.state = UploadState::done;
  return upload;
}

photos::NewPhoto ResumableService::photo_of(const ResumableUpload& upload,
                                            std::string original) const {
  return {.title = upload.fields.title,
          .description = upload.fields.description,
          .alt = upload.fields.alt,
          .tags = upload.fields.tags,
          .visibility = upload.fields.visibility,
          .probe = {},
          .original = std::move(original),
          .bytes = 0,
          .file_name = upload.file_name};
}

Result<void> ResumableService::terminate(const Viewer& viewer, UploadId id) {
  TRY_ASSIGN(const ResumableUpload upload, find(viewer, id));
  if (upload.state == UploadState::open && !spool_.remove_kept(id.str())) return locked();
  forget(upload);
  return {};
}

void ResumableService::forget(const ResumableUpload& upload) {
  database_.write([&](db::Tx& tx) { rows_.remove(tx, upload); });
}

int ResumableService::sweep() {
  int removed = 0;
  const Micros now = clock_.now();
  const auto old =
      database_.read([&](db::Tx& tx) { return rows_.expired(tx, now, looked_at_once); });
  for (const ResumableUpload& upload : old) {
    if (!spool_.remove_kept(upload.id.str())) continue;  // still being written: the next time
    const bool expired = database_.write([&](db::Tx& tx) { return rows_.expire(tx, upload); });
    if (expired) ++removed;
  }
  for (const std::string& name : spool_.kept_names()) {
    const auto id = UploadId::parse(name);
    if (!id) continue;
    const auto upload = database_.read([&](db::Tx& tx) { return rows_.find(tx, *id); });
    const bool kept = upload && upload->archive && upload->state != UploadState::expired;
    if (kept || (upload && upload->state == UploadState::open)) continue;
    if (spool_.remove_kept(name)) ++removed;
  }
  // An expired one answers 410 for as long again, a done one as long as any.
  database_.write([&](db::Tx& tx) { return rows_.prune(tx, now - limits::upload_lifetime); });
  return removed;
}

int ResumableService::finish_complete() {
  const auto whole = database_.read([&](db::Tx& tx) { return rows_.complete(tx, looked_at_once); });
  int finished = 0;
  for (const ResumableUpload& upload : whole) {
    const auto done = complete_if_whole({.account = upload.account}, upload);
    if (done && done->state == UploadState::done) ++finished;
  }
  return finished;
}

}  // namespace picsharz::uploads
