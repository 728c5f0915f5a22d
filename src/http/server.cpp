#include "http/server.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include "base/cpu_meter.h"
#include "base/giving_way.h"
#include "base/log.h"
#include "http/connection.h"
#include "http/listener.h"

namespace picsharz::http {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr auto accept_pause = std::chrono::milliseconds(100);

void check(error_code failure, const std::string& what) {
  if (failure) throw std::system_error(std::error_code(failure), what);
}

// sendfile has no flag against it; a peer that is gone is an error code, not a signal.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void turn_away(tcp::socket& socket) {
  constexpr std::string_view answer =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n";
  // Best effort: whoever opens too many connections may find them closed without a word.
  (void)::send(socket.native_handle(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

class Server::Impl {
 public:
  Impl(const Router& router, Authenticator authenticate, Observer observe, const Clock& clock,
       ServerOptions options)
      : core_(router, std::move(authenticate), std::move(observe), clock, std::move(options)) {
    for (int i = 0; i < std::max(core_.options.io_threads, 1); ++i) {
      threads_.push_back(std::make_unique<IoThread>(core_));
    }
    acceptor_.emplace(threads_.front()->context);
    pause_.emplace(threads_.front()->context);
  }

  void start();
  void stop();
  int port() const { return port_; }
  ServerStats stats() const;
  int most_awake() { return core_.web.most_awake() + core_.password.most_awake(); }
  void share_lifetime(const std::shared_ptr<Impl>& self) { core_.lifetime = self; }

 private:
  void open();
  void accept();
  void on_accept(IoThread& io, tcp::socket socket);
  void on_accept_failure(error_code failure);
  void wait_until_gone();
  template <class F>
  void on_each_connection(F action);

  ServerCore core_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::optional<tcp::acceptor> acceptor_;    // on the first thread
  std::optional<asio::steady_timer> pause_;  // likewise
  std::size_t turn_ = 0;                     // which thread gets the next connection
  std::vector<std::thread> running_;
  int port_ = 0;
  std::mutex stop_mutex_;
  bool started_ = false;
};

void Server::Impl::start() {
  open();
  started_ = true;
  core_.web.start([] {
    take_short_turns();
    meter_thread("web");
  });
  core_.password.start([] { meter_thread("password"); });
  for (const auto& io : threads_) {
    io->turn_wheel();
    io->inbox.open();
    running_.emplace_back([&context = io->context] {
      block_sigpipe();
      take_short_turns();
      meter_thread("web");
      context.run();
    });
  }
  asio::post(threads_.front()->context, [this] { accept(); });
}

void Server::Impl::open() {
  int descriptor = core_.options.inherited_descriptor;
  if (descriptor < 0) descriptor = Listener({core_.options.host, core_.options.port}).release();
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "listening socket");
  }
  error_code failure;
  acceptor_->assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor, failure);
  check(failure, "listening socket");
  port_ = acceptor_->local_endpoint(failure).port();
  check(failure, "listening socket");
}

void Server::Impl::accept() {
  IoThread& io = *threads_[turn_++ % threads_.size()];
  acceptor_->async_accept(io.context, [this, &io](error_code failure, tcp::socket socket) {
    if (!acceptor_->is_open()) return;
    if (failure) return on_accept_failure(failure);
    on_accept(io, std::move(socket));
    accept();
  });
}

void Server::Impl::on_accept_failure(error_code failure) {
  if (failure == asio::error::connection_aborted) return accept();
  // Out of descriptors or memory: wait until some are given back.
  log_warning("cannot accept connections", {{"error", failure.message()}});
  pause_->expires_after(accept_pause);
  pause_->async_wait([this](error_code stopped) {
    if (!stopped && acceptor_->is_open()) accept();
  });
}

void Server::Impl::on_accept(IoThread& io, tcp::socket socket) {
  error_code failure;
  const tcp::endpoint endpoint = socket.remote_endpoint(failure);
  if (failure) return;
  // A connection that a child process holds too would not end when it is closed here.
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  const std::string raw = endpoint.address().to_string();
  const std::string peer = canonical_address(raw).value_or(raw);
  core_.accepted.fetch_add(1, std::memory_order_relaxed);
  if (core_.connections.load() >= core_.options.connections) return turn_away(socket);
  if (!core_.addresses.admit(peer)) return turn_away(socket);
  core_.connections.fetch_add(1);
  auto connection = std::make_shared<Connection>(core_, io, std::move(socket), peer);
  if (threads_.size() == 1) return connection->start();
  asio::post(io.context, [connection] { connection->start(); });
}

template <class F>
void Server::Impl::on_each_connection(F action) {
  for (const auto& io : threads_) {
    asio::post(io->context, [io = io.get(), action] {
      // A copy: the action may close them.
      const std::vector<Connection*> open(io->connections.begin(), io->connections.end());
      for (Connection* connection : open) action(*connection->shared_from_this());
    });
  }
}

void Server::Impl::wait_until_gone() {
  std::unique_lock lock(core_.gone_mutex);
  core_.gone.wait_for(lock, std::chrono::microseconds(core_.options.drain_timeout),
                      [this] { return core_.connections.load() == 0; });
}

void Server::Impl::stop() {
  const std::lock_guard lock(stop_mutex_);
  if (!std::exchange(started_, false)) return;
  core_.phase = ServerCore::Phase::draining;
  asio::post(threads_.front()->context, [this] {
    error_code ignored;
    acceptor_->close(ignored);
    pause_->cancel();
  });
  on_each_connection([](Connection& connection) { connection.drain(); });
  wait_until_gone();
  core_.phase = ServerCore::Phase::closing;
  on_each_connection([](Connection& connection) { connection.close(); });
  core_.web.stop();
  core_.password.stop();
  for (const auto& io : threads_) {
    asio::post(io->context, [io = io.get()] {
      io->ticker.cancel();
      io->inbox.close();
      io->work.reset();
    });
  }
  for (std::thread& thread : running_) thread.join();
  running_.clear();
}

ServerStats Server::Impl::stats() const {
  ServerStats stats;
  stats.connections = core_.connections.load(std::memory_order_relaxed);
  stats.accepted = core_.accepted.load(std::memory_order_relaxed);
  stats.requests = core_.requests.load(std::memory_order_relaxed);
  stats.refused = core_.refused.load(std::memory_order_relaxed);
  for (std::size_t each = 0; each < importances; ++each) {
    stats.shed_by_importance[each] = core_.shed[each].load(std::memory_order_relaxed);
    stats.shed += stats.shed_by_importance[each];
  }
  stats.queue = static_cast<std::int64_t>(core_.web.waiting() + core_.password.waiting());
  return stats;
}

Server::Server(const Router& router, Authenticator authenticate, Observer observe,
               const Clock& clock, ServerOptions options)
    : impl_(std::make_shared<Impl>(router, std::move(authenticate), std::move(observe), clock,
                                   std::move(options))) {
  impl_->share_lifetime(impl_);
}

Server::~Server() { stop(); }
void Server::start() { impl_->start(); }
int Server::port() const { return impl_->port(); }
void Server::stop() { impl_->stop(); }
ServerStats Server::stats() const { return impl_->stats(); }
int Server::most_awake() { return impl_->most_awake(); }

}  // namespace picsharz::http
