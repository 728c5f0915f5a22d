#include "features/comments/comment_rules.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/limits.h"
#include "features/accounts/account_rules.h"

namespace picsharz::comments {

namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// What a font draws nothing for: blanks, joiners, marks of direction, selectors, fillers, tags.
constexpr std::array<Range, 22> blanks = {{
    {0x00, 0x20},       {0x7F, 0xA0},        {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},
    {0x115F, 0x1160},   {0x1680, 0x1680},    {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F},
    {0x2028, 0x202F},   {0x205F, 0x206F},    {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},    {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
}};

bool is_blank(std::uint32_t point) {
  return std::ranges::any_of(
      blanks, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

// The character that begins at `at`, which moves behind it.
std::uint32_t next_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int rest = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  std::uint32_t point = lead & (0x3FU >> rest);
  for (int i = 0; i < rest && at < text.size(); ++i) {
    point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  }
  return point;
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

bool in_handle(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool may_begin_mention(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  return !in_handle(before) && before != '@' && before != '/';
}

std::string text_in(JsonObject& body) {
  const std::string typed = body.text("text", 1, limits::comment_max);
  std::string text = tidy(typed);
  if (!typed.empty() && !is_visible(text)) {
    body.refuse("text", "required", "Write something that can be seen.");
  }
  return text;
}

}  // namespace

std::string tidy(std::string_view text) {
  constexpr int newlines_max = 2;
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  std::string tidied;
  tidied.reserve(text.size());
  int newlines = 0;
  for (const char c : text) {
    if (!is_space(c)) newlines = 0;
    if (c == '\n' && ++newlines > newlines_max) continue;
    tidied += c;
  }
  return tidied;
}

bool is_visible(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_blank(next_point(text, at))) return true;
  }
  return false;
}

std::vector<std::string> mentioned(std::string_view text) {
  std::vector<std::string> handles;
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && in_handle(text[end])) ++end;
    const std::string_view handle = text.substr(at + 1, end - at - 1);
    const bool fits = handle.size() >= limits::handle_min && handle.size() <= limits::handle_max;
    if (!fits || !may_begin_mention(text, at)) continue;
    std::string normal = accounts::normalize_handle(handle);
    if (std::ranges::find(handles, normal) != handles.end()) continue;
    handles.push_back(std::move(normal));
    if (handles.size() == limits::mentions_per_comment) break;
  }
  return handles;
}

Result<NewComment> read_comment(JsonObject& body) {
  NewComment comment{.text = text_in(body)};
  if (const auto answered = body.optional_text("reply_to", 20)) {
    comment.reply_to = CommentId::parse(*answered);
    if (!comment.reply_to) body.refuse("reply_to", "invalid", "This is the id of a comment.");
  }
  TRY(body.finish());
  return comment;
}

Result<std::string> read_edit(JsonObject& body) {
  std::string text = text_in(body);
  TRY(body.finish());
  return text;
}

}  // namespace picsharz::comments
