#include "http/dispatcher.h"

#include <string>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "http/text.h"

namespace picsharz::http {

namespace {

// The lines that this thread writes carry the request's id.
class LogScope {
 public:
  explicit LogScope(std::string_view request_id) { set_log_request(request_id); }
  ~LogScope() { set_log_request(""); }
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;
};

Response refused(const Error& error, std::string_view request_id) {
  if (!error.detail.empty()) {
    log_warning("request refused", {{"code", error.code}, {"detail", error.detail}});
  }
  return problem(error, request_id);
}

bool is_json(std::string_view content_type) {
  return equals_ignoring_case(trimmed(content_type.substr(0, content_type.find(';'))),
                              "application/json");
}

}  // namespace

std::int64_t body_bound(const Route& route) {
  return route.body == BodyKind::stream ? route.max_body
                                        : static_cast<std::int64_t>(limits::json_body);
}

Error malformed_request(std::string_view reason) {
  return {ErrorKind::invalid, "malformed_request",
          "The request could not be read: " + std::string(reason) + ".",
          "Send it as HTTP/1.1 (RFC 9112)."};
}

Error body_too_large(std::int64_t bound) {
  Error error{ErrorKind::too_large, "body_too_large", "The request is too large.",
              "Send at most " + std::to_string(bound) + " bytes."};
  error.limit = bound;
  return error;
}

Error too_slow() {
  return {ErrorKind::unavailable, "too_slow", "The request did not arrive in time.",
          "Check the connection and try again."};
}

Error signed_out() {
  return {ErrorKind::unauthenticated, "unauthenticated", "You are not signed in any more.",
          "Log in."};
}

Error server_busy() {
  Error error{ErrorKind::unavailable, "busy", "The server is busy.", "Try again in a moment."};
  error.retry_after_seconds = 1;
  return error;
}

Error method_unknown() {
  return {ErrorKind::invalid, "method_unknown", "There is no such method.",
          "Use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS."};
}

Error internal_error() {
  return {ErrorKind::unavailable, "internal", "Something went wrong on the server.",
          "Try again; if it stays, tell the administrator the request id."};
}

Dispatcher::Dispatcher(const Router& router, Authenticator authenticate,
                       std::function<std::optional<Error>(const std::exception&)> explain,
                       IdempotencyLedger* ledger, RateLimits* rates,
                       std::function<bool(const Viewer&)> stands)
    : router_(router),
      authenticate_(std::move(authenticate)),
      explain_(std::move(explain)),
      ledger_(ledger),
      rates_(rates),
      stands_(std::move(stands)) {}

const Route* Dispatcher::find(Request& request, Response& otherwise) const {
  Match match = router_.match(request.method, request.path, std::move(request.path_values));
  if (match.route != nullptr) {
    request.path_values = std::move(match.values);
    request.route = match.route->pattern;
    return match.route;
  }
  request.route = "(none)";
  if (!match.allow.empty()) {
    const Error error{ErrorKind::invalid, "method_not_allowed",
                      "This address does not answer that method.", "Use " + match.allow + "."};
    otherwise = problem(405, error, request.request_id);
    otherwise.header("Allow", match.allow);
  } else if (router_.fallback()) {
    otherwise =
        guarded(request.route, request.request_id, [&] { return router_.fallback()(request); });
  } else {
    otherwise = problem(not_found().error(), request.request_id);
  }
  return nullptr;
}

std::optional<Response> Dispatcher::refuse_flood(const Route& route, Request& request) const {
  if (rates_ == nullptr) return std::nullopt;
  request.rate = rates_->count(route.rate, request.remote_address);
  if (!request.rate.refused) return std::nullopt;
  return shown(route, request,
               problem(too_many_requests(request.rate.seconds), request.request_id));
}

// Of the two limits the answer tells the one that is nearer.
Result<void> Dispatcher::admit(const Route& route, Request& request) const {
  TRY(authenticate_(request, route));
  if (rates_ == nullptr) return {};
  const RateTold told = rates_->count(route.rate, request.viewer);
  const bool nearer = request.rate.quota == 0 || told.remaining <= request.rate.remaining;
  if (told.quota > 0 && (told.refused || nearer)) request.rate = told;
  if (told.refused) return std::unexpected(too_many_requests(told.seconds));
  return {};
}

std::optional<Response> Dispatcher::refuse_body(const Route& route, const RequestHead& head,
                                                const Request& request) const {
  if (!head.has_body()) return std::nullopt;
  if (route.body == BodyKind::none) {
    const Error error{ErrorKind::invalid, "body_not_expected", "This request takes no body.",
                      "Send it without a body."};
    return problem(error, request.request_id);
  }
  if (route.body == BodyKind::json && !is_json(request.header("Content-Type"))) {
    const Error error{ErrorKind::unsupported, "json_expected", "The body is not JSON.",
                      "Send it with the header Content-Type: application/json."};
    return problem(error, request.request_id);
  }
  const std::int64_t bound = body_bound(route);
  if (head.content_length <= bound) return std::nullopt;
  return problem(body_too_large(bound), request.request_id);
}

std::optional<Response> Dispatcher::begin(const Route& route, Request& request) const {
  const LogScope scope(request.request_id);
  bool open = false;
  Response answer = guarded(route.pattern, request.request_id, [&] {
    if (auto allowed = admit(route, request); !allowed) {
      return refused(allowed.error(), request.request_id);
    }
    auto sink = route.begin(request);
    if (!sink) return refused(sink.error(), request.request_id);
    request.sink = *std::move(sink);
    open = true;
    return Response();
  });
  if (open) return std::nullopt;
  return answer;
}

std::optional<Response> Dispatcher::write(Request& request, std::string_view piece) const {
  const LogScope scope(request.request_id);
  bool written = false;
  Response answer = guarded(request.route, request.request_id, [&] {
    auto result = request.sink->write(piece);
    written = result.has_value();
    return written ? Response() : refused(result.error(), request.request_id);
  });
  if (written) return std::nullopt;
  return answer;
}

std::optional<Response> Dispatcher::flush(Request& request) const {
  const LogScope scope(request.request_id);
  bool flushed = false;
  Response answer = guarded(request.route, request.request_id, [&] {
    auto result = request.sink->flush();
    flushed = result.has_value();
    return flushed ? Response() : refused(result.error(), request.request_id);
  });
  if (flushed) return std::nullopt;
  return answer;
}

bool Dispatcher::stands(const Viewer& viewer) const {
  try {
    return stands_(viewer);
  } catch (const std::exception& failure) {
    log_warning("who sends or receives cannot be looked at", {{"detail", failure.what()}});
    return true;  // nothing is known: the next look tells
  }
}

Result<void> Dispatcher::prepare(const Route& route, Request& request,
                                 Authenticated authenticated) const {
  if (authenticated == Authenticated::no) TRY(admit(route, request));
  if (authenticated == Authenticated::earlier && looks_again(request) && !stands_(request.viewer)) {
    return std::unexpected(signed_out());
  }
  if (request.sink) TRY(request.sink->finish());
  return {};
}

Response Dispatcher::handle(const Route& route, Request& request,
                            Authenticated authenticated) const {
  const LogScope scope(request.request_id);
  Response answer = guarded(route.pattern, request.request_id, [&] {
    if (auto ready = prepare(route, request, authenticated); !ready) {
      return refused(ready.error(), request.request_id);
    }
    return call(route, request);
  });
  request.sink.reset();  // here, not on the I/O thread: it may close and remove files
  return shown(route, request, std::move(answer));
}

Response Dispatcher::shown(const Route& route, Request& request, Response refused) const {
  if ((refused.status < 500 && refused.status != 429) || !route.instead) return refused;
  Response page =
      guarded(route.pattern, request.request_id, [&] { return route.instead(request); });
  page.status = refused.status;
  for (auto& [name, value] : refused.headers) {
    if (name == "Retry-After") page.header(name, value);
  }
  return page;
}

Response Dispatcher::call(const Route& route, Request& request) const {
  const std::string_view key = request.header("Idempotency-Key");
  const bool guards = ledger_ != nullptr && !key.empty() && !route.own_idempotency &&
                      request.method == Method::post && request.viewer.signed_in();
  if (!guards) return route.handler(request);
  auto body =
      request.sink ? request.sink->fingerprint() : crypto::hex(crypto::sha256(request.body));
  const std::string wish = "POST " + std::string(request.target) + "\n" + std::move(body);
  auto known = ledger_->claim(request, key, crypto::hex(crypto::sha256(wish)));
  if (!known) return refused(known.error(), request.request_id);
  if (*known) return **std::move(known);
  try {
    Response answer = route.handler(request);
    if (answer.status >= 200 && answer.status < 300) {
      ledger_->keep(request.claim, answer);
    } else {
      ledger_->release(request.claim);
    }
    return answer;
  } catch (...) {
    ledger_->release(request.claim);
    throw;
  }
}

std::optional<Response> Dispatcher::handle_at_once(const Route& route, Request& request,
                                                   Authenticated authenticated) const {
  const LogScope scope(request.request_id);
  bool later = false;
  Response answer = guarded(route.pattern, request.request_id, [&] {
    if (auto ready = prepare(route, request, authenticated); !ready) {
      return refused(ready.error(), request.request_id);
    }
    auto known = route.at_once(request);
    later = !known;
    return later ? Response() : *std::move(known);
  });
  if (later) return std::nullopt;
  return answer;
}

void Dispatcher::handle_async(const Route& route, Request& request, Authenticated authenticated,
                              const Responder& responder) const {
  // A copy: once it is answered, the request may be gone.
  const std::string request_id = request.request_id;
  const LogScope scope(request_id);
  bool started = false;
  Response answer = guarded(route.pattern, request_id, [&] {
    if (auto ready = prepare(route, request, authenticated); !ready) {
      return refused(ready.error(), request_id);
    }
    route.async(request, responder);
    started = true;
    return Response();
  });
  if (!started) responder.answer(std::move(answer));
}

template <class F>
Response Dispatcher::guarded(std::string_view route, std::string_view request_id,
                             const F& work) const {
  try {
    return work();
  } catch (const std::exception& exception) {
    return explain(&exception, route, request_id);
  } catch (...) {
    return explain(nullptr, route, request_id);
  }
}

Response Dispatcher::explain(const std::exception* exception, std::string_view route,
                             std::string_view request_id) const {
  const LogScope scope(request_id);
  log_error("handler failed",
            {{"route", route}, {"error", exception ? exception->what() : "not a std::exception"}});
  if (exception != nullptr && explain_) {
    if (const std::optional<Error> error = explain_(*exception)) return problem(*error, request_id);
  }
  return problem(500, internal_error(), request_id);
}

}  // namespace picsharz::http
