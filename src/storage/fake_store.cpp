// ObjectStore in memory, for tests: an object is an anonymous memory file, so that what opens it
// gets a real descriptor.
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "storage/object_key.h"
#include "storage/spool.h"

namespace picsharz::storage {

namespace {

std::shared_ptr<const FileHandle> memory_file(std::string_view bytes) {
  const int descriptor = ::memfd_create("object", MFD_CLOEXEC);
  if (descriptor < 0) throw_storage_error(errno, "fake store: create");
  auto handle =
      std::make_shared<const FileHandle>(descriptor, static_cast<std::int64_t>(bytes.size()));
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0) throw_storage_error(errno, "fake store: write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return handle;
}

class FakeStore final : public ObjectStore {
 public:
  void put(std::string_view key, SpoolFile& spooled) override {
    put_bytes(key, spooled.read(0, static_cast<std::size_t>(spooled.size())));
  }

  void put_all(std::span<const NewObject> objects) override {
    const std::lock_guard lock(mutex_);
    for (const NewObject& object : objects) {
      check_key(object.key);
      objects_.insert_or_assign(object.key, memory_file(object.bytes));
    }
  }

  bool confirm(std::string_view key) override { return open(key) != nullptr; }

  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    check_key(key);
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(key);
    return found == objects_.end() ? nullptr : found->second;
  }

  bool remove(std::string_view key) override {
    check_key(key);
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(key);
    if (found == objects_.end()) return false;
    objects_.erase(found);
    return true;
  }

  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    for (const auto& [key, bytes] : matching(prefix)) each(key, bytes);
  }

 private:
  // A copy, so that `each` may call the store.
  std::vector<std::pair<std::string, std::int64_t>> matching(std::string_view prefix) {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<std::string, std::int64_t>> found;
    for (auto at = objects_.lower_bound(prefix);
         at != objects_.end() && at->first.starts_with(prefix); ++at) {
      found.emplace_back(at->first, at->second->size());
    }
    return found;
  }

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const FileHandle>, std::less<>> objects_;
};

}  // namespace

std::unique_ptr<ObjectStore> make_fake_store() { return std::make_unique<FakeStore>(); }

}  // namespace picsharz::storage
