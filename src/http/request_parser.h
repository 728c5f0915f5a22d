// The request as bytes: head, target and body framing of HTTP/1.x, read strictly (RFC 9112).
//
// What:      pure functions of bytes, no socket: the server and the fuzzer call the same code. What
//            could be read in two ways is malformed: bare CR or LF, obs-fold, control characters, a
//            space before the colon, a second Content-Length or Host, Content-Length together with
//            Transfer-Encoding, any coding but "chunked".
// Ownership: the views of a RequestHead point into the buffer that was given to parse().
// Threads:   not shared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request.h"

namespace picsharz::http {

struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::vector<Header> headers;
  std::int64_t content_length = -1;  // -1: none
  bool chunked = false;
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
  std::size_t size = 0;  // bytes from the start of the buffer to the end of the empty line

  bool has_body() const { return chunked || content_length > 0; }
};

enum class HeadStatus { incomplete, complete, malformed };

class RequestParser {
 public:
  // Call again with the same bytes and more behind them until it is not incomplete. The cost of all
  // calls together is linear in the size of the head.
  HeadStatus parse(std::string_view buffer);
  // After complete. Not const, so that the caller may swap the headers out.
  RequestHead& head() { return head_; }
  // After malformed: what was wrong, for the log and the answer.
  std::string_view reason() const { return reason_; }
  // Before the next request.
  void reset();

 private:
  HeadStatus scan(std::string_view buffer);
  HeadStatus malformed(std::string_view reason);
  bool parse_request_line(std::string_view line);
  bool parse_headers(std::string_view lines);
  bool parse_header(std::string_view line);
  bool note_meaning(const Header& header);
  bool check_framing();

  RequestHead head_;
  std::string_view reason_;
  std::size_t scanned_ = 0;
  std::size_t start_ = 0;  // one empty line before a request is tolerated (RFC 9112, 2.2)
  std::size_t line_start_ = 0;
  int hosts_ = 0;
  bool encoded_ = false;
};

std::optional<Method> method_of(std::string_view name);

// Splits a target in origin form and decodes it once. False where it does not start with '/', where
// an encoding is invalid or hides a NUL, where the path is not UTF-8 (PostgreSQL refuses to look
// for it), or where there are more than limits::header_count values. Strings of an earlier request
// are written over where they are.
bool parse_target(std::string_view target, std::string& path,
                  std::vector<std::pair<std::string, std::string>>& query);

// Appends the decoded text. False where an encoding is invalid (it is kept as it stands) or is NUL.
bool append_percent_decoded(std::string_view text, bool plus_is_space, std::string& out);

// Takes a body out of the bytes on the connection: a fixed length, or chunked (RFC 9112, 7.1) with
// bounded extensions and with trailers read and forgotten.
class BodyDecoder {
 public:
  enum class Step { more, piece, done, malformed };

  void start(const RequestHead& head);
  // Consumes from the front of `input`. On Step::piece, `piece` is a part of the body within it.
  Step next(std::string_view& input, std::string_view& piece);
  // How many bytes may be read at most without reading into the next request.
  std::size_t wanted() const;

 private:
  enum class State {
    data,
    size,
    extension,
    size_end,
    data_cr,
    data_lf,
    trailer,
    trailer_end,
    done
  };

  Step take_data(std::string_view& input, std::string_view& piece);
  bool step(char c);
  bool step_size(char c);
  bool step_trailer(char c);
  bool end_of_size_line();

  State state_ = State::done;
  bool chunked_ = false;
  std::uint64_t left_ = 0;  // of this chunk, or of the body
  int digits_ = 0;
  std::size_t overhead_ = 0;  // bytes of extensions and trailers so far
  bool line_empty_ = true;    // of the trailer line being read
};

}  // namespace picsharz::http
