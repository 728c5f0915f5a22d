#include "http/request_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/json.h"
#include "base/limits.h"
#include "http/text.h"

namespace picsharz::http {

namespace {

constexpr std::size_t chunk_overhead_max = 4 * limits::KiB;
constexpr int chunk_digits_max = 15;
constexpr std::size_t method_max = 16;

enum CharacterClass : unsigned char {
  token_char = 1,   // may stand in a method or a header's name
  target_char = 2,  // may stand in a request target
  text_char = 4,    // may stand in a header's value
  host_char = 8,
};

// ASCII nearly always; the rest is looked at closely.
bool is_text(std::string_view path) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  return std::ranges::all_of(path, is_ascii) || count_characters(path).has_value();
}

constexpr std::array<unsigned char, 256> make_classes() {
  std::array<unsigned char, 256> classes{};
  const auto is_word = [](int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (int c = 0; c < 256; ++c) {
    unsigned char mine = 0;
    if (is_word(c) || (c != 0 && std::string_view("!#$%&'*+-.^_`|~").contains(char(c)))) {
      mine |= token_char;
    }
    if (c > 0x20 && c < 0x7f && c != '#') mine |= target_char;
    if (c == '\t' || (c >= 0x20 && c != 0x7f)) mine |= text_char;
    if (is_word(c) || (c != 0 && std::string_view(".-_:[]").contains(char(c)))) mine |= host_char;
    classes[static_cast<std::size_t>(c)] = mine;
  }
  return classes;
}

constexpr std::array<unsigned char, 256> classes = make_classes();

bool is(char c, CharacterClass wanted) {
  return (classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

bool all(std::string_view text, CharacterClass wanted) {
  return std::ranges::all_of(text, [wanted](char c) { return is(c, wanted); });
}

std::optional<std::int64_t> parse_length(std::string_view digits) {
  constexpr std::size_t digits_max = 18;  // below 2^63 whatever the digits
  if (digits.empty() || digits.size() > digits_max) return std::nullopt;
  if (!std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) return {};
  std::int64_t length = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), length);
  return length;
}

bool lists(std::string_view value, std::string_view wanted) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (equals_ignoring_case(trimmed(value.substr(0, comma)), wanted)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

}  // namespace

void RequestParser::reset() {
  std::vector<Header> headers = std::move(head_.headers);
  headers.clear();
  *this = RequestParser();
  head_.headers = std::move(headers);
}

HeadStatus RequestParser::malformed(std::string_view reason) {
  reason_ = reason;
  return HeadStatus::malformed;
}

HeadStatus RequestParser::parse(std::string_view buffer) {
  const HeadStatus scanned = scan(buffer);
  if (scanned != HeadStatus::complete) return scanned;
  std::string_view lines = buffer.substr(start_, scanned_ - start_ - 2);  // without the empty line
  const std::size_t end = lines.find('\r');
  if (!parse_request_line(lines.substr(0, end)) || !parse_headers(lines.substr(end + 2)) ||
      !check_framing()) {
    return HeadStatus::malformed;
  }
  head_.size = scanned_;
  return HeadStatus::complete;
}

// Finds the empty line, and refuses as early as possible what can never become a request.
HeadStatus RequestParser::scan(std::string_view buffer) {
  for (; scanned_ < buffer.size(); ++scanned_) {
    if (scanned_ >= limits::header_block) return malformed("the header block is too large");
    const char c = buffer[scanned_];
    const bool after_cr = scanned_ > 0 && buffer[scanned_ - 1] == '\r';
    if (after_cr != (c == '\n')) return malformed("a line does not end with CR LF");
    if (c == '\n') {
      const bool empty = scanned_ - line_start_ == 1;
      line_start_ = scanned_ + 1;
      if (empty && scanned_ == 1) {
        start_ = 2;
      } else if (empty) {
        ++scanned_;
        return scanned_ == start_ + 2 ? malformed("there is no request line")
                                      : HeadStatus::complete;
      }
    } else if (c != '\r' && !is(c, text_char)) {
      return malformed("a control character in the header");
    }
  }
  return HeadStatus::incomplete;
}

bool RequestParser::parse_request_line(std::string_view line) {
  const auto wrong = [this](std::string_view reason) {
    reason_ = reason;
    return false;
  };
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return wrong("the request line is incomplete");
  head_.method = line.substr(0, first);
  head_.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (head_.method.empty() || head_.method.size() > method_max || !all(head_.method, token_char)) {
    return wrong("the method is not a token");
  }
  if (head_.target.size() > limits::request_target) return wrong("the address is too long");
  if (!head_.target.starts_with('/') || !all(head_.target, target_char)) {
    return wrong("the address is not a path");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return wrong("the version is not HTTP/1.1");
  head_.http_1_0 = version == "HTTP/1.0";
  head_.keep_alive = !head_.http_1_0;
  return true;
}

bool RequestParser::parse_headers(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\r');
    if (head_.headers.size() == limits::header_count) {
      reason_ = "there are too many headers";
      return false;
    }
    if (!parse_header(lines.substr(0, end))) return false;
    lines.remove_prefix(end + 2);
  }
  return true;
}

bool RequestParser::parse_header(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    reason_ = "a header is folded over two lines";
    return false;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || !all(line.substr(0, colon), token_char)) {
    reason_ = "a header has no sound name";
    return false;
  }
  const Header header{line.substr(0, colon), trimmed(line.substr(colon + 1))};
  head_.headers.push_back(header);
  return note_meaning(header);
}

// Remembers what the headers of framing and connection say.
bool RequestParser::note_meaning(const Header& header) {
  const auto wrong = [this](std::string_view reason) {
    reason_ = reason;
    return false;
  };
  if (equals_ignoring_case(header.name, "Content-Length")) {
    if (head_.content_length >= 0) return wrong("there are two lengths");
    const std::optional<std::int64_t> length = parse_length(header.value);
    if (!length) return wrong("the length is not a number");
    head_.content_length = *length;
  } else if (equals_ignoring_case(header.name, "Transfer-Encoding")) {
    if (encoded_ || !equals_ignoring_case(header.value, "chunked")) {
      return wrong("the transfer coding is not chunked");
    }
    encoded_ = head_.chunked = true;
  } else if (equals_ignoring_case(header.name, "Host")) {
    if (++hosts_ > 1) return wrong("there are two hosts");
    if (header.value.empty() || !all(header.value, host_char)) return wrong("the host is unsound");
  } else if (equals_ignoring_case(header.name, "Connection")) {
    if (lists(header.value, "keep-alive")) head_.keep_alive = true;
    if (lists(header.value, "close")) head_.keep_alive = false;
  } else if (equals_ignoring_case(header.name, "Expect")) {
    head_.expects_continue = equals_ignoring_case(header.value, "100-continue");
  }
  return true;
}

bool RequestParser::check_framing() {
  if (hosts_ == 0 && !head_.http_1_0) {
    reason_ = "there is no host";
  } else if (encoded_ && head_.content_length >= 0) {
    reason_ = "there are a length and a transfer coding";
  } else if (encoded_ && head_.http_1_0) {
    reason_ = "HTTP/1.0 has no transfer coding";
  } else {
    if (head_.http_1_0) head_.expects_continue = false;
    return true;
  }
  return false;
}

std::optional<Method> method_of(std::string_view name) {
  for (const Method method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                              Method::del, Method::options}) {
    if (method_name(method) == name) return method;
  }
  return std::nullopt;
}

bool append_percent_decoded(std::string_view text, bool plus_is_space, std::string& out) {
  if (text.find_first_of("%+") == std::string_view::npos) {
    out += text;
    return true;
  }
  bool sound = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '+' && plus_is_space) {
      out += ' ';
    } else if (c != '%') {
      out += c;
    } else if (i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      const char decoded = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      sound = sound && decoded != '\0';
      out += decoded;
      i += 2;
    } else {
      sound = false;
      out += c;
    }
  }
  return sound;
}

namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

// `count`: how many of the query are new; behind them are those of an earlier request.
bool parse_query(std::string_view rest, Query& query, std::size_t& count) {
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (item.empty()) continue;
    if (count == limits::header_count) return false;
    if (count == query.size()) query.emplace_back();
    const std::size_t equals = std::min(item.find('='), item.size());
    auto& [name, value] = query[count++];
    name.clear();
    value.clear();
    if (!append_percent_decoded(item.substr(0, equals), true, name)) return false;
    const std::string_view after = item.substr(std::min(equals + 1, item.size()));
    if (!append_percent_decoded(after, true, value)) return false;
  }
  return true;
}

}  // namespace

bool parse_target(std::string_view target, std::string& path, Query& query) {
  path.clear();
  std::size_t count = 0;
  const std::size_t question = std::min(target.find('?'), target.size());
  const bool sound =
      target.starts_with('/') && append_percent_decoded(target.substr(0, question), false, path) &&
      is_text(path) &&
      parse_query(target.substr(std::min(question + 1, target.size())), query, count);
  query.resize(count);
  return sound;
}

void BodyDecoder::start(const RequestHead& head) {
  *this = BodyDecoder();
  chunked_ = head.chunked;
  if (chunked_) {
    state_ = State::size;
  } else if (head.content_length > 0) {
    state_ = State::data;
    left_ = static_cast<std::uint64_t>(head.content_length);
  }
}

std::size_t BodyDecoder::wanted() const {
  if (chunked_) return std::numeric_limits<std::size_t>::max();
  return left_;
}

BodyDecoder::Step BodyDecoder::next(std::string_view& input, std::string_view& piece) {
  while (state_ != State::done) {
    if (input.empty()) return Step::more;
    if (state_ == State::data) return take_data(input, piece);
    const char c = input.front();
    input.remove_prefix(1);
    if (!step(c)) return Step::malformed;
  }
  return Step::done;
}

BodyDecoder::Step BodyDecoder::take_data(std::string_view& input, std::string_view& piece) {
  piece = input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
  input.remove_prefix(piece.size());
  left_ -= piece.size();
  if (left_ == 0) state_ = chunked_ ? State::data_cr : State::done;
  return Step::piece;
}

// One byte of the framing of a chunked body. False: malformed.
bool BodyDecoder::step(char c) {
  switch (state_) {
    case State::size:
      return step_size(c);
    case State::extension:
      if (c == '\r') {
        state_ = State::size_end;
        return true;
      }
      return is(c, text_char) && ++overhead_ <= chunk_overhead_max;
    case State::size_end:
      return c == '\n' && end_of_size_line();
    case State::data_cr:
      state_ = State::data_lf;
      return c == '\r';
    case State::data_lf:
      state_ = State::size;
      return c == '\n';
    case State::trailer:
    case State::trailer_end:
      return step_trailer(c);
    case State::data:
    case State::done:
      break;
  }
  return false;
}

bool BodyDecoder::step_size(char c) {
  if (const int digit = hex_value(c); digit >= 0) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    return ++digits_ <= chunk_digits_max;
  }
  if (digits_ == 0) return false;
  if (c == ';') {
    state_ = State::extension;
    return ++overhead_ <= chunk_overhead_max;
  }
  state_ = State::size_end;
  return c == '\r';
}

bool BodyDecoder::end_of_size_line() {
  digits_ = 0;
  line_empty_ = true;
  state_ = left_ > 0 ? State::data : State::trailer;
  return true;
}

bool BodyDecoder::step_trailer(char c) {
  if (state_ == State::trailer_end) {
    state_ = line_empty_ ? State::done : State::trailer;
    line_empty_ = true;
    return c == '\n';
  }
  if (c == '\r') {
    state_ = State::trailer_end;
    return true;
  }
  line_empty_ = false;
  return is(c, text_char) && ++overhead_ <= chunk_overhead_max;
}

}  // namespace picsharz::http
