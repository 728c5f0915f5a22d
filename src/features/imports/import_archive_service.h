// An archive that was uploaded, opened: which kind it is, and what it says of its photos.
//
// Threads:   one at a time.
// Failures:  what the archive is refused for, as values (zip/reader.h); archive_unknown where it is
//            of no kind that is read here. Those of the spool are thrown.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/json_tree.h"
#include "features/imports/import.h"
#include "storage/spool.h"
#include "zip/reader.h"

namespace picsharz::imports {

class ImportArchiveService {
 public:
  static Result<std::unique_ptr<ImportArchiveService>> open(
      std::unique_ptr<storage::SpoolFile> file);

  ArchiveKind kind() const { return kind_; }
  // Each photo in the archive's order, until `take` says false.
  Result<void> photos(FunctionRef<bool(ArchivedPhoto&&)> take) const;
  // The bytes of one, at most `most`, into a file.
  Result<void> unpack(std::string_view file, std::int64_t most, storage::SpoolFile& into) const;
  // The elements of a list that stands in a file of its own; none where there is no such file.
  Result<void> elements(std::string_view name, FunctionRef<bool(const JsonTree&)> take) const;
  // A file as a whole; null where it is not there or cannot be read.
  JsonTree document(std::string_view name) const;
  // Of Instagram: the files about people, wherever they stand.
  std::vector<std::string> names_ending(std::string_view end) const;

 private:
  ImportArchiveService(std::unique_ptr<storage::SpoolFile> file, zip::Archive archive)
      : file_(std::move(file)), archive_(std::move(archive)) {}
  Result<void> look();

  std::unique_ptr<storage::SpoolFile> file_;
  zip::Archive archive_;
  ArchiveKind kind_ = ArchiveKind::unknown;
  std::string root_{};                // of Instagram: what its names begin with
  std::vector<std::string> posts_{};  // its files of posts, in order
};

}  // namespace picsharz::imports
