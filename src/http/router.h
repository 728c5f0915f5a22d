// The table of routes. Denied by default: a route says who may use it, or it does not exist.
//
// What:      patterns like /v1/photos/{id}; a literal segment wins over @{name}, that over {name};
//            a final {path...} takes the rest. GET answers HEAD too. A known path with another
//            method is 405 with Allow.
// Threads:   filled before the server starts, then immutable.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "http/request.h"
#include "http/responder.h"

namespace picsharz::http {

// Who may call a route at all. What they may see in it is the service's business. A route that does
// not say is refused by the router.
enum class Access { undeclared, open, member, moderator, administrator };

enum class BodyKind {
  none,    // a body is refused
  json,    // application/json up to limits::json_body, in memory
  text,    // any type up to limits::json_body, in memory (forms of mail clients)
  stream,  // handed to the sink that `begin` returns
};

// Where a handler runs.
enum class Pool {
  io,        // on the I/O thread: pure memory or sendfile, never blocks
  web,       // a blocking worker
  password,  // one worker per core with its own queue: Argon2id
};

using Handler = std::function<Response(Request&)>;
// Starts on the route's pool like a Handler and answers later, from any thread; the worker is free
// as soon as it returns. The Request lives until the answer is given, and not longer.
using AsyncHandler = std::function<void(Request&, Responder)>;
// Before an AsyncHandler, on the same pool: the answer, where it needs no waiting. With Pool::io it
// costs nothing but what it does itself.
using AtOnce = std::function<std::optional<Response>(Request&)>;
// For BodyKind::stream: runs (on a web worker) after the headers and authentication, before any
// byte of the body is read. An error is answered at once and the connection closed.
using BeginBody = std::function<Result<std::unique_ptr<BodySink>>(const Request&)>;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Route {
  Method method = Method::get;
  std::string pattern;
  Access access = Access::undeclared;
  // What a token needs to come here. Without one, no token does: only sessions, and visitors.
  Scope scope = Scope::session;
  Handler handler{};
  BodyKind body = BodyKind::none;
  Pool pool = Pool::web;
  BeginBody begin{};
  std::int64_t max_body = 0;  // for BodyKind::stream
  AtOnce at_once{};           // before `async`
  AsyncHandler async{};       // instead of `handler`
  // Of every answer of this route, a refusal's too: what a protocol wants to be said always.
  Headers headers{};
  // Idempotency-Key is the handler's own business, not the server's ledger's.
  bool own_idempotency = false;
  // The handler asks in its own transaction whether the session still stands
  // (ServerOptions::recall).
  bool confirms_session = false;
  // Its address holds all that it takes to do this: another site's page may send it too.
  bool carries_own_token = false;
  RateClass rate = RateClass::derived;
  // Of a page that a person looks at: the body they are shown instead of a problem document where
  // the server is too busy for it, something it needs is down, or they ask too much. From memory,
  // on any thread.
  Handler instead{};
};

// For Route::headers, of a route whose service has a limit of its own: `code` is what that refuses
// with, and the name of the limit in the refusal's RateLimit.
std::pair<std::string, std::string> rate_policy(std::string_view code, std::int64_t quota,
                                                Micros window);

struct Match {
  const Route* route = nullptr;
  std::vector<std::string> values;
  std::string allow{};  // the methods of this path, where only the method did not fit
};

class Router {
 public:
  Router();
  ~Router();
  // Aborts on a programmer's error: a route that is there already, one that does not say who may
  // use it, one without exactly one kind of handler, a stream without `begin` or max_body.
  void add(Route route);
  // `values` of an earlier request are overwritten where they are.
  Match match(Method method, std::string_view path, std::vector<std::string> values = {}) const;
  std::vector<const Route*> routes() const;
  // Answers what no route matches (the web application's shell, or 404). Runs on the I/O thread
  // without authentication: pure memory.
  void set_fallback(Handler handler);
  const Handler& fallback() const;

 private:
  struct Node;
  struct Values;
  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
  Handler fallback_;
};

}  // namespace picsharz::http
