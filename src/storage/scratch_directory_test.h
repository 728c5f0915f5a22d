// A directory of a test's own, gone with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace picsharz::storage {

class ScratchDirectory {
 public:
  explicit ScratchDirectory(
      const std::filesystem::path& where = std::filesystem::temp_directory_path())
      : path_((where / "picsharz_storage_XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) throw std::runtime_error("no scratch directory: " + path_);
  }
  ~ScratchDirectory() {
    std::error_code ignored;  // what stays behind is no reason to fail a test
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  // Regular files in it and below.
  int files() const {
    int count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
      if (entry.is_regular_file()) ++count;
    }
    return count;
  }

 private:
  std::string path_;
};

}  // namespace picsharz::storage
