// JSON in and out.
//
// What:      JsonWriter appends to a string and never allocates beyond it. JsonObject reads one
//            flat object strictly: it collects every wrong or unknown field, so that a person is
//            told all of them at once.
// Limits:    depth 4, what base/limits.h allows in size; invalid UTF-8 is an error.
// Threads:   not shared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/ids.h"

namespace picsharz {

// Appends text as a JSON string with its quotes. `<` is escaped too, so that the result may stand
// inside an HTML script element.
void append_json_string(std::string& out, std::string_view text);

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  // A name of ours, written as it is: no quotes, no backslashes.
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(double number);  // at most four decimals
  JsonWriter& value(bool truth);
  JsonWriter& null();
  // Text that is JSON already; more of it, where it comes in pieces.
  JsonWriter& raw(std::string_view json);
  JsonWriter& raw_more(std::string_view json) {
    out_.append(json);
    return *this;
  }
  template <class Tag>
  JsonWriter& value(Id<Tag> id) {
    return value(id.str());
  }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    key(name);
    return value(content);
  }
  JsonWriter& null_field(std::string_view name) {
    key(name);
    return null();
  }
  JsonWriter& time_field(std::string_view name, Micros time);

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string& out_;
  bool first_ = true;
};

// One flat JSON object: strings, whole numbers, truth values, null, lists of strings.
class JsonObject {
 public:
  static Result<JsonObject> parse(std::string_view text);

  // Each getter marks the field as known. A missing or wrongly typed required field, or one outside
  // its bounds (in characters), is remembered for finish().
  std::string text(std::string_view name, std::size_t min, std::size_t max);
  std::optional<std::string> optional_text(std::string_view name, std::size_t max);
  std::optional<std::int64_t> optional_number(std::string_view name);
  std::int64_t number(std::string_view name);
  std::optional<bool> optional_truth(std::string_view name);
  std::optional<std::vector<std::string>> optional_list(std::string_view name,
                                                        std::size_t max_items,
                                                        std::size_t max_item);
  bool has(std::string_view name) const;

  // A rule of the caller's own about a field.
  // `limit`: the figure in `detail`, where there is one.
  void refuse(std::string_view name, std::string_view code, std::string_view detail,
              std::size_t limit = 0);

  // invalid_request with every remembered error and every unknown field, or nothing.
  Result<void> finish();

 private:
  using Value =
      std::variant<std::nullptr_t, std::string, std::int64_t, bool, std::vector<std::string>>;
  struct Member {
    std::string name;
    Value value;
    bool known = false;
  };

  Member* find(std::string_view name);

  std::vector<Member> members_;
  std::vector<FieldError> errors_;
};

// Number of Unicode code points; nullopt where the bytes are not UTF-8 or hold a control character
// other than tab and newline.
std::optional<std::size_t> count_characters(std::string_view utf8);

}  // namespace picsharz
