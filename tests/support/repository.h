// Where the repository and the shared data are, for tests that read files of theirs.
//
// What:      the repository is the first folder above the test program that has its presets; where
//            the sources were compiled from is not asked, because a compiler cache may say another
//            place. The shared data lie beside it, or where PICSHARZ_SHARED says.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace picsharz::test {

inline std::filesystem::path repository() {
  auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  while (folder != folder.root_path() && !exists(folder / "CMakePresets.json")) {
    folder = folder.parent_path();
  }
  return folder;
}

// Empty where they are not there.
inline std::filesystem::path shared_folder() {
  if (const char* set = std::getenv("PICSHARZ_SHARED")) return set;
  const auto beside = repository().parent_path() / "shared";
  return is_directory(beside) ? beside : std::filesystem::path();
}

}  // namespace picsharz::test
