#include "http/response_writer.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "base/log.h"
#include "http/byte_range.h"
#include "http/text.h"

namespace picsharz::http {

namespace {

constexpr std::int64_t turn_bytes = 1 << 20;

// Framing is the transport's; a handler that sets one of these would make the answer ambiguous.
bool is_framing(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equals_ignoring_case(name, "Date");
    case 10:
      return equals_ignoring_case(name, "Connection");
    case 14:
      return equals_ignoring_case(name, "Content-Length");
    case 17:
      return equals_ignoring_case(name, "Transfer-Encoding");
    default:
      return false;
  }
}

std::string_view etag_of(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (equals_ignoring_case(name, "ETag")) return value;
  }
  if (!response.header_block) return {};
  std::string_view rest = *response.header_block;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    constexpr std::string_view name = "ETag:";
    if (equals_ignoring_case(line.substr(0, name.size()), name)) {
      return trimmed(line.substr(name.size()));
    }
    rest.remove_prefix(std::min(line.size() + 2, rest.size()));
  }
  return {};
}

std::string_view in_memory(const Body& body) {
  if (const auto* owned = std::get_if<std::string>(&body)) return *owned;
  if (const auto* fixed = std::get_if<std::string_view>(&body)) return *fixed;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) return **shared;
  return {};
}

Error no_such_range() {
  return {ErrorKind::invalid, "no_such_range", "There are no such bytes.",
          "Ask for a range within the length that Content-Range names."};
}

std::string_view opaque(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

// A line break in a value would begin a header of somebody else's choice.
void append_sanitized(std::string& out, std::string_view text) {
  const std::size_t from = out.size();
  out += text;
  const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), breaks, ' ');
}

}  // namespace

std::string_view reason_phrase(int status) {
  struct Phrase {
    int status;
    std::string_view text;
  };
  static constexpr std::array phrases = {
      Phrase{200, "OK"},
      Phrase{201, "Created"},
      Phrase{202, "Accepted"},
      Phrase{204, "No Content"},
      Phrase{206, "Partial Content"},
      Phrase{301, "Moved Permanently"},
      Phrase{302, "Found"},
      Phrase{303, "See Other"},
      Phrase{304, "Not Modified"},
      Phrase{307, "Temporary Redirect"},
      Phrase{308, "Permanent Redirect"},
      Phrase{400, "Bad Request"},
      Phrase{401, "Unauthorized"},
      Phrase{403, "Forbidden"},
      Phrase{404, "Not Found"},
      Phrase{405, "Method Not Allowed"},
      Phrase{406, "Not Acceptable"},
      Phrase{408, "Request Timeout"},
      Phrase{409, "Conflict"},
      Phrase{410, "Gone"},
      Phrase{412, "Precondition Failed"},
      Phrase{413, "Content Too Large"},
      Phrase{415, "Unsupported Media Type"},
      Phrase{416, "Range Not Satisfiable"},
      Phrase{422, "Unprocessable Content"},
      Phrase{423, "Locked"},
      Phrase{428, "Precondition Required"},
      Phrase{429, "Too Many Requests"},
      Phrase{460, "Checksum Mismatch"},  // tus 1.0.0
      Phrase{500, "Internal Server Error"},
      Phrase{501, "Not Implemented"},
      Phrase{503, "Service Unavailable"},
      Phrase{507, "Insufficient Storage"},
  };
  for (const Phrase& each : phrases) {
    if (each.status == status) return each.text;
  }
  return "Status";
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  if (etag.empty()) return false;
  if (if_none_match == "*") return true;
  while (!if_none_match.empty()) {
    const std::size_t open = if_none_match.find('"');
    if (open == std::string_view::npos) return false;
    const std::size_t close = if_none_match.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    if (if_none_match.substr(open, close - open + 1) == opaque(etag)) return true;
    if_none_match.remove_prefix(close + 1);
  }
  return false;
}

void ResponseWriter::start(Response response, const ResponseContext& context) {
  clear();
  response_ = std::move(response);
  const bool reads = context.method == Method::get || context.method == Method::head;
  if (reads && response_.status == 200 && !context.if_none_match.empty() &&
      etag_matches(context.if_none_match, etag_of(response_))) {
    response_.status = 304;
    response_.body = std::monostate();
  }
  if (context.method == Method::get && response_.status == 200) cut_to_range(context);
  const auto* file = std::get_if<FileBody>(&response_.body);
  const auto* parts = std::get_if<PartsBody>(&response_.body);
  const std::string_view memory = in_memory(response_.body);
  const bool has_length = response_.status != 304 && response_.status != 204 && !stream();
  const auto length = file    ? file->length
                      : parts ? parts->length
                              : static_cast<std::int64_t>(memory.size());
  append_head(context, has_length ? length : -1);
  if (context.method == Method::head || !has_length) return;
  memory_ = memory;
  parts_ = parts;
  if (file != nullptr && file->bytes) {
    memory_ =
        std::string_view(*file->bytes)
            .substr(static_cast<std::size_t>(file->offset), static_cast<std::size_t>(file->length));
  } else {
    file_ = file;
  }
}

void ResponseWriter::cut_to_range(const ResponseContext& context) {
  auto* file = std::get_if<FileBody>(&response_.body);
  auto* parts = std::get_if<PartsBody>(&response_.body);
  if (file == nullptr && parts == nullptr) return;
  if (context.range.empty()) return;
  if (!if_range_fits(context.if_range, etag_of(response_))) return;
  std::int64_t& offset = file ? file->offset : parts->offset;
  std::int64_t& length = file ? file->length : parts->length;
  const std::int64_t size = length;
  ByteRange range;
  switch (read_range(context.range, size, range)) {
    case Asked::whole:
      return;
    case Asked::part:
      response_.status = 206;
      response_.header("Content-Range", content_range(range, size));
      offset += range.offset;
      length = range.length;
      return;
    case Asked::nothing:
      response_ = problem(416, no_such_range(), context.request_id);
      response_.header("Content-Range", "bytes */" + std::to_string(size));
      return;
  }
}

std::shared_ptr<EventStream> ResponseWriter::stream() const {
  const auto* stream = std::get_if<std::shared_ptr<EventStream>>(&response_.body);
  return stream == nullptr ? nullptr : *stream;
}

void ResponseWriter::append_head(const ResponseContext& context, std::int64_t length) {
  head_ += "HTTP/1.1 ";
  append_number(head_, response_.status);
  head_ += ' ';
  head_ += reason_phrase(response_.status);
  head_ += "\r\n";
  head_ +=
      response_.header_block ? std::string_view(*response_.header_block) : context.default_headers;
  for (const auto& [name, value] : response_.headers) {
    if (!is_framing(name)) append_header(name, value);
  }
  head_ += context.more_headers;
  head_ += context.date;
  const bool has_ranges = std::holds_alternative<FileBody>(response_.body) ||
                          std::holds_alternative<PartsBody>(response_.body);
  if (has_ranges) head_ += "Accept-Ranges: bytes\r\n";
  if (length >= 0) {
    head_ += "Content-Length: ";
    append_number(head_, length);
    head_ += "\r\n";
  }
  if (!context.request_id.empty()) append_header("X-Request-Id", context.request_id);
  if (!context.keep_alive) {
    head_ += "Connection: close\r\n";
  } else if (context.say_keep_alive) {
    head_ += "Connection: keep-alive\r\n";
  }
  head_ += "\r\n";
}

void ResponseWriter::append_header(std::string_view name, std::string_view value) {
  append_sanitized(head_, name);
  head_ += ": ";
  append_sanitized(head_, value);
  head_ += "\r\n";
}

ResponseWriter::Progress ResponseWriter::write(int descriptor) {
  if (more_in_memory()) {
    if (const Progress progress = write_memory(descriptor); progress != Progress::done) {
      return progress;
    }
  }
  if (parts_ != nullptr) return write_parts(descriptor);
  return file_ != nullptr ? write_file(descriptor) : Progress::done;
}

ResponseWriter::Progress ResponseWriter::write_memory(int descriptor) {
  while (more_in_memory()) {
    const std::string_view head =
        std::string_view(head_).substr(std::min(memory_sent_, head_.size()));
    const std::string_view body =
        memory_.substr(memory_sent_ - std::min(memory_sent_, head_.size()));
    std::array<iovec, 2> parts = {iovec{const_cast<char*>(head.data()), head.size()},
                                  iovec{const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (file_ || parts_ ? MSG_MORE : 0);
    const ssize_t count = ::sendmsg(descriptor, &message, flags);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return errno == EAGAIN || errno == EWOULDBLOCK ? Progress::blocked : Progress::failed;
    }
    memory_sent_ += static_cast<std::size_t>(count);
    sent_ += count;
  }
  return Progress::done;
}

ResponseWriter::Progress ResponseWriter::write_file(int descriptor) {
  std::int64_t turn = turn_bytes;
  while (file_sent_ < file_->length) {
    if (turn <= 0) return Progress::blocked;
    off_t offset = file_->offset + file_sent_;
    const auto wanted = static_cast<std::size_t>(std::min(turn, file_->length - file_sent_));
    const ssize_t count = ::sendfile(descriptor, file_->file->descriptor(), &offset, wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN ? Progress::blocked : Progress::failed;
    if (count == 0) return Progress::failed;  // shorter than promised
    file_sent_ += count;
    sent_ += count;
    turn -= count;
  }
  return Progress::done;
}

ResponseWriter::Progress ResponseWriter::write_parts(int descriptor) {
  const std::int64_t turn_ends = sent_ + turn_bytes;
  for (;;) {
    if (file_ != nullptr) {
      if (const Progress progress = write_file(descriptor); progress != Progress::done) {
        return progress;
      }
      parts_sent_ += part_.length;
      file_ = nullptr;
    }
    if (parts_sent_ == parts_->length) return Progress::done;
    if (sent_ >= turn_ends) return Progress::blocked;
    if (!next_part()) return Progress::failed;
  }
}

// False: it is gone, or cannot be opened.
bool ResponseWriter::next_part() {
  try {
    part_ = parts_->parts->at(parts_->offset + parts_sent_);
  } catch (const std::exception& failure) {
    log_warning("a part of a body cannot be opened", {{"detail", failure.what()}});
    return false;
  }
  if (!part_.file || part_.length <= 0) return false;
  part_.length = std::min(part_.length, parts_->length - parts_sent_);
  file_ = &part_;
  file_sent_ = 0;
  return true;
}

void ResponseWriter::clear() {
  response_ = Response();
  head_.clear();
  memory_ = {};
  memory_sent_ = 0;
  file_ = nullptr;
  file_sent_ = 0;
  parts_ = nullptr;
  part_ = {};
  parts_sent_ = 0;
  sent_ = 0;
}

}  // namespace picsharz::http
