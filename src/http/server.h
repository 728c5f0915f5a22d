// The HTTP/1.1 server.
//
// What:      accepts, parses, routes, runs handlers on their pool, writes answers. Requests that
//            could be read in two ways are refused with 400 and close (duplicate or conflicting
//            lengths, Transfer-Encoding with Content-Length, obs-fold, bare LF, NUL, over-long
//            headers).
// Threads:   start() returns at once; stop() may be called from any thread but a handler's, drains
//            and joins. It waits for handlers that run, also for asynchronous answers: what answers
//            them must outlive the server.
// Failures:  start() throws std::system_error where the address is in use or not ours.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/limits.h"
#include "http/admission.h"
#include "http/idempotency.h"
#include "http/rate_limits.h"
#include "http/router.h"

namespace picsharz::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 8080;  // 0: any free port, see Server::port()
  int io_threads = 1;
  int web_workers = 8;
  int password_workers = 2;
  std::size_t web_queue = limits::worker_queue;
  std::size_t password_queue = limits::password_queue;
  int connections = limits::connections;
  int connections_per_address = limits::connections_per_address;  // 0: no bound
  Micros header_timeout = limits::header_timeout;
  Micros idle_timeout = limits::idle_timeout;
  Micros slow_body_grace = limits::slow_body_grace;
  Micros drain_timeout = limits::drain_timeout;
  std::vector<std::string> trusted_proxies;  // addresses and networks whose X-Forwarded-For counts
  bool access_log = true;
  int inherited_descriptor = -1;  // a listening socket (LISTEN_FDS), or -1
  // "Name: value\r\n"..., added to every answer that has no header_block of its own.
  std::string default_headers{};
  // What an exception that left a handler means (a database that is down is `unavailable`);
  // nullopt, or no function: 500 `internal`. Called from any thread.
  std::function<std::optional<Error>(const std::exception&)> explain_exception{};
  // Whether what a viewer was let in by still stands. Asked, on a web worker, every `look_interval`
  // of a streamed body and of an answer that its reader is slow to take: without it they end. No
  // function: what has begun goes on. One that throws does not know, and is asked again.
  std::function<bool(const Viewer&)> stands{};
  Micros look_interval = 2 * second;
  IdempotencyLedger* idempotency = nullptr;  // outlives the server; nullptr: the header is ignored
  // Asked on the I/O thread for an asynchronous route with `confirms_session`: where it sets
  // request.viewer from memory and says true, the handler starts there.
  std::function<bool(Request&, const Route&)> recall{};
  RateLimits* rates = nullptr;  // outlives the server; nullptr: nothing is limited
};

// Sets request.viewer, or refuses the request (401, 403, a cross-site request). Runs on the route's
// pool before the handler, and for BodyKind::stream before `begin`.
using Authenticator = std::function<Result<void>(Request&, const Route&)>;

using Recaller = std::function<bool(Request&, const Route&)>;  // ServerOptions::recall

// Called once a request when its answer is complete; must be cheap and thread-safe.
struct Served {
  std::string_view route;
  Method method;
  int status;
  std::int64_t bytes;
  Micros duration;
  AccountId account{};  // who asked, as far as the route cares; 0: nobody, or not known
};
using Observer = std::function<void(const Served&)>;

struct ServerStats {
  std::int64_t connections = 0;  // now
  std::int64_t accepted = 0;
  std::int64_t requests = 0;
  std::int64_t refused = 0;  // malformed
  std::int64_t shed = 0;     // 503 because it would have waited too long
  std::array<std::int64_t, importances> shed_by_importance{};
  std::int64_t queue = 0;  // waiting for a worker, now
};

class Server {
 public:
  Server(const Router& router, Authenticator authenticate, Observer observe, const Clock& clock,
         ServerOptions options);
  ~Server();  // stops
  void start();
  int port() const;
  // Stops accepting, lets requests finish within drain_timeout, closes the rest, joins.
  void stop();
  ServerStats stats() const;
  // How many workers were awake at once since this was asked last: how busy people keep us.
  int most_awake();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with Responders that are answering
};

}  // namespace picsharz::http
