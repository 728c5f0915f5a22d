// Resumable uploads: created, received over any number of connections, finished as a photo.
//
//   create -> append (write ... sync ...) finish, as often as it takes -> photo
//
// What:      no protocol: tus_routes.h speaks one, another front may stand beside it. What is
//            acknowledged is durable: received grows by commits that follow an fsync of the spool's
//            file, at most limits::upload_sync_bytes apart. An upload whose bytes are all there
//            becomes a photo even if its client never comes back. It belongs to its account alone.
// Order:     file synced -> row knows how many bytes, and at the end their hash -> object store ->
//            one transaction with the photo, its job, the bytes counted and the upload done.
// Quota:     creating reserves the length (where it is deferred, the most that a photo may have);
//            finishing, terminating or expiring gives it back.
// Locks:     the spool's file is locked while it is written, across processes, and free when its
//            holder dies; `upload_locked` meanwhile.
// Threads:   thread-safe; an Append one thread at a time. The service outlives its Appends.
// Failures:  values for what a client can cause and for a store that is full or down; a database
//            that is down is thrown.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/ids.h"
#include "base/viewer.h"
#include "crypto/crypto.h"
#include "db/database.h"
#include "features/photos/photo_service.h"
#include "features/uploads/upload.h"
#include "features/uploads/upload_service.h"
#include "features/uploads/upload_store.h"
#include "storage/spool.h"

namespace picsharz::uploads {

// What is appended at once.
struct Patch {
  std::int64_t offset = 0;
  std::int64_t announced = -1;           // bytes that will come; -1: unknown
  std::optional<std::int64_t> length{};  // declares a deferred one
  std::optional<Checksum> checksum{};    // of exactly these bytes; they count all or not at all
};

class ResumableService;

// Bytes while they arrive. Destroyed unfinished it keeps what came, unless a checksum covers it.
class Append {
 public:
  ~Append();
  Append(const Append&) = delete;
  Append& operator=(const Append&) = delete;

  Result<void> write(std::string_view piece);  // does not wait for the disk
  bool wants_sync() const;
  Result<void> sync();  // received is durable afterwards
  // The state afterwards; with its photo where these were the last bytes.
  Result<ResumableUpload> finish();

 private:
  friend class ResumableService;
  Append(ResumableService& service, Viewer viewer, ResumableUpload upload, Patch patch,
         std::unique_ptr<storage::SpoolFile> file);
  bool checksum_fits();

  ResumableService& service_;
  const Viewer viewer_;
  ResumableUpload upload_;
  const Patch patch_;
  std::unique_ptr<storage::SpoolFile> file_;
  crypto::Sha1 sha1_;
  crypto::Sha256 sha256_;
  bool over_ = false;  // finished, or failed: nothing more is recorded
};

class ResumableService {
 public:
  ResumableService(db::Database& database, IdSource& ids, const Clock& clock,
                   photos::PhotoService& photos, UploadService& uploads, storage::Spool& spool,
                   storage::ObjectStore& store, UploadSettings settings = {});

  // An upload to append to; or, where the account itself has these bytes already, one that is done.
  // The same key again answers the same upload as it is now.
  Result<ResumableUpload> create(const Viewer& viewer, const NewUpload& wanted);
  // Finishes one whose bytes are all there.
  Result<ResumableUpload> look(const Viewer& viewer, UploadId id);
  Result<std::unique_ptr<Append>> append(const Viewer& viewer, UploadId id, const Patch& patch);
  Result<void> terminate(const Viewer& viewer, UploadId id);

  int per_day() const { return uploads_.per_day(); }  // photos of one account

  // In a transaction of the caller: an archive that is complete is an import's from now on.
  // not_found where it is none, or none of theirs. Then it can be opened, at one place at a time,
  // and dropped.
  Result<void> take_archive(db::Tx& tx, const Viewer& viewer, UploadId id);
  Result<std::unique_ptr<storage::SpoolFile>> open_archive(AccountId account, UploadId id);
  void drop_archive(AccountId account, UploadId id);

  // For upkeep: removes what has expired and files that no upload names; how many.
  int sweep();
  // For upkeep: finishes uploads that are complete; how many.
  int finish_complete();

 private:
  friend class Append;
  Result<ResumableUpload> find(const Viewer& viewer, UploadId id);
  Result<ResumableUpload> replay(const NewUpload& wanted, const ResumableUpload& known) const;
  Result<std::optional<ResumableUpload>> from_own_bytes(const Viewer& viewer,
                                                        const NewUpload& wanted,
                                                        ResumableUpload upload);
  Result<ResumableUpload> insert(const NewUpload& wanted, const ResumableUpload& upload);
  Result<std::unique_ptr<storage::SpoolFile>> open(ResumableUpload& upload);
  std::unexpected<Error> not_open(UploadId id, storage::SpoolFile& file);
  Result<void> declare_length(ResumableUpload& upload, std::int64_t length);
  // `file`: null where it was moved into the object store already.
  Result<ResumableUpload> complete(const Viewer& viewer, ResumableUpload upload,
                                   storage::SpoolFile* file);
  Result<void> take_digest(ResumableUpload& upload, storage::SpoolFile& file);
  Result<ResumableUpload> start_anew(ResumableUpload upload);
  Result<ResumableUpload> make_photo(const Viewer& viewer, ResumableUpload upload,
                                     photos::OriginalClaim& original);
  Result<ResumableUpload> keep_archive(ResumableUpload upload, storage::SpoolFile* file);
  void forget_archives(AccountId account);
  Result<ResumableUpload> complete_if_whole(const Viewer& viewer, ResumableUpload upload);
  void forget(const ResumableUpload& upload);
  photos::NewPhoto photo_of(const ResumableUpload& upload, std::string original) const;

  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
  photos::PhotoService& photos_;
  UploadService& uploads_;
  storage::Spool& spool_;
  storage::ObjectStore& store_;
  const UploadSettings settings_;
  UploadStore rows_;
};

}  // namespace picsharz::uploads
