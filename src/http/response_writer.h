// Turns a Response into bytes on a socket: one sendmsg of head and body, sendfile for files that
// are not in memory.
//
// What:      adds what belongs to the transport (Date, Content-Length, Connection, X-Request-Id,
//            default headers), answers 304 where If-None-Match says so and 206 or 416 where Range
//            does (files only), sends no body for HEAD. Of an event stream it sends the head.
// Ownership: owns the response until clear().
// Threads:   not shared. write() never blocks on the socket.
// Failures:  a peer that is gone, or a file that became shorter, is Progress::failed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/request.h"

namespace picsharz::http {

struct ResponseContext {
  Method method = Method::get;
  bool keep_alive = true;
  bool say_keep_alive = false;  // HTTP/1.0, where closing is the default
  std::string_view date;        // "Date: ...\r\n"
  std::string_view request_id;  // empty: none
  std::string_view
      default_headers;            // "Name: value\r\n"..., for responses without a block of theirs
  std::string_view more_headers;  // the same, for all responses
  std::string_view if_none_match;
  std::string_view range;  // of a GET
  std::string_view if_range;
};

class ResponseWriter {
 public:
  enum class Progress { done, blocked, failed };

  void start(Response response, const ResponseContext& context);
  // Sends what the socket takes, at most about a megabyte a call so that others get their turn:
  // `blocked` means "call again when the socket is writable".
  Progress write(int descriptor);
  void clear();

  int status() const { return response_.status; }
  // Null but for an event stream; whoever takes it sends the rest.
  std::shared_ptr<EventStream> stream() const;
  std::int64_t sent() const { return sent_; }

 private:
  void cut_to_range(const ResponseContext& context);
  void append_head(const ResponseContext& context, std::int64_t length);
  void append_header(std::string_view name, std::string_view value);
  bool more_in_memory() const { return memory_sent_ < head_.size() + memory_.size(); }
  Progress write_memory(int descriptor);
  Progress write_file(int descriptor);
  Progress write_parts(int descriptor);
  bool next_part();

  Response response_;
  std::string head_;
  std::string_view memory_;      // the body, where it is in memory
  std::size_t memory_sent_ = 0;  // of head_ and memory_ together
  const FileBody* file_ = nullptr;
  std::int64_t file_sent_ = 0;
  const PartsBody* parts_ = nullptr;
  FileBody part_;                // of them, which file_ is while it is sent
  std::int64_t parts_sent_ = 0;  // before it
  std::int64_t sent_ = 0;
};

std::string_view reason_phrase(int status);
// Whether a list of entity tags names this one, compared weakly (RFC 9110, 13.1.2).
bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace picsharz::http
