// JSON of any shape, read: files of archives, which others have written.
//
// What:      JsonTree is a value with its children; what is asked for and is not there, or is of
//            another type, is empty. JsonList takes a long list apart while it arrives, so that one
//            element at a time is in memory.
// Limits:    depth 32; the size is the caller's. Invalid UTF-8 is an error.
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
#include "base/function_ref.h"

namespace picsharz {

class JsonTree {
 public:
  static std::optional<JsonTree> parse(std::string_view text);

  // A member of an object; null where there is none.
  const JsonTree& operator[](std::string_view name) const;
  std::string text() const;
  std::optional<std::int64_t> number() const;  // a whole one
  std::optional<bool> truth() const;
  const std::vector<JsonTree>& items() const;  // of a list
  const std::vector<std::pair<std::string, JsonTree>>& members() const;
  bool null() const { return std::holds_alternative<std::nullptr_t>(value_); }

 private:
  friend struct JsonTreeMaker;
  using List = std::vector<JsonTree>;
  using Object = std::vector<std::pair<std::string, JsonTree>>;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Object> value_;
};

// The elements of a list at the top, as texts. It looks at brackets and strings only: what is in an
// element is for JsonTree to judge.
class JsonList {
 public:
  explicit JsonList(std::size_t longest) : longest_(longest) {}
  // `take` is given each element that is complete; false from it ends the reading: nothing is taken
  // any more. An error where this is no list, or an element is longer than `longest`.
  Result<void> feed(std::string_view piece, FunctionRef<bool(std::string_view)> take);
  bool complete() const { return state_ == State::over; }

 private:
  enum class State { before, between, within, over };
  bool end_element(FunctionRef<bool(std::string_view)> take);

  const std::size_t longest_;
  State state_ = State::before;
  std::string element_;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  bool stopped_ = false;
};

}  // namespace picsharz
