// From a parsed request to its answer: routes, body rules, authentication, handlers, exceptions.
//
// What:      everything between the parser and the writer that is not bytes on a socket.
// Threads:   immutable; any thread. A handler runs on the thread that calls handle().
// Failures:  an exception of a handler ends here, once: it is logged with the request id and
//            answered.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "http/rate_limits.h"
#include "http/request_parser.h"
#include "http/router.h"
#include "http/server.h"

namespace picsharz::http {

// Whether the sender of this request was looked at already; `earlier`: so long ago that it is to be
// asked whether that still stands.
enum class Authenticated { no, yes, earlier };

class Dispatcher {
 public:
  Dispatcher(const Router& router, Authenticator authenticate,
             std::function<std::optional<Error>(const std::exception&)> explain,
             IdempotencyLedger* ledger = nullptr, RateLimits* rates = nullptr,
             std::function<bool(const Viewer&)> stands = nullptr);

  // Finds the route, fills request.path_values and request.route. Without a route, `otherwise`
  // holds the answer (405, the fallback's, 404).
  const Route* find(Request& request, Response& otherwise) const;
  // Counts the request for its address, on the I/O thread: the answer to one too many.
  std::optional<Response> refuse_flood(const Route& route, Request& request) const;
  // The answer to a body that the route does not want, from the headers alone.
  std::optional<Response> refuse_body(const Route& route, const RequestHead& head,
                                      const Request& request) const;
  // For BodyKind::stream: authenticates and opens request.sink.
  std::optional<Response> begin(const Route& route, Request& request) const;
  // A piece of a streamed body.
  std::optional<Response> write(Request& request, std::string_view piece) const;
  // What the sink wants to be made durable. Blocks.
  std::optional<Response> flush(Request& request) const;
  // Whether what its sender was let in by has to be looked at while it lasts.
  bool looks_again(const Request& request) const { return stands_ && request.viewer.signed_in(); }
  // One look. Blocks.
  bool stands(const Viewer& viewer) const;
  // Authenticates where that was not done, finishes the sink, calls the handler.
  Response handle(const Route& route, Request& request, Authenticated authenticated) const;
  // `refused` of the server's own failing, or because somebody asks too much, as a person is told
  // of it (Route::instead).
  Response shown(const Route& route, Request& request, Response refused) const;
  // For a route with `at_once`: authenticates, and answers where that needs no waiting. Otherwise
  // handle_async() comes next, with Authenticated::yes.
  std::optional<Response> handle_at_once(const Route& route, Request& request,
                                         Authenticated authenticated) const;
  void handle_async(const Route& route, Request& request, Authenticated authenticated,
                    const Responder& responder) const;

 private:
  // Who it is, and whether they may send so many.
  Result<void> admit(const Route& route, Request& request) const;
  // What must succeed before the handler is called.
  Result<void> prepare(const Route& route, Request& request, Authenticated authenticated) const;
  // The handler, or the answer that its Idempotency-Key was given before.
  Response call(const Route& route, Request& request) const;
  Response explain(const std::exception* exception, std::string_view route,
                   std::string_view request_id) const;
  template <class F>
  Response guarded(std::string_view route, std::string_view request_id, const F& work) const;

  const Router& router_;
  const Authenticator authenticate_;
  const std::function<std::optional<Error>(const std::exception&)> explain_;
  IdempotencyLedger* const ledger_;
  RateLimits* const rates_;
  const std::function<bool(const Viewer&)> stands_;
};

// The largest body that a route takes.
std::int64_t body_bound(const Route& route);

Error malformed_request(std::string_view reason);
Error body_too_large(std::int64_t bound);
Error too_slow();
Error signed_out();
Error server_busy();
Error method_unknown();
Error internal_error();

}  // namespace picsharz::http
