// A place for temporary files that is removed with everything in it.
//
// What:      while it lives, TMPDIR points to it. The child of a death test (style "threadsafe")
//            cannot remove its files: it inherits a place that its parent removes.
// Threads:   changes the environment: construct and destroy while no other thread runs.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

namespace picsharz::test {

class TemporaryRoot {
 public:
  TemporaryRoot() {
    std::string pattern = (std::filesystem::temp_directory_path() / "picsharz_XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
    root_ = pattern;
    if (const char* old = std::getenv("TMPDIR")) old_ = old;
    ::setenv("TMPDIR", root_.c_str(), 1);
  }
  ~TemporaryRoot() {
    old_ ? ::setenv("TMPDIR", old_->c_str(), 1) : ::unsetenv("TMPDIR");
    std::error_code ignored;  // files that stay behind are no reason to fail a test
    std::filesystem::remove_all(root_, ignored);
  }
  TemporaryRoot(const TemporaryRoot&) = delete;
  TemporaryRoot& operator=(const TemporaryRoot&) = delete;

 private:
  std::string root_;
  std::optional<std::string> old_;
};

}  // namespace picsharz::test
