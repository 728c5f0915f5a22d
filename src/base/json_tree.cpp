#include "base/json_tree.h"

#include <boost/json.hpp>

namespace picsharz {

namespace json = boost::json;

namespace {

constexpr std::size_t depth_max = 32;

std::unexpected<Error> no_list() {
  return fail(ErrorKind::unprocessable, "invalid_json", "A list in this file cannot be read.",
              "Make the archive anew, or choose another.");
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

struct JsonTreeMaker {
  static JsonTree make(const json::value& from) {
    JsonTree tree;
    if (from.is_bool()) {
      tree.value_ = from.get_bool();
    } else if (from.is_int64()) {
      tree.value_ = from.get_int64();
    } else if (from.is_double()) {
      tree.value_ = from.get_double();
    } else if (from.is_string()) {
      tree.value_ = std::string(from.get_string());
    } else if (from.is_array()) {
      JsonTree::List list;
      for (const json::value& item : from.get_array()) list.push_back(make(item));
      tree.value_ = std::move(list);
    } else if (from.is_object()) {
      JsonTree::Object object;
      for (const auto& [key, content] : from.get_object()) {
        object.emplace_back(std::string(key), make(content));
      }
      tree.value_ = std::move(object);
    }
    return tree;
  }
};

std::optional<JsonTree> JsonTree::parse(std::string_view text) {
  json::error_code failure;
  json::parse_options options;
  options.max_depth = depth_max;
  const json::value document =
      json::parse(json::string_view(text.data(), text.size()), failure, {}, options);
  if (failure) return std::nullopt;
  return JsonTreeMaker::make(document);
}

const JsonTree& JsonTree::operator[](std::string_view name) const {
  static const JsonTree nothing;
  for (const auto& [key, content] : members()) {
    if (key == name) return content;
  }
  return nothing;
}

std::string JsonTree::text() const {
  const auto* text = std::get_if<std::string>(&value_);
  return text ? *text : std::string();
}

std::optional<std::int64_t> JsonTree::number() const {
  const auto* number = std::get_if<std::int64_t>(&value_);
  return number ? std::optional(*number) : std::nullopt;
}

std::optional<bool> JsonTree::truth() const {
  const auto* truth = std::get_if<bool>(&value_);
  return truth ? std::optional(*truth) : std::nullopt;
}

const std::vector<JsonTree>& JsonTree::items() const {
  static const List nothing;
  const auto* list = std::get_if<List>(&value_);
  return list ? *list : nothing;
}

const std::vector<std::pair<std::string, JsonTree>>& JsonTree::members() const {
  static const Object nothing;
  const auto* object = std::get_if<Object>(&value_);
  return object ? *object : nothing;
}

bool JsonList::end_element(FunctionRef<bool(std::string_view)> take) {
  while (!element_.empty() && is_blank(element_.back())) element_.pop_back();
  if (element_.empty()) return false;
  stopped_ = stopped_ || !take(element_);
  element_.clear();
  return true;
}

Result<void> JsonList::feed(std::string_view piece, FunctionRef<bool(std::string_view)> take) {
  for (const char c : piece) {
    if (stopped_) return {};
    if (state_ == State::before || state_ == State::over) {
      if (is_blank(c)) continue;
      if (state_ == State::over || c != '[') return no_list();
      state_ = State::between;
      continue;
    }
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
    } else if (depth_ == 0 && (c == ',' || c == ']')) {
      const bool some = end_element(take);
      if (!some && (c == ',' || state_ == State::within)) return no_list();
      state_ = c == ']' ? State::over : State::within;
      continue;
    } else {
      in_string_ = c == '"';
      if (c == '{' || c == '[') ++depth_;
      if (c == '}' || c == ']') --depth_;
      if (element_.empty() && is_blank(c)) continue;
    }
    element_ += c;
    if (element_.size() > longest_) return no_list();
  }
  return {};
}

}  // namespace picsharz
