#include "features/feed/popular_picture_service.h"

#include <chrono>
#include <exception>
#include <utility>
#include <vector>

#include "base/log.h"

namespace picsharz::feed {

namespace {

constexpr std::chrono::seconds interval{5};

}  // namespace

PopularPictureService::~PopularPictureService() { stop(); }

// What the list says of a photo names its pictures, so that one which is made later is seen here.
void PopularPictureService::look() {
  const cards::CardLines lines = popular_.list({});
  std::string said;
  std::vector<PhotoId> ids;
  for (const cards::CardLine& line : lines.items) {
    said += line.card->text->before;
    ids.push_back(line.card->view.photo.id);
  }
  if (said == kept_) return;
  media_.keep_hot(ids);
  kept_ = std::move(said);
}

void PopularPictureService::start() {
  thread_ = std::thread([this] { run(); });
}

void PopularPictureService::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PopularPictureService::run() {
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    try {
      look();
    } catch (const std::exception& failure) {
      log_warning("pictures of the popular list are not in memory", {{"detail", failure.what()}});
    }
    lock.lock();
  } while (!stop_.wait_for(lock, interval, [this] { return stopping_; }));
}

}  // namespace picsharz::feed
