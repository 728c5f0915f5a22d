#include "features/imports/archive_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/json.h"
#include "base/limits.h"
#include "features/photos/photo_edit_rules.h"

namespace picsharz::imports {

namespace {

constexpr std::array videos = {".mp4", ".mov", ".webm", ".m4v", ".srt"};

// The length of the well-formed character at the beginning, or 0.
std::size_t character(std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length) {
    const auto count = count_characters(text.substr(0, length));
    if (count == 1U) return length;
  }
  return 0;
}

void add_tag(std::vector<std::string>& tags, std::string_view typed) {
  std::string tag = photos::normalize_tag(typed);
  if (tag.empty() || tag.find(',') != tag.npos || tags.size() >= limits::tags_per_photo) return;
  if (count_characters(tag).value_or(limits::tag_max + 1) > limits::tag_max) return;
  if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
}

bool is_video(std::string_view file) {
  std::string lower(file);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return std::ranges::any_of(videos, [&](const char* end) { return lower.ends_with(end); });
}

std::string_view last_segment(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool is_word(std::string_view letter) {
  if (letter.size() > 1) return letter != "\u2026" && letter != "\u3000" && letter != "\u00b7";
  const char c = letter.front();
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Digits only, exactly as many as `text` has.
std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t most) {
  std::string clean;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size() && count < most;) {
    const std::size_t length = character(text.substr(at));
    if (length == 0) {
      ++at;
      continue;
    }
    const std::string_view letter = text.substr(at, length);
    at += length;
    if (letter == "\r") {
      if (text.substr(at, 1) == "\n") continue;
      clean += '\n';
    } else {
      clean += letter;
    }
    ++count;
  }
  const std::size_t first = clean.find_first_not_of(" \t\n");
  if (first == clean.npos) return {};
  return clean.substr(first, clean.find_last_not_of(" \t\n") - first + 1);
}

std::optional<Micros> parse_time(std::string_view text) {
  if (text.size() < 20 || !text.ends_with('Z') || text[4] != '-' || text[7] != '-' ||
      text[10] != 'T' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day_of = digits(text.substr(8, 2));
  const auto hours = digits(text.substr(11, 2));
  const auto minutes = digits(text.substr(14, 2));
  const auto seconds = digits(text.substr(17, 2));
  if (!year || !month || !day_of || !hours || !minutes || !seconds) return std::nullopt;
  std::int64_t fraction = 0;
  if (text.size() > 20) {
    const auto thousandths =
        text.size() == 24 && text[19] == '.' ? digits(text.substr(20, 3)) : std::nullopt;
    if (!thousandths) return std::nullopt;
    fraction = *thousandths * 1'000;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day_of))};
  if (!date.ok() || *hours > 23 || *minutes > 59 || *seconds > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * day + *hours * hour + *minutes * minute + *seconds * second + fraction;
}

ArchivedPhoto read_photo(const JsonTree& element) {
  ArchivedPhoto photo;
  photo.file = element["file"].text();
  photo.old_id = element["id"].text();
  if (photo.old_id.size() > 20) photo.old_id.clear();
  photo.file_name = element["file_name"].text();
  photo.title = clean_text(element["title"].text(), limits::title_max);
  photo.description = clean_text(element["description"].text(), limits::description_max);
  photo.alt = clean_text(element["alt"].text(), limits::alt_max);
  for (const JsonTree& tag : element["tags"].items()) add_tag(photo.tags, tag.text());
  for (const JsonTree& label : element["removed_labels"].items()) {
    const std::string name = clean_text(label.text(), limits::tag_max);
    if (!name.empty() && photo.removed_labels.size() < removed_labels_max) {
      photo.removed_labels.push_back(name);
    }
  }
  // What cannot be read is shown to nobody.
  photo.visibility =
      photos::visibility_of(element["visibility"].text()).value_or(photos::Visibility::only_me);
  photo.place = clean_text(element["place"].text(), limits::place_max);
  photo.show_camera = element["show_camera"].truth();
  photo.allow_download = element["allow_download"].truth();
  photo.comments_allowed = element["comments_allowed"].truth();
  photo.created_at = parse_time(element["created_at"].text());
  if (photo.file.empty()) {
    photo.refusal = "file_missing";
    photo.refusal_detail = "The archive has no file of this photo.";
  }
  return photo;
}

std::vector<ArchivedPhoto> read_post(const JsonTree& element, std::string_view root) {
  std::vector<ArchivedPhoto> found;
  const auto& media = element["media"].items();
  const std::string together = mended(element["title"].text());
  for (const JsonTree& each : media) {
    ArchivedPhoto photo;
    photo.file = std::string(root) + each["uri"].text();
    photo.file_name = std::string(last_segment(photo.file));
    std::string caption = mended(each["title"].text());
    if (caption.empty()) caption = together;
    photo.description = clean_text(caption, limits::description_max);
    photo.tags = hashtags(caption);
    auto seconds = each["creation_timestamp"].number();
    if (!seconds) seconds = element["creation_timestamp"].number();
    constexpr std::int64_t latest = 100'000'000'000;  // seconds; beyond it is no date of a photo
    if (seconds && *seconds > 0 && *seconds < latest) photo.created_at = *seconds * second;
    if (is_video(photo.file)) {
      photo.refusal = "video";
      photo.refusal_detail = "Videos are not taken here, only photos.";
    } else if (each["uri"].text().empty()) {
      photo.refusal = "file_missing";
      photo.refusal_detail = "The archive has no file of this photo.";
    }
    found.push_back(std::move(photo));
  }
  return found;
}

std::string mended(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
      bytes += text[at++];
    } else if ((lead == 0xC2 || lead == 0xC3) && at + 1 < text.size()) {
      bytes += static_cast<char>((lead & 0x03) << 6 | (text[at + 1] & 0x3F));
      at += 2;
    } else {
      return std::string(text);  // beyond Latin-1: it is no such text
    }
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const auto byte = static_cast<unsigned char>(bytes[at]);
    const std::size_t length = byte < 0x80 ? 1 : character(std::string_view(bytes).substr(at));
    // A control character is well-formed UTF-8 all the same.
    const bool control = byte == 0xC2 && at + 1 < bytes.size();
    if (length == 0 && !control) return std::string(text);
    at += length == 0 ? 2 : length;
  }
  return bytes;
}

std::vector<std::string> hashtags(std::string_view caption) {
  std::vector<std::string> tags;
  for (std::size_t at = caption.find('#'); at != caption.npos; at = caption.find('#', at)) {
    std::size_t end = ++at;
    while (end < caption.size()) {
      const std::size_t length = character(caption.substr(end));
      if (length == 0 || !is_word(caption.substr(end, length))) break;
      end += length;
    }
    add_tag(tags, caption.substr(at, end - at));
    at = end;
  }
  return tags;
}

}  // namespace picsharz::imports
