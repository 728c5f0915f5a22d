#include "base/file_handle.h"

#include <cerrno>
#include <system_error>

namespace picsharz {

std::string FileHandle::read(std::int64_t offset, std::size_t count) const {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::pread(descriptor_, bytes.data() + filled, count - filled,
                                offset + static_cast<std::int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "file: read");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace picsharz
