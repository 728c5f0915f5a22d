// An archive that is computed while it is sent.
//
//   archive:  [header] README [header] photos.json ... [header] <photo> [header] <photo>
//   [directory] object:   everything of that but the photos, in the same order, and the table of
//   the photos
//
// What:      build() stores what is no photo as the object exports/<id>, with a table of where in
//            the archive each photo lies. open() gives any part of the archive: of the object, or
//            of an original where it lies. So an archive of 30 GB takes some megabytes of disk, has
//            a length and an entity tag before its first byte is sent, and goes on from any byte.
// Memory:    of an open archive: its object's handle. Its table is read by offset.
// Threads:   thread-safe; an ExportArchive too.
// Failures:  those of the store and the spool are thrown. A part whose file was erased is null.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/file_handle.h"
#include "features/exports/export.h"
#include "features/exports/export_document_service.h"
#include "storage/spool.h"

namespace picsharz::exports {

class ExportArchive {
 public:
  struct Part {
    std::shared_ptr<const FileHandle> file;
    std::int64_t offset = 0;
    std::int64_t length = 0;
  };

  // Null where the object is not there, or is none of ours.
  static std::shared_ptr<const ExportArchive> open(std::shared_ptr<const FileHandle> object,
                                                   storage::ObjectStore& store);
  std::int64_t size() const { return size_; }
  // What lies at `offset`, up to where the next file begins.
  Part at(std::int64_t offset) const;

 private:
  struct Place {
    std::int64_t begin = 0;   // in the archive
    std::int64_t length = 0;  // of the photo
    std::int64_t before = 0;  // bytes of all photos before it
    std::string original;     // hex
  };
  ExportArchive(std::shared_ptr<const FileHandle> object, storage::ObjectStore& store)
      : object_(std::move(object)), store_(store) {}
  Place place(std::int64_t index) const;

  std::shared_ptr<const FileHandle> object_;
  storage::ObjectStore& store_;
  std::int64_t size_ = 0;
  std::int64_t photos_ = 0;
  std::int64_t table_ = 0;  // where it begins in the object
};

class ExportArchiveService {
 public:
  ExportArchiveService(storage::Spool& spool, storage::ObjectStore& store)
      : spool_(spool), store_(store) {}

  // The size of the archive. Its object is durable afterwards; one that was there is replaced.
  std::int64_t build(ExportId id, const Documents& documents, Micros now);
  std::shared_ptr<const ExportArchive> open(ExportId id);
  void remove(ExportId id);
  // The exports that have an object.
  std::vector<ExportId> stored();

 private:
  storage::Spool& spool_;
  storage::ObjectStore& store_;
};

}  // namespace picsharz::exports
