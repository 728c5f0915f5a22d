// Upkeep: what has to be forgotten or looked at now and then.
//
// What:      one job of kind "upkeep" at most is waiting at any time, whoever enqueues it, so tasks
//            run once however many processes there are. A thread asks for it every ten minutes.
// Threads:   add tasks before start().
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "jobs/worker.h"

namespace picsharz::app {

class Upkeep {
 public:
  Upkeep(jobs::Queue& queue, db::Database& database) : queue_(queue), database_(database) {}
  ~Upkeep();
  void add_task(std::function<void()> task) { tasks_.push_back(std::move(task)); }
  void add_handler(jobs::HandlerTable& handlers);
  void start();
  void stop();

 private:
  void run();
  void enqueue();

  jobs::Queue& queue_;
  db::Database& database_;
  std::vector<std::function<void()>> tasks_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace picsharz::app
