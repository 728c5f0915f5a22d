#include "features/backups/log_file_service.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <tuple>

#include "base/json.h"
#include "base/json_tree.h"
#include "zip/gzip.h"

namespace picsharz::backups {

namespace {

constexpr std::string_view folder = "log/";
constexpr std::string_view state_key = "log/state";
constexpr std::string_view first_line = "picsharz log 2\n";         // packed behind it
constexpr std::string_view first_line_before = "picsharz log 1\n";  // was not
constexpr Micros thousandth = second / 1'000;

std::string padded(std::int64_t number) {
  std::string text = std::to_string(number);
  return text.insert(0, 16 - std::min<std::size_t>(16, text.size()), '0');
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = name.find('-');
    parts.push_back(name.substr(0, end));
    if (end == std::string_view::npos) return parts;
    name.remove_prefix(end + 1);
  }
}

void append_number(std::string& text, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(number >> shift & 0xff);
}

std::uint32_t number_at(std::string_view text) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(text[i]);
  return number;
}

}  // namespace

std::string LogFile::key() const {
  std::string key = std::string(folder).append(generation).append("/");
  if (what == What::objects) return key + "objects-" + padded(at) + "-" + sha256;
  key += what == What::base ? "base-" : "steps-";
  key += padded(first) + "-" + padded(last) + "-";
  if (what == What::steps) key += padded(since) + "-";
  return key + padded(at) + "-" + sha256;
}

std::optional<LogFile> read_log_key(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  if (!key.starts_with(folder) || slash < folder.size()) return std::nullopt;
  LogFile file{.generation = std::string(key.substr(folder.size(), slash - folder.size()))};
  const auto parts = parts_of(key.substr(slash + 1));
  std::vector<std::int64_t*> numbers;
  if (parts[0] == "objects") {
    file.what = LogFile::What::objects;
    numbers = {&file.at};
  } else if (parts[0] == "base") {
    file.what = LogFile::What::base;
    numbers = {&file.first, &file.last, &file.at};
  } else if (parts[0] == "steps") {
    numbers = {&file.first, &file.last, &file.since, &file.at};
  }
  if (numbers.empty() || parts.size() != numbers.size() + 2) return std::nullopt;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = number_of(parts[i + 1]);
    if (!number) return std::nullopt;
    *numbers[i] = *number;
  }
  file.sha256 = parts.back();
  return file.sha256.size() == 64 ? std::optional(file) : std::nullopt;
}

std::vector<LogFile> log_files(Vault& vault) {
  std::vector<LogFile> files;
  for (const std::string& key : vault.keys("log/")) {
    if (auto file = read_log_key(key)) files.push_back(*std::move(file));
  }
  std::ranges::sort(files, {}, [](const LogFile& file) {
    return std::tie(file.generation, file.at, file.first);
  });
  return files;
}

std::string text_of(const std::vector<db::LogStep>& steps) {
  std::string text;
  JsonWriter out(text);
  out.begin_object().key("steps").begin_array();
  for (const db::LogStep& step : steps) {
    out.begin_object().field("number", step.number).field("at", step.at);
    out.field("page_bytes", std::int64_t{step.page_bytes}).field("pages", std::int64_t{step.pages});
    out.field("changed", std::ssize(step.changed)).end_object();
  }
  out.end_array().end_object();
  text += '\n';
  for (const db::LogStep& step : steps) {
    for (const auto& [number, page] : step.changed) {
      append_number(text, number);
      text += page;
    }
  }
  return std::string(first_line) + zip::gzip(text);
}

namespace {

std::optional<std::vector<db::LogStep>> read_plain_steps(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto tree = JsonTree::parse(text.substr(0, end));
  if (!tree) return std::nullopt;
  text.remove_prefix(end + 1);
  std::vector<db::LogStep> steps;
  for (const JsonTree& each : (*tree)["steps"].items()) {
    db::LogStep step{
        .number = each["number"].number().value_or(0),
        .at = each["at"].number().value_or(0),
        .page_bytes = static_cast<std::uint32_t>(each["page_bytes"].number().value_or(0)),
        .pages = static_cast<std::uint32_t>(each["pages"].number().value_or(0))};
    const std::size_t size = 4 + std::size_t{step.page_bytes};
    for (auto left = each["changed"].number().value_or(0); left > 0; --left) {
      if (text.size() < size) return std::nullopt;
      step.changed.emplace(number_at(text), std::string(text.substr(4, step.page_bytes)));
      text.remove_prefix(size);
    }
    steps.push_back(std::move(step));
  }
  return text.empty() ? std::optional(std::move(steps)) : std::nullopt;
}

}  // namespace

std::optional<std::vector<db::LogStep>> read_steps(std::string_view text) {
  if (text.starts_with(first_line_before)) {
    return read_plain_steps(text.substr(first_line_before.size()));
  }
  if (!text.starts_with(first_line)) return std::nullopt;
  const auto plain = zip::gunzip(text.substr(first_line.size()), steps_bytes_max);
  return plain ? read_plain_steps(*plain) : std::nullopt;
}

std::string text_of(const std::vector<LoggedObject>& objects) {
  std::string text;
  for (const LoggedObject& each : objects) {
    text.append(each.key).append(" ").append(each.sha256).append(" ");
    text.append(std::to_string(each.bytes)).append("\n");
  }
  return text;
}

std::vector<LoggedObject> read_objects(Vault& vault, const LogFile& list) {
  const std::string text = vault.text(list.key()).value_or("");
  if (crypto::hex(crypto::sha256(text)) != list.sha256) throw Damaged("altered: " + list.key());
  std::vector<LoggedObject> objects;
  std::istringstream in(text);
  for (LoggedObject each; in >> each.key >> each.sha256 >> each.bytes;) objects.push_back(each);
  return objects;
}

std::optional<Micros> shipped_at(const std::string& directory) {
  std::ifstream file(directory + "/" + std::string(state_key));
  std::string text;
  std::getline(file, text);
  const auto tree = JsonTree::parse(text);
  if (!tree) return std::nullopt;
  // Said twice, so that one of them that is altered is no time.
  const auto at = (*tree)["at"].number();
  const bool same = at && *at % thousandth == 0 && (*tree)["shipped_at"].text() == format_time(*at);
  return same ? at : std::nullopt;
}

void put_shipped_at(Vault& vault, Micros at) {
  at -= at % thousandth;  // no finer than it is written for people
  std::string text;
  JsonWriter out(text);
  out.begin_object().field("at", at).time_field("shipped_at", at).end_object();
  vault.put_text(state_key, text += '\n');
}

void forget_shipped_at(Vault& vault) { vault.remove(state_key); }

}  // namespace picsharz::backups
