#include "http/multipart.h"

#include <algorithm>

#include "base/limits.h"
#include "http/text.h"

namespace picsharz::http {

namespace {

constexpr std::size_t boundary_max = 70;  // RFC 2046, 5.1.1
constexpr std::size_t part_head_max = 8 * limits::KiB;

std::unexpected<Error> broken(std::string_view what) {
  return fail(ErrorKind::invalid, "malformed_form",
              "The form could not be read: " + std::string(what) + ".",
              "Send it as multipart/form-data (RFC 7578).");
}

bool may_stand_in_boundary(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("'()+_,-./:=? ").contains(c);
}

// Takes a parameter's value, a token or a quoted string, off the front. In a quoted string only the
// quote and the backslash can be escaped: browsers send a backslash of a file's name as it is.
std::optional<std::string> take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    value = trimmed(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    return value;
  }
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest = trimmed(rest.substr(i + 1));
      return value;
    }
    const bool escapes =
        rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
    if (escapes) ++i;
    value += rest[i];
  }
  return std::nullopt;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

// "; name=value; name=\"value\"": what stands behind the first word of a header's value.
std::optional<Parameters> parse_parameters(std::string_view rest) {
  Parameters parameters;
  rest = trimmed(rest);
  while (!rest.empty()) {
    if (rest.front() != ';') return std::nullopt;
    rest = trimmed(rest.substr(1));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    std::string name(trimmed(rest.substr(0, equals)));
    std::ranges::transform(name, name.begin(), lower);
    rest = trimmed(rest.substr(equals + 1));
    auto value = take_value(rest);
    if (!value) return std::nullopt;
    parameters.emplace_back(std::move(name), *std::move(value));
  }
  return parameters;
}

// The one parameter of that name; nullopt where there is none. `twice` tells of a second one.
std::optional<std::string> only(const Parameters& parameters, std::string_view name, bool& twice) {
  std::optional<std::string> found;
  for (const auto& [each, value] : parameters) {
    if (each != name) continue;
    twice = twice || found.has_value();
    found = value;
  }
  return found;
}

// The disposition in a part's header lines ("...\r\n" each); nullopt where there is not exactly
// one.
std::optional<std::string_view> find_disposition(std::string_view lines) {
  std::optional<std::string_view> found;
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    const std::size_t colon = line.find(':');
    const bool sound =
        colon != std::string_view::npos && colon > 0 && std::ranges::all_of(line, [](char c) {
          return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        });
    if (!sound || line.front() == ' ' || line.front() == '\t') return std::nullopt;
    if (!equals_ignoring_case(line.substr(0, colon), "Content-Disposition")) continue;
    if (found) return std::nullopt;
    found = trimmed(line.substr(colon + 1));
  }
  return found;
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const std::size_t semicolon = std::min(content_type.find(';'), content_type.size());
  if (!equals_ignoring_case(trimmed(content_type.substr(0, semicolon)), "multipart/form-data")) {
    return std::nullopt;
  }
  const auto parameters = parse_parameters(content_type.substr(semicolon));
  if (!parameters) return std::nullopt;
  bool twice = false;
  auto boundary = only(*parameters, "boundary", twice);
  if (!boundary || twice || boundary->empty() || boundary->size() > boundary_max) return {};
  if (boundary->back() == ' ' || !std::ranges::all_of(*boundary, may_stand_in_boundary)) return {};
  return boundary;
}

struct MultipartSink::State {
  // start: the first boundary line; delimiter: what follows a boundary; head: a part's header
  // lines; data: its bytes; end: behind the closing boundary; done: behind its line end, too.
  enum class Step { start, delimiter, head, data, end, done };

  std::string delimiter;  // "\r\n--boundary"
  std::string file_part;
  std::unique_ptr<FileReceiver> receiver;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string file_name;
  std::string held;  // bytes that cannot be understood before more have come
  std::size_t parts = 0;
  bool has_file = false;
  bool in_file = false;
  bool broken = false;  // an error was told; nothing more is taken
  Step step = Step::start;

  Result<bool> advance(std::string_view& input);
  Result<bool> take_start(std::string_view& input);
  Result<bool> take_delimiter(std::string_view& input);
  Result<bool> take_head(std::string_view& input);
  Result<bool> take_data(std::string_view& input);
  Result<bool> take_end(std::string_view& input);
  Result<void> open_part(std::string_view lines);
  Result<void> put(std::string_view data);
};

MultipartSink::MultipartSink(std::string boundary, std::string file_part,
                             std::unique_ptr<FileReceiver> receiver)
    : state_(std::make_unique<State>()) {
  state_->delimiter = "\r\n--" + std::move(boundary);
  state_->file_part = std::move(file_part);
  state_->receiver = std::move(receiver);
}

MultipartSink::~MultipartSink() = default;

Result<void> MultipartSink::write(std::string_view piece) {
  State& state = *state_;
  if (state.broken) return broken("it went on after an error");
  // Bytes are copied only where the end of the last piece was not yet understood.
  std::string joined;
  std::string_view input = piece;
  if (!state.held.empty()) {
    joined = std::exchange(state.held, {});
    joined += piece;
    input = joined;
  }
  for (;;) {
    const Result<bool> moved = state.advance(input);
    if (!moved) {
      state.broken = true;
      return std::unexpected(moved.error());
    }
    if (!*moved) break;
  }
  state.held = input;
  return {};
}

Result<void> MultipartSink::finish() {
  const bool closed = state_->step == State::Step::end || state_->step == State::Step::done;
  if (state_->broken || !closed || !state_->held.empty()) {
    return broken("it ends before its closing boundary");
  }
  return {};
}

// True: something was understood, go on. False: more bytes are needed, `input` holds what is left.
Result<bool> MultipartSink::State::advance(std::string_view& input) {
  switch (step) {
    case Step::start:
      return take_start(input);
    case Step::delimiter:
      return take_delimiter(input);
    case Step::head:
      return take_head(input);
    case Step::data:
      return take_data(input);
    case Step::end:
    case Step::done:
      return take_end(input);
  }
  return false;
}

Result<bool> MultipartSink::State::take_start(std::string_view& input) {
  const std::string_view first = std::string_view(delimiter).substr(2);
  const std::size_t common = std::min(first.size(), input.size());
  if (input.substr(0, common) != first.substr(0, common)) {
    return http::broken("it does not begin with its boundary");
  }
  if (input.size() < first.size()) return false;
  input.remove_prefix(first.size());
  step = Step::delimiter;
  return true;
}

Result<bool> MultipartSink::State::take_delimiter(std::string_view& input) {
  if (input.size() < 2) return false;
  const std::string_view mark = input.substr(0, 2);
  input.remove_prefix(2);
  if (mark == "--") {
    step = Step::end;
  } else if (mark == "\r\n") {
    if (++parts > limits::multipart_parts) return http::broken("it has too many parts");
    step = Step::head;
  } else {
    return http::broken("a boundary is followed by something else");
  }
  return true;
}

Result<bool> MultipartSink::State::take_head(std::string_view& input) {
  const std::size_t end = input.find("\r\n\r\n");
  if (std::min(end, input.size()) > part_head_max)
    return http::broken("a part's header is too long");
  if (end == std::string_view::npos) return false;
  TRY(open_part(input.substr(0, end + 2)));
  input.remove_prefix(end + 4);
  step = Step::data;
  return true;
}

Result<void> MultipartSink::State::open_part(std::string_view lines) {
  const auto disposition = find_disposition(lines);
  if (!disposition) return http::broken("a part has no sound header");
  const std::size_t semicolon = std::min(disposition->find(';'), disposition->size());
  if (!equals_ignoring_case(trimmed(disposition->substr(0, semicolon)), "form-data")) {
    return http::broken("a part is not form data");
  }
  const auto parameters = parse_parameters(disposition->substr(semicolon));
  bool twice = false;
  const auto name = parameters ? only(*parameters, "name", twice) : std::nullopt;
  const auto file = parameters ? only(*parameters, "filename", twice) : std::nullopt;
  if (!name || twice) return http::broken("a part has no name, or two");
  in_file = *name == file_part;
  if (file && !in_file) {
    return fail(ErrorKind::invalid, "unexpected_file", "There is a file where none is expected.",
                "Send the file as the part named \"" + file_part + "\".");
  }
  if (!in_file) {
    fields.emplace_back(*name, std::string());
    return {};
  }
  if (has_file) {
    return fail(ErrorKind::invalid, "too_many_files", "There is more than one file.",
                "Send one file a request.");
  }
  has_file = true;
  file_name = file.value_or("");
  return {};
}

Result<bool> MultipartSink::State::take_data(std::string_view& input) {
  std::size_t at = 0;
  for (; (at = input.find('\r', at)) != std::string_view::npos; ++at) {
    const std::string_view rest = input.substr(at);
    if (rest.starts_with(delimiter)) {
      TRY(put(input.substr(0, at)));
      input.remove_prefix(at + delimiter.size());
      step = Step::delimiter;
      return true;
    }
    if (rest.size() < delimiter.size() && std::string_view(delimiter).starts_with(rest)) break;
  }
  // What may be the beginning of a boundary waits; the rest is data for certain.
  const std::size_t certain = std::min(at, input.size());
  TRY(put(input.substr(0, certain)));
  input.remove_prefix(certain);
  return false;
}

Result<void> MultipartSink::State::put(std::string_view data) {
  if (data.empty()) return {};
  if (in_file) return receiver->write(data);
  std::string& value = fields.back().second;
  if (value.size() + data.size() > limits::multipart_field) {
    Error error{ErrorKind::invalid, "field_too_long", "A field of the form is too long.",
                "Shorten it."};
    error.fields.push_back({fields.back().first, "too_long", "This is too long."});
    return std::unexpected(std::move(error));
  }
  value += data;
  return {};
}

// A line end may close the form (clients differ); nothing else may follow.
Result<bool> MultipartSink::State::take_end(std::string_view& input) {
  constexpr std::string_view line_end = "\r\n";
  if (input.empty()) return false;
  if (step == Step::done || !line_end.starts_with(input.substr(0, 2))) {
    return http::broken("something follows its closing boundary");
  }
  if (input.size() < 2) return false;
  input.remove_prefix(2);
  step = Step::done;
  return true;
}

const std::vector<std::pair<std::string, std::string>>& MultipartSink::fields() const {
  return state_->fields;
}
bool MultipartSink::has_file() const { return state_->has_file; }
const std::string& MultipartSink::file_name() const { return state_->file_name; }
FileReceiver& MultipartSink::receiver() { return *state_->receiver; }

}  // namespace picsharz::http
