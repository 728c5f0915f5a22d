// An open file, read by offset; closed with its owner.
//
// Threads:   reading by offset (pread, sendfile) is safe from any thread.
// Ownership: usually held by shared_ptr, so that a file that is being sent outlives its removal.
// Failures:  a read that fails is a std::system_error.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace picsharz {

class FileHandle {
 public:
  FileHandle(int descriptor, std::int64_t size) : descriptor_(descriptor), size_(size) {}
  ~FileHandle() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  int descriptor() const { return descriptor_; }
  std::int64_t size() const { return size_; }
  // `count` bytes at `offset`; fewer at the end.
  std::string read(std::int64_t offset, std::size_t count) const;

 private:
  int descriptor_;
  std::int64_t size_;
};

}  // namespace picsharz
