// The one place that turns an Error into a status and a problem document (RFC 9457).
#include "base/json.h"
#include "http/request.h"
#include "http/response_writer.h"

namespace picsharz::http {

namespace {

void write_fields(JsonWriter& json, const std::vector<FieldError>& fields) {
  json.key("errors").begin_array();
  for (const FieldError& each : fields) {
    json.begin_object();
    json.field("field", each.field).field("code", each.code).field("detail", each.detail);
    if (each.limit > 0) json.field("limit", each.limit);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return 400;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::forbidden:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::gone:
      return 410;
    case ErrorKind::precondition:
      return 412;
    case ErrorKind::locked:
      return 423;
    case ErrorKind::checksum:
      return 460;
    case ErrorKind::too_large:
      return 413;
    case ErrorKind::unsupported:
      return 415;
    case ErrorKind::unprocessable:
      return 422;
    case ErrorKind::too_many:
      return 429;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::storage_full:
      return 507;
  }
  return 500;
}

Response problem(const Error& error, std::string_view request_id) {
  return problem(status_of(error.kind), error, request_id);
}

Response problem(int status, const Error& error, std::string_view request_id) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.field("type", "about:blank").field("title", reason_phrase(status)).field("status", status);
  json.field("detail", error.action.empty() ? error.message : error.message + " " + error.action);
  json.field("code", error.code).field("request_id", request_id);
  if (error.limit > 0) json.field("limit", error.limit);
  if (error.retry_after_seconds > 0) json.field("retry_after", error.retry_after_seconds);
  if (!error.fields.empty()) write_fields(json, error.fields);
  json.end_object();

  Response response;
  response.status = status;
  response.header("Content-Type", "application/problem+json").header("Cache-Control", "no-store");
  if (error.retry_after_seconds > 0) {
    const std::string seconds = std::to_string(error.retry_after_seconds);
    response.header("Retry-After", seconds);
    // What limits all requests tells of itself (RateLimits); this is a limit of the service.
    if (error.kind == ErrorKind::too_many && error.code != "too_many_requests") {
      response.header("RateLimit", "\"" + error.code + "\";r=0;t=" + seconds);
    }
  }
  response.body = std::move(body);
  return response;
}

}  // namespace picsharz::http
