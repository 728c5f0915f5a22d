// What other threads leave for an I/O thread to do.
//
// What:      tasks, done in the order in which they were left. The thread is woken once for all
//            that are left before it has looked, after the lock was given back: whoever leaves
//            something for a thread that sleeps on the same core is interrupted by it at once, and
//            would otherwise be so with the lock that it wants next (asio's post() is).
// Threads:   leave(): any. Everything else: the I/O thread, or before it runs.
// Lifetime:  open() keeps the loop running until close(). What is left later goes through post().
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace picsharz::http {

class Inbox {
 public:
  using Task = std::move_only_function<void()>;

  explicit Inbox(boost::asio::io_context& context);  // std::system_error: out of descriptors
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  void open();
  void close();
  void leave(Task task);

 private:
  void listen();
  void work();
  // False: there was nothing, and the next who leaves something wakes the thread.
  bool take();

  boost::asio::io_context& context_;
  boost::asio::posix::stream_descriptor bell_;
  std::uint64_t rung_ = 0;
  std::mutex mutex_;
  std::vector<Task> left_;  // guarded by mutex_, as are the two below
  bool told_ = false;       // the thread knows that something was left
  bool closed_ = false;
  std::vector<Task> doing_;
};

}  // namespace picsharz::http
