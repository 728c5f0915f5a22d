// A request as handlers see it, and the response they give. No Asio, no Beast.
//
// Ownership: views in a Request live until its handler returns. A Response owns what it carries.
// Threads:   a Request is used by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/file_handle.h"
#include "base/viewer.h"
#include "http/rate_class.h"

namespace picsharz::http {

enum class Method { get, head, post, put, patch, del, options };
std::string_view method_name(Method method);

// Receives a body as it arrives (an upload); lives from the headers to the handler. write() runs on
// the I/O thread and must not wait; flush(), finish() and, where a worker is free, the destructor
// run on a worker. A connection that ends before its body does destroys the sink without finish().
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Called in order with pieces of the body. An error ends the request with that answer.
  virtual Result<void> write(std::string_view piece) = 0;
  // Asked after each piece: what was written has to be made durable before more is read.
  virtual bool wants_flush() const { return false; }
  virtual Result<void> flush() { return {}; }
  // The body is complete.
  virtual Result<void> finish() = 0;
  // After finish(): what this body says, for IdempotencyLedger; equal for equal wishes.
  virtual std::string fingerprint() { return {}; }
};

// What an IdempotencyLedger knows of a request's key.
struct Claim {
  std::int64_t id = 0;    // 0: the request has no key
  std::int64_t made = 0;  // what an earlier try made whose answer was lost, or 0
};

struct Header {
  std::string_view name;   // as sent; compare without case
  std::string_view value;  // trimmed
};

struct Request {
  Method method = Method::get;
  std::string_view target;                                 // as sent
  std::string path;                                        // decoded once, no query
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::vector<Header> headers;
  std::vector<std::string> path_values;  // of {name} in the route's pattern, in order
  std::string_view route;                // the pattern, for logs and metrics
  std::string_view body;             // complete, where the route asks for BodyKind::json or text
  std::unique_ptr<BodySink> sink;    // finished, where the route asks for BodyKind::stream
  std::int64_t content_length = -1;  // -1: none or chunked
  std::string remote_address;        // the client's, after trusted proxies
  std::string request_id;            // 32 hex digits: the trace id
  Viewer viewer;                     // set by the Authenticator
  Claim claim;                       // set where an IdempotencyLedger holds the request's key
  RateTold rate;                     // how much of it is left, for the answer

  // The first header of that name, or "" ; names are compared without case.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  std::string_view cookie(std::string_view name) const;
  std::optional<std::string_view> query_value(std::string_view name) const;
};

// A file, or a part of one.
struct FileBody {
  std::shared_ptr<const FileHandle> file;
  std::int64_t offset = 0;
  std::int64_t length = 0;
  std::shared_ptr<const std::string> bytes{};  // all of them, where they are in memory: no `file`

  static FileBody of(std::shared_ptr<const FileHandle> file) {
    const std::int64_t size = file->size();
    return {std::move(file), 0, size};
  }
  static FileBody of(std::shared_ptr<const std::string> bytes) {
    const auto size = static_cast<std::int64_t>(bytes->size());
    return {nullptr, 0, size, std::move(bytes)};
  }
};

// Files and parts of files, one behind another, as one body: what is sent is opened as it is
// needed. Threads: at() is called on an I/O thread; it may open a file, and waits for nothing else.
class FileParts {
 public:
  virtual ~FileParts() = default;
  virtual std::int64_t size() const = 0;
  // What begins at `offset` and where it ends; at least one byte. No file: it is not there any
  // more, and the connection ends.
  virtual FileBody at(std::int64_t offset) const = 0;
};

struct PartsBody {
  std::shared_ptr<const FileParts> parts;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

class EventStream;

using Body = std::variant<std::monostate, std::string, std::string_view /* static storage */,
                          std::shared_ptr<const std::string>, FileBody, PartsBody,
                          std::shared_ptr<EventStream>>;

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  Body body;
  // A complete, precomputed header block ("Name: value\r\n"...), static or shared; sent as it is
  // before `headers`. For hot paths.
  std::shared_ptr<const std::string> header_block;

  Response& header(std::string_view name, std::string_view value) & {
    headers.emplace_back(name, value);
    return *this;
  }
  Response&& header(std::string_view name, std::string_view value) && {
    headers.emplace_back(name, value);
    return std::move(*this);
  }
};

Response json(int status, std::string body);
Response text(int status, std::string body);
Response no_content();
// RFC 9457 problem+json; problem.cpp is the one place that maps an ErrorKind to a status.
Response problem(const Error& error, std::string_view request_id);
// The same with a status that no ErrorKind has (405, 408, 500, 501).
Response problem(int status, const Error& error, std::string_view request_id);
int status_of(ErrorKind kind);

// Decodes once; what is no valid encoding stays as it stands.
std::string percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);  // everything but unreserved characters

}  // namespace picsharz::http
