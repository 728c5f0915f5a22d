#include "features/photos/photo_edit_rules.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace picsharz::photos {

namespace {

constexpr std::size_t typed_tag_max = 200;  // before it is normalized

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
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

std::optional<std::string> text_of(JsonObject& body, std::string_view name, std::size_t max) {
  const auto typed = body.optional_text(name, max);
  if (!typed) return std::nullopt;
  return std::string(trimmed(*typed));
}

std::optional<std::vector<std::string>> tags_of(JsonObject& body) {
  const auto typed = body.optional_list("tags", limits::tags_per_photo, typed_tag_max);
  if (!typed) return std::nullopt;
  std::vector<std::string> tags;
  for (const std::string& each : *typed) {
    std::string tag = normalize_tag(each);
    if (tag.contains(',')) {
      body.refuse("tags", "invalid_text", "A tag holds no comma.");
    } else if (count_characters(tag).value_or(0) > limits::tag_max) {
      body.refuse("tags", "too_long",
                  "A tag has at most " + std::to_string(limits::tag_max) + " characters.",
                  limits::tag_max);
    } else if (!tag.empty() && std::ranges::find(tags, tag) == tags.end()) {
      tags.push_back(std::move(tag));
    }
  }
  return tags;
}

std::optional<Visibility> visibility_in(JsonObject& body) {
  const auto name = body.optional_text("visibility", 20);
  if (!name) return std::nullopt;
  const auto visibility = visibility_of(*name);
  if (!visibility) {
    body.refuse("visibility", "unknown_value", "This is public, followers or private.");
  }
  return visibility;
}

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

Result<PhotoEdit> read_edit(JsonObject& body) {
  PhotoEdit edit;
  edit.title = text_of(body, "title", limits::title_max);
  edit.description = text_of(body, "description", limits::description_max);
  edit.alt = text_of(body, "alt", limits::alt_max);
  edit.tags = tags_of(body);
  edit.visibility = visibility_in(body);
  edit.place = text_of(body, "place", limits::place_max);
  edit.show_camera = body.optional_truth("show_camera");
  edit.allow_download = body.optional_truth("allow_download");
  edit.comments_allowed = body.optional_truth("comments_allowed");
  TRY(body.finish());
  return edit;
}

}  // namespace picsharz::photos
