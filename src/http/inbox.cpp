#include "http/inbox.h"

#include <sys/eventfd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace picsharz::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int rounds = 4;  // then sockets have their turn

int new_bell() {
  const int bell = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (bell < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return bell;
}

}  // namespace

Inbox::Inbox(asio::io_context& context) : context_(context), bell_(context, new_bell()) {}

void Inbox::open() { listen(); }

void Inbox::listen() {
  bell_.async_read_some(asio::buffer(&rung_, sizeof(rung_)),
                        [this](error_code failure, std::size_t) {
                          if (failure) return;
                          work();
                          listen();
                        });
}

void Inbox::work() {
  for (int round = 0; round < rounds; ++round) {
    if (!take()) return;
    for (Task& task : doing_) std::exchange(task, nullptr)();
    doing_.clear();
  }
  asio::post(context_, [this] { work(); });
}

bool Inbox::take() {
  const std::lock_guard lock(mutex_);
  told_ = !left_.empty();
  left_.swap(doing_);
  return told_;
}

void Inbox::leave(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return asio::post(context_, std::move(task));
    left_.push_back(std::move(task));
    if (std::exchange(told_, true)) return;
  }
  ::eventfd_write(bell_.native_handle(), 1);
}

void Inbox::close() {
  std::vector<Task> rest;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    rest.swap(left_);
  }
  for (Task& task : rest) asio::post(context_, std::move(task));
  error_code ignored;
  bell_.cancel(ignored);
}

}  // namespace picsharz::http
