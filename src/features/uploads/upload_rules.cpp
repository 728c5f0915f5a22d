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

// The lower case of a two-byte letter where it is a fixed distance away; else the letter.
unsigned lower_point(unsigned point) {
  const bool latin = point >= 0xC0 && point <= 0xDE && point != 0xD7;
  const bool greek = point >= 0x391 && point <= 0x3A9;
  const bool cyrillic = point >= 0x410 && point <= 0x42F;
  if (latin || greek || cyrillic) return point + 0x20;
  return point >= 0x400 && point <= 0x40F ? point + 0x50 : point;
}

// Of valid UTF-8.
std::string lower_case(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead >= 'A' && lead <= 'Z') {
      lower += static_cast<char>(lead + ('a' - 'A'));
    } else if ((lead & 0xE0) == 0xC0 && i + 1 < text.size()) {
      const auto next = static_cast<unsigned char>(text[++i]);
      const unsigned point = lower_point((lead & 0x1FU) << 6 | (next & 0x3FU));
      lower += static_cast<char>(0xC0 | point >> 6);
      lower += static_cast<char>(0x80 | (point & 0x3F));
    } else {
      lower += text[i];
    }
  }
  return lower;
}

// Collects every refusal, so that a person is told all of them at once.
class Checker {
 public:
  void refuse(std::string_view field, std::string_view code, std::string_view detail) {
    errors_.push_back({std::string(field), std::string(code), std::string(detail)});
  }

  std::string text(std::string_view field, std::string_view sent, std::size_t max) {
    const std::string lines = unix_lines(trimmed(sent));
    const auto characters = count_characters(lines);
    if (!characters) {
      refuse(field, "invalid_text", "This text holds bytes that are no readable characters.");
    } else if (*characters > max) {
      refuse(field, "too_long", "At most " + std::to_string(max) + " characters are allowed.");
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
               "A tag has at most " + std::to_string(limits::tag_max) + " characters.");
      } else if (!tag.empty() && std::ranges::find(tags, tag) == tags.end()) {
        tags.push_back(std::move(tag));
      }
      if (tags.size() <= limits::tags_per_photo) continue;
      return refuse("tags", "too_many",
                    "At most " + std::to_string(limits::tags_per_photo) + " tags are allowed.");
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

std::string normalize_tag(std::string_view typed) {
  typed = trimmed(typed);
  while (!typed.empty() && (typed.front() == '#' || is_space(typed.front()))) {
    typed.remove_prefix(1);
  }
  std::string tag;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (!is_space(typed[i]))
      tag += typed[i];
    else if (!is_space(typed[i - 1]))
      tag += '-';
  }
  return lower_case(tag);
}

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
