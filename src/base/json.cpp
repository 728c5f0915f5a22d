#include "base/json.h"

#include <boost/json/src.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace picsharz {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out += hex_digits[c >> 4];
      out += hex_digits[c & 15];
  }
}

// A look-up for each byte: a feed page is 16 KB of JSON, most of it text that needs none.
constexpr auto escape_table = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
  for (const unsigned char c : {'"', '\\', '<'}) table[c] = true;
  return table;
}();

bool needs_escape(unsigned char c) { return escape_table[c]; }

struct Utf8Step {
  std::size_t length;
  char32_t point;
};

// One well-formed code point at `at` (RFC 3629), or length 0.
Utf8Step step_utf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {1, lead};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return {0, 0};
  char32_t point = lead & (0xFF >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {0, 0};
    point = point << 6 | (byte(at + i) & 0x3F);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return {0, 0};
  return {length, point};
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!needs_escape(c)) continue;
    out.append(text, start, i - start);
    append_escape(out, c);
    start = i + 1;
  }
  out.append(text, start);
  out += '"';
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number) {
  separate();
  char digits[24];
  const auto [end, failure] = std::to_chars(digits, digits + sizeof digits, number);
  out_.append(digits, end);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  char digits[64];
  const auto [end, failure] =
      std::to_chars(digits, digits + sizeof digits, std::round(number * 1e4) / 1e4);
  out_.append(digits, end);
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  out_ += "null";
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::time_field(std::string_view name, Micros time) {
  return field(name, format_time(time));
}

std::optional<std::size_t> count_characters(std::string_view utf8) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < utf8.size(); ++count) {
    const auto [length, point] = step_utf8(utf8, at);
    const bool control = (point < 0x20 && point != '\n' && point != '\t' && point != '\r') ||
                         (point >= 0x7F && point < 0xA0);
    if (length == 0 || control) return std::nullopt;
    at += length;
  }
  return count;
}

// --- JsonObject -------------------------------------------------------------------------------

namespace {

std::unexpected<Error> not_json(std::string_view why) {
  auto failure = fail(ErrorKind::invalid, "invalid_json", "The body is not a JSON object.",
                      "Send one JSON object in UTF-8.");
  failure.error().detail = why;
  return failure;
}

}  // namespace

Result<JsonObject> JsonObject::parse(std::string_view text) {
  namespace json = boost::json;
  json::error_code failure;
  json::parse_options options;
  options.max_depth = 4;
  const json::value document =
      json::parse(json::string_view(text.data(), text.size()), failure, {}, options);
  if (failure) return not_json(failure.message());
  if (!document.is_object()) return not_json("not an object");

  JsonObject object;
  for (const auto& [key, content] : document.get_object()) {
    Member member{std::string(key.data(), key.size()), nullptr};
    if (content.is_string()) {
      member.value = std::string(content.get_string().data(), content.get_string().size());
    } else if (content.is_int64()) {
      member.value = content.get_int64();
    } else if (content.is_bool()) {
      member.value = content.get_bool();
    } else if (content.is_array()) {
      std::vector<std::string> list;
      for (const auto& item : content.get_array()) {
        if (!item.is_string()) return not_json("a list of something else than strings");
        list.emplace_back(item.get_string().data(), item.get_string().size());
      }
      member.value = std::move(list);
    } else if (!content.is_null()) {
      object.refuse(member.name, "wrong_type", "This field cannot hold a value of that type.");
    }
    object.members_.push_back(std::move(member));
  }
  return object;
}

JsonObject::Member* JsonObject::find(std::string_view name) {
  for (auto& member : members_) {
    if (member.name == name) {
      member.known = true;
      return &member;
    }
  }
  return nullptr;
}

bool JsonObject::has(std::string_view name) const {
  for (const auto& member : members_) {
    if (member.name == name) return !std::holds_alternative<std::nullptr_t>(member.value);
  }
  return false;
}

void JsonObject::refuse(std::string_view name, std::string_view code, std::string_view detail,
                        std::size_t limit) {
  errors_.push_back({std::string(name), std::string(code), std::string(detail),
                     static_cast<std::int64_t>(limit)});
}

std::string JsonObject::text(std::string_view name, std::size_t min, std::size_t max) {
  const std::size_t errors = errors_.size();
  auto found = optional_text(name, max);
  if (errors_.size() != errors) return {};
  if (!found) {
    refuse(name, "required", "This field is required.");
    return {};
  }
  if (count_characters(*found).value_or(0) < min) {
    refuse(name, "too_short", "At least " + std::to_string(min) + " characters are needed.", min);
  }
  return *std::move(found);
}

std::optional<std::string> JsonObject::optional_text(std::string_view name, std::size_t max) {
  Member* member = find(name);
  if (member == nullptr || std::holds_alternative<std::nullptr_t>(member->value)) return {};
  const auto* content = std::get_if<std::string>(&member->value);
  if (content == nullptr) {
    refuse(name, "wrong_type", "This field must be text.");
    return {};
  }
  const auto characters = count_characters(*content);
  if (!characters) {
    refuse(name, "invalid_text", "This text holds bytes that are no readable characters.");
    return {};
  }
  if (*characters > max) {
    refuse(name, "too_long", "At most " + std::to_string(max) + " characters are allowed.", max);
    return {};
  }
  return *content;
}

std::optional<std::int64_t> JsonObject::optional_number(std::string_view name) {
  Member* member = find(name);
  if (member == nullptr || std::holds_alternative<std::nullptr_t>(member->value)) return {};
  if (const auto* content = std::get_if<std::int64_t>(&member->value)) return *content;
  refuse(name, "wrong_type", "This field must be a whole number.");
  return {};
}

std::int64_t JsonObject::number(std::string_view name) {
  const std::size_t errors = errors_.size();
  const auto found = optional_number(name);
  if (!found && errors_.size() == errors) refuse(name, "required", "This field is required.");
  return found.value_or(0);
}

std::optional<bool> JsonObject::optional_truth(std::string_view name) {
  Member* member = find(name);
  if (member == nullptr || std::holds_alternative<std::nullptr_t>(member->value)) return {};
  if (const auto* content = std::get_if<bool>(&member->value)) return *content;
  refuse(name, "wrong_type", "This field must be true or false.");
  return {};
}

std::optional<std::vector<std::string>> JsonObject::optional_list(std::string_view name,
                                                                  std::size_t max_items,
                                                                  std::size_t max_item) {
  Member* member = find(name);
  if (member == nullptr || std::holds_alternative<std::nullptr_t>(member->value)) return {};
  const auto* content = std::get_if<std::vector<std::string>>(&member->value);
  if (content == nullptr) {
    refuse(name, "wrong_type", "This field must be a list of texts.");
    return {};
  }
  if (content->size() > max_items) {
    refuse(name, "too_many", "At most " + std::to_string(max_items) + " entries are allowed.",
           max_items);
    return {};
  }
  for (const auto& item : *content) {
    const auto characters = count_characters(item);
    if (characters && *characters <= max_item) continue;
    refuse(name, characters ? "too_long" : "invalid_text", "An entry is too long or not text.");
    return {};
  }
  return *content;
}

Result<void> JsonObject::finish() {
  for (const auto& member : members_) {
    if (!member.known) refuse(member.name, "unknown_field", "There is no such field here.");
  }
  if (errors_.empty()) return {};
  auto failure = fail(ErrorKind::invalid, "invalid_request", "Some fields are not right.",
                      "Correct the fields named in errors and send it again.");
  failure.error().fields = std::move(errors_);
  return failure;
}

}  // namespace picsharz
