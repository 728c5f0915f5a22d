#include "features/uploads/upload_rules.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/limits.h"

namespace picsharz::uploads {

namespace {

using Form = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t file_name_max = 255;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Browsers send the line ends of a form as CRLF, whatever was typed.
std::string unix_lines(std::string_view text) {
  std::string lines;
  lines.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r')
      lines += text[i];
    else if (text.substr(i + 1, 1) != "\n")
      lines += '\n';
  }
  return lines;
}

// Collects every refusal, so that a person is told all of them at once.
class Checker {
 public:
  void refuse(std::string_view field, std::string_view code, std::string_view detail,
              std::size_t limit = 0) {
    errors_.push_back({std::string(field), std::string(code), std::string(detail),
                       static_cast<std::int64_t>(limit)});
  }

  std::string text(std::string_view field, std::string_view sent, std::size_t max) {
    const std::string lines = unix_lines(trimmed(sent));
    const auto characters = count_characters(lines);
    if (!characters) {
      refuse(field, "invalid_text", "This text holds bytes that are no readable characters.");
    } else if (*characters > max) {
      refuse(field, "too_long", "At most " + std::to_string(max) + " characters are allowed.", max);
    }
    return lines;
  }

  void tags(std::string_view sent, std::vector<std::string>& tags) {
    if (!count_characters(unix_lines(sent))) {
      return refuse("tags", "invalid_text", "A tag holds bytes that are no readable characters.");
    }
    while (!sent.empty()) {
      const std::size_t comma = std::min(sent.find(','), sent.size());
      std::string tag = normalize_tag(sent.substr(0, comma));
      sent.remove_prefix(std::min(comma + 1, sent.size()));
      if (count_characters(tag).value_or(0) > limits::tag_max) {
        refuse("tags", "too_long",
               "A tag has at most " + std::to_string(limits::tag_max) + " characters.",
               limits::tag_max);
      } else if (!tag.empty() && std::ranges::find(tags, tag) == tags.end()) {
        tags.push_back(std::move(tag));
      }
      if (tags.size() <= limits::tags_per_photo) continue;
      return refuse("tags", "too_many",
                    "At most " + std::to_string(limits::tags_per_photo) + " tags are allowed.",
                    limits::tags_per_photo);
    }
  }

  photos::Visibility visibility(std::string_view sent) {
    const auto visibility = photos::visibility_of(sent);
    if (!visibility) {
      refuse("visibility", "unknown_value", "This is public, followers or private.");
    }
    return visibility.value_or(photos::Visibility::only_me);
  }

  Result<void> finish() {
    if (errors_.empty()) return {};
    auto failure = fail(ErrorKind::invalid, "invalid_request", "Some fields are not right.",
                        "Correct the fields named in errors and send it again.");
    failure.error().fields = std::move(errors_);
    return failure;
  }

 private:
  std::vector<FieldError> errors_;
};

}  // namespace

std::string clean_file_name(std::string_view sent) {
  const auto characters = count_characters(sent);
  return characters && *characters <= file_name_max ? std::string(sent) : std::string();
}

Result<UploadFields> check_fields(const Form& form, bool has_file) {
  UploadFields fields;
  Checker check;
  if (!has_file) check.refuse("file", "required", "The photo itself is missing.");
  std::set<std::string_view> seen;
  for (const auto& [name, value] : form) {
    if (name == "tags") {
      check.tags(value, fields.tags);
    } else if (!seen.insert(name).second) {
      check.refuse(name, "repeated", "This field came more than once.");
    } else if (name == "title") {
      fields.title = check.text(name, value, limits::title_max);
    } else if (name == "description") {
      fields.description = check.text(name, value, limits::description_max);
    } else if (name == "alt") {
      fields.alt = check.text(name, value, limits::alt_max);
    } else if (name == "visibility") {
      fields.visibility = check.visibility(value);
    } else {
      check.refuse(name, "unknown_field", "There is no such field here.");
    }
  }
  TRY(check.finish());
  return fields;
}

}  // namespace picsharz::uploads
