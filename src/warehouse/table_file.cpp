#include "warehouse/table_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "warehouse/table.h"
#include "warehouse/table_writer.h"

namespace picsharz::warehouse {
namespace {

constexpr std::size_t piece = 256 * 1024;
constexpr mode_t private_file = 0600;

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw WarehouseError(path + " cannot be " + what + ": " + std::generic_category().message(errno));
}

int open_or_fail(const std::string& path, int flags, const char* what) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, private_file);
  if (descriptor < 0) fail(path, what);
  return descriptor;
}

// Opened by its name, what stands in it already would be emptied.
int made_anew(const std::string& path) {
  if (path != standard_output) return open_or_fail(path, O_WRONLY | O_CREAT | O_TRUNC, "made");
  const int descriptor = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) fail(path, "opened");
  return descriptor;
}

// A pipe and a terminal have nothing to sync.
bool synced(int descriptor) {
  return ::fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS;
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : path_(path), descriptor_(made_anew(path)) {}

OutputFile::~OutputFile() { ::close(descriptor_); }

void OutputFile::write_full() {
  if (buffer_.size() >= piece) write_all();
}

void OutputFile::write_all() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, "written");
    left.remove_prefix(static_cast<std::size_t>(written));
    size_ += written;
  }
  buffer_.clear();
}

std::int64_t OutputFile::finish() {
  write_all();
  if (!synced(descriptor_)) fail(path_, "synced");
  return size_;
}

InputFile::InputFile(const std::string& path)
    : path_(path), descriptor_(open_or_fail(path, O_RDONLY, "opened")) {}

InputFile::~InputFile() { ::close(descriptor_); }

bool InputFile::fill() {
  filled_.resize(piece);
  place_ = 0;
  ssize_t got = -1;
  do {
    got = ::read(descriptor_, filled_.data(), filled_.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) fail(path_, "read");
  filled_.resize(static_cast<std::size_t>(got));
  return got > 0;
}

std::int64_t sync_file(const std::string& path) {
  const int descriptor = open_or_fail(path, O_RDONLY, "opened");
  struct stat info {};
  const bool whole = ::fsync(descriptor) == 0 && ::fstat(descriptor, &info) == 0;
  const int reason = errno;
  ::close(descriptor);
  errno = reason;
  if (!whole) fail(path, "synced");
  return info.st_size;
}

void make_empty_file(const std::string& path) {
  ::close(open_or_fail(path, O_WRONLY | O_CREAT | O_TRUNC, "made"));
}

}  // namespace picsharz::warehouse
