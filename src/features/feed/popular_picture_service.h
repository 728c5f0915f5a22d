// The pictures of the popular list are in memory before anybody asks for them.
//
// What:      every few seconds each process looks whether visitors see another list than before (it
//            was ranked, a photo was taken away, an AVIF was made), and has MediaService keep its
//            pictures hot. So the list itself is hot, too, whoever asks first, after a start as
//            well.
// Bounds:    those of storage::FileCache::pin; pictures of photos that are no longer on the list
// are
//            let go.
// Threads:   start() and stop() from one thread; look() is the work of its thread, and a test's.
// Failures:  those of the database and the store are logged, and the next look tries again.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "features/feed/popular_service.h"
#include "features/photos/media_service.h"

namespace picsharz::feed {

class PopularPictureService {
 public:
  PopularPictureService(PopularService& popular, photos::MediaService& media)
      : popular_(popular), media_(media) {}
  ~PopularPictureService();

  void start();
  void stop();
  void look();

 private:
  void run();

  PopularService& popular_;
  photos::MediaService& media_;
  std::string kept_;  // what the list said of its photos; of the thread that looks
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::feed
