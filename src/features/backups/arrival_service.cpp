#include "features/backups/arrival_service.h"

#include "storage/spool.h"

namespace picsharz::backups {

namespace {

class NotingStore final : public storage::ObjectStore {
 public:
  NotingStore(std::unique_ptr<storage::ObjectStore> behind, Arrivals& arrivals)
      : behind_(std::move(behind)), arrivals_(arrivals) {}

  void put(std::string_view key, storage::SpoolFile& spooled) override {
    behind_->put(key, spooled);
    arrivals_.note(key);
  }
  void put_all(std::span<const storage::NewObject> objects) override {
    behind_->put_all(objects);
    for (const auto& each : objects) arrivals_.note(each.key);
  }
  void put_folder(std::span<const storage::NewObject> objects) override {
    behind_->put_folder(objects);
    for (const auto& each : objects) arrivals_.note(each.key);
  }
  bool has_room() override { return behind_->has_room(); }
  // Rows that speak of it come now, whoever put it.
  bool confirm(std::string_view key) override {
    const bool there = behind_->confirm(key);
    if (there) arrivals_.note(key);
    return there;
  }
  std::shared_ptr<const FileHandle> open(std::string_view key) override {
    return behind_->open(key);
  }
  bool remove(std::string_view key) override { return behind_->remove(key); }
  void list(std::string_view prefix,
            const std::function<void(std::string_view, std::int64_t)>& each) override {
    behind_->list(prefix, each);
  }

 private:
  const std::unique_ptr<storage::ObjectStore> behind_;
  Arrivals& arrivals_;
};

}  // namespace

void Arrivals::note(std::string_view key) {
  const std::lock_guard lock(mutex_);
  if (noted_.keys.size() < most_) {
    noted_.keys.emplace(key);
  } else if (!noted_.keys.contains(std::string(key))) {
    noted_.all = false;
  }
}

Arrivals::Taken Arrivals::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(noted_, {});
}

std::unique_ptr<storage::ObjectStore> note_arrivals(std::unique_ptr<storage::ObjectStore> store,
                                                    Arrivals& arrivals) {
  return std::make_unique<NotingStore>(std::move(store), arrivals);
}

}  // namespace picsharz::backups
