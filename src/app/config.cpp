#include "app/config.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <filesystem>
#include <numeric>
#include <optional>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/limits.h"

namespace picsharz::app {

namespace {

constexpr double GiB = static_cast<double>(limits::GiB);
constexpr double MiB = static_cast<double>(limits::MiB);

constexpr Setting table[] = {
    {"instance.name", Kind::text, "Picsharz", "the name of this community"},
    {"instance.description", Kind::text, "A place for photos that people care about.",
     "one sentence about it"},
    {"instance.rules", Kind::list, "", "the rules that members accept, a text each"},
    {"instance.visitors", Kind::truth, "true",
     "whether people who are not signed in see what is public; false: for members only"},
    {"instance.terms", Kind::text, "", "the terms that members accept, plain text"},
    {"instance.terms_version", Kind::text, "1",
     "change it with the terms; kept with each account that accepted them"},
    {"instance.base_url", Kind::text, "",
     "how people reach it, such as https://photos.example.org; links in mails start with it"},
    {"http.listen", Kind::text, "127.0.0.1:8080", "address and port; port 0: any free one"},
    {"http.io_threads", Kind::number, "1", "threads that read and write sockets", 1, 64},
    {"http.workers", Kind::number, "8", "threads that answer requests", 1, 256},
    {"http.trusted_proxies", Kind::list, "",
     "addresses and networks (10.0.0.0/8) whose X-Forwarded-For counts"},
    {"http.connections", Kind::number, "10000", "open connections at most", 8, 1'000'000},
    {"http.connections_per_address", Kind::number, "64",
     "open connections of one address; loopback and trusted proxies have no bound", 0, 100'000},
    {"rates.read", Kind::number, "1200",
     "requests that read, of one member or token in a minute; 0: no such limit, here and below", 0,
     1'000'000},
    {"rates.write", Kind::number, "600", "the same of requests that change something", 0,
     1'000'000},
    {"rates.search", Kind::number, "300", "the same of searches, each suggestion one", 0,
     1'000'000},
    {"rates.upload", Kind::number, "1200", "the same of uploads and their pieces", 0, 1'000'000},
    {"rates.media", Kind::number, "0", "the same of pictures; a page asks for dozens", 0,
     1'000'000},
    {"rates.auth", Kind::number, "60", "the same of what takes a password or a code", 0, 1'000'000},
    {"rates.address_factor", Kind::number, "5",
     "how many members' worth of requests one address may send; loopback and trusted proxies: any",
     1, 1000},
    {"admin.listen", Kind::text, "127.0.0.1:8081",
     "where /metrics is; never on the public listener; empty: nowhere"},
    {"data.dir", Kind::text, "./data", "the folder of the database, photos and models"},
    {"data.reserve", Kind::bytes, "0",
     "bytes of the disk that uploads leave free; 0: the larger of 2 GiB and 5 %", 0, 1e15},
    {"database.url", Kind::text, "",
     "postgres://user@host:port/name; empty: SQLite in the data folder"},
    {"database.url_file", Kind::text, "",
     "a file that holds database.url, where it has a password"},
    {"database.pool", Kind::number, "8", "connections to PostgreSQL", 1, 200},
    {"database.cache", Kind::bytes, "16MiB", "SQLite's page cache of each connection", MiB, GiB},
    {"accounts.registration", Kind::text, "open", "open, invitation or closed", 0, 0,
     "open,invitation,closed"},
    {"accounts.member_invitations", Kind::number, "0",
     "people that a member may invite; 0: only moderators and administrators invite", 0, 1000},
    {"accounts.minimum_age", Kind::number, "16", "years that a new member confirms; 0: any age", 0,
     120},
    {"accounts.signups_per_hour", Kind::number, "30", "from one address", 1, 1'000'000},
    {"accounts.deletion_grace_days", Kind::number, "14",
     "days in which a deleted account can be taken back; 0: none", 0, 365},
    {"accounts.password_memory", Kind::bytes, "19MiB", "Argon2id memory of one hash", 8 * MiB, GiB},
    {"accounts.password_passes", Kind::number, "2", "Argon2id passes", 1, 20},
    {"sessions.idle", Kind::duration, "30d", "a session that is not used for so long ends", 3.6e9,
     400 * 8.64e10},
    {"sessions.absolute", Kind::duration, "180d",
     "so long after its log-in a session ends in any case", 3.6e9, 400 * 8.64e10},
    {"uploads.quota", Kind::bytes, "10GiB", "bytes of originals that one account may have", MiB,
     1e18},
    {"uploads.per_day", Kind::number, "1000", "photos that one account may upload in a day", 1,
     1'000'000},
    {"imports.archive", Kind::bytes, "20GiB", "bytes of an archive that is imported", MiB, 1e18},
    {"comments.per_minute", Kind::number, "10", "comments, and edits of them, of one member", 1,
     1'000'000},
    {"comments.per_hour", Kind::number, "120", "the same in an hour", 1, 1'000'000},
    {"media.workers", Kind::number, "2", "photos that develop at the same time", 1, 64},
    {"formats.heic", Kind::truth, "true",
     "accept HEIC; like AVIF it needs the decoders' sandbox, see picsharz doctor"},
    {"models.dir", Kind::text, "", "the prepared models; empty: models in the data folder"},
    {"moderation.check", Kind::text, "before",
     "before: a photo is checked before others see it; after: published at once, checked later", 0,
     0, "before,after"},
    {"moderation.first_photos", Kind::number, "0",
     "photos of a new member that wait for a moderator; 0: none", 0, 1000},
    {"moderation.refusals", Kind::number, "3",
     "refused photos in 30 days after which a member may upload 5 a day; 0: no such limit", 0,
     1000},
    {"moderation.gate", Kind::real, "0.2", "score that asks the second model", 0, 1},
    {"moderation.explicit", Kind::real, "0.8", "score of an explicit photo", 0, 1},
    {"moderation.suggestive", Kind::real, "0.5", "score of a suggestive photo", 0, 1},
    {"moderation.quarantine", Kind::duration, "14d",
     "how long a removed photo's file is kept for an appeal; 0 erases explicit ones at once", 0, 0},
    {"notifications.mail_delay", Kind::duration, "3m",
     "how long a mail about what is new waits for more of the same", 0, 0},
    {"smtp.host", Kind::text, "", "the mail server; empty: mails stay in the mailbox"},
    {"smtp.port", Kind::number, "0", "0: 587 with starttls, 465 with tls, 25 with none", 0, 65'535},
    {"smtp.security", Kind::text, "starttls",
     "starttls or tls: encrypted to a server whose certificate is good, or not at all", 0, 0,
     "none,starttls,tls"},
    {"smtp.user", Kind::text, "", "who logs in; empty: nobody"},
    {"smtp.password", Kind::text, "", "better in the file of smtp.password_file"},
    {"smtp.password_file", Kind::text, "", "a file whose first line is the password"},
    {"smtp.from", Kind::text, "", "the address that mails come from, such as photos@example.org"},
    {"smtp.from_name", Kind::text, "", "and its name; empty: instance.name"},
    {"smtp.ca_file", Kind::text, "", "certificates to trust; empty: those of the system"},
    {"smtp.timeout", Kind::duration, "30s", "how long one answer of the mail server is waited for",
     1e6, 6e8},
    {"jobs.mail_workers", Kind::number, "1", "threads that send mail", 1, 16},
    {"backups.every", Kind::duration, "24h", "how often a backup is made; 0: when somebody asks", 0,
     31 * 8.64e10},
    {"backups.directory", Kind::text, "",
     "where backups lie, best on another disk; empty: backups in the data folder"},
    {"backups.format", Kind::text, "parquet",
     "of the tables; parquet needs DuckDB, without which json is written", 0, 0,
     "parquet,json,csv"},
    {"backups.secret_file", Kind::text, "",
     "a file whose first line seals what is backed up; keep a copy elsewhere; empty: not sealed"},
    {"backups.days", Kind::number, "7", "days of which a backup is kept", 1, 35},
    {"backups.weeks", Kind::number, "5", "weeks of which a backup is kept; none beyond 35 days", 0,
     5},
    {"backups.log_every", Kind::duration, "30s",
     "how often SQLite's log is copied beside the backups; 0: never", 0, 60e6},
    {"backups.log_days", Kind::number, "2", "days of which any moment can be rebuilt", 1, 35},
    {"queries.time", Kind::duration, "30s", "how long the answer to a question in SQL may take",
     1e6, 6e8},
    {"queries.memory", Kind::bytes, "512MiB", "what it may take of memory", 64 * MiB, 64 * GiB},
    {"log.level", Kind::text, "info", "debug, info, warning or error", 0, 0,
     "debug,info,warning,error"},
    {"log.requests", Kind::truth, "true", "a line for each request"},
};

const Setting* find_setting(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Setting::name);
  return found == std::end(table) ? nullptr : found;
}

// Levenshtein's distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string unknown_key(std::string_view name) {
  const auto nearest = std::ranges::min_element(
      table, {}, [&](const Setting& setting) { return distance(setting.name, name); });
  return "unknown setting " + std::string(name) + "; did you mean " + std::string(nearest->name) +
         "? `picsharz config show` lists all of them.";
}

struct Unit {
  std::string_view suffix;
  double factor;
};

constexpr Unit durations[] = {{"ms", 1e3}, {"s", 1e6}, {"m", 6e7}, {"h", 3.6e9}, {"d", 8.64e10}};
constexpr Unit sizes[] = {{"KiB", 1024}, {"MiB", MiB}, {"GiB", GiB},        {"kB", 1e3},
                          {"MB", 1e6},   {"GB", 1e9},  {"TiB", GiB * 1024}, {"B", 1}};

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  if (text == "0") return 0;
  for (const auto& unit : units) {
    if (!text.ends_with(unit.suffix)) continue;
    if (const auto number = parse_number(text.substr(0, text.size() - unit.suffix.size()))) {
      return *number * unit.factor;
    }
  }
  return std::nullopt;
}

std::optional<double> measure(Kind kind, std::string_view text) {
  if (kind == Kind::duration) return parse_with_unit(text, durations);
  if (kind == Kind::bytes) return parse_with_unit(text, sizes);
  return parse_number(text);
}

std::string wrong_choice(const Setting& setting, std::string_view text) {
  std::string choices;
  for (std::string_view rest = setting.choices; !rest.empty();) {
    const std::string_view choice = rest.substr(0, rest.find(','));
    if (choice == text) return "";
    rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
    if (!choices.empty()) choices += rest.empty() ? " or " : ", ";
    choices += choice;
  }
  return choices.empty() ? "" : std::string(setting.name) + " must be " + choices + ".";
}

// What is wrong with a value, or "".
std::string complaint(const Setting& setting, std::string_view text) {
  const std::string name(setting.name);
  switch (setting.kind) {
    case Kind::text:
      return wrong_choice(setting, text);
    case Kind::list:
      return "";
    case Kind::truth:
      return text == "true" || text == "false" ? "" : name + " must be true or false.";
    case Kind::number:
    case Kind::real:
    case Kind::duration:
    case Kind::bytes:
      break;
  }
  const auto number = measure(setting.kind, text);
  const bool whole = setting.kind != Kind::number ||
                     (number && *number == static_cast<double>(static_cast<std::int64_t>(*number)));
  if (!number || !whole) {
    return name + " must be " +
           (setting.kind == Kind::duration ? "a duration such as \"30s\"."
            : setting.kind == Kind::bytes  ? "a size such as \"2GiB\"."
                                           : "a number.");
  }
  if (*number < setting.min || (setting.max > 0 && *number > setting.max)) {
    return name + " is out of its range.";
  }
  return "";
}

// "PICSHARZ_HTTP__LISTEN" -> "http.listen"; "" where it is not an override.
std::string name_of_variable(std::string_view variable) {
  constexpr std::string_view prefix = "PICSHARZ_";
  const auto gap = variable.find("__");
  if (!variable.starts_with(prefix) || gap == std::string_view::npos) return "";
  std::string name(variable.substr(prefix.size(), gap - prefix.size()));
  name.append(".").append(variable.substr(gap + 2));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

std::string as_text(const toml::node& node) {
  if (const auto* array = node.as_array()) {
    std::string text;
    for (const auto& item : *array) {
      if (!text.empty()) text += '\n';
      text += item.value_or(std::string());
    }
    return text;
  }
  if (const auto text = node.value<std::string>(); text && node.is_string()) return *text;
  if (const auto truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto number = node.as_integer()) return std::to_string(number->get());
  if (const auto real = node.as_floating_point()) return std::to_string(real->get());
  return "";
}

}  // namespace

std::span<const Setting> settings() { return table; }

namespace {

// Collects values and what is wrong with them.
class Loader {
 public:
  explicit Loader(std::map<std::string, std::pair<std::string, std::string>>& values)
      : values_(values) {}

  void set(std::string_view name, std::string text, const std::string& where) {
    const Setting* setting = find_setting(name);
    if (setting == nullptr) {
      errors.push_back({where, unknown_key(name)});
    } else if (const std::string wrong = complaint(*setting, text); !wrong.empty()) {
      errors.push_back({where, wrong});
    } else {
      values_[std::string(name)] = {std::move(text), where};
    }
  }

  void file(const std::string& path) {
    const toml::parse_result parsed = toml::parse_file(path);
    const std::string name = std::filesystem::path(path).filename();
    if (!parsed) {
      const auto& failure = parsed.error();
      errors.push_back({name + ":" + std::to_string(failure.source().begin.line),
                        std::string(failure.description()) + "."});
      return;
    }
    for (const auto& [section, content] : parsed.table()) {
      const auto where = [&](const toml::node& node) {
        return name + ":" + std::to_string(node.source().begin.line);
      };
      const auto* keys = content.as_table();
      if (keys == nullptr) {
        errors.push_back({where(content), unknown_key(section.str())});
        continue;
      }
      for (const auto& [key, node] : *keys) {
        set(std::string(section.str()) + "." + std::string(key.str()), as_text(node), where(node));
      }
    }
  }

  std::vector<ConfigError> errors;

 private:
  std::map<std::string, std::pair<std::string, std::string>>& values_;
};

}  // namespace

std::expected<Config, std::vector<ConfigError>> Config::load(
    const std::string& file, const std::vector<std::string>& environment,
    const std::vector<std::string>& flags) {
  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const auto& setting : table) {
    values[std::string(setting.name)] = {std::string(setting.fallback), "default"};
  }
  Loader loader(values);
  const std::string path = file.empty() ? std::string(default_config_file) : file;
  if (std::filesystem::exists(path)) {
    loader.file(path);
  } else if (!file.empty()) {
    loader.errors.push_back({file, "there is no such file; check --config."});
  }
  for (const auto& entry : environment) {
    const auto equals = entry.find('=');
    const std::string variable = entry.substr(0, equals);
    const std::string name = name_of_variable(variable);
    if (!name.empty() && equals != std::string::npos) {
      loader.set(name, entry.substr(equals + 1), variable);
    }
  }
  for (const auto& flag : flags) {
    const auto equals = flag.find('=');
    if (equals == std::string::npos) {
      loader.errors.push_back({"--set", "write it as section.key=value."});
    } else {
      loader.set(flag.substr(0, equals), flag.substr(equals + 1), "--set");
    }
  }
  if (!loader.errors.empty()) return std::unexpected(std::move(loader.errors));
  Config config;
  for (auto& [name, value] : values) {
    config.values_[name] = {std::move(value.first), std::move(value.second)};
  }
  return config;
}

const Config::Value& Config::find(std::string_view name, [[maybe_unused]] Kind kind) const {
  const auto found = values_.find(name);
  assert(found != values_.end() && find_setting(name)->kind == kind);
  return found->second;
}

std::string Config::text(std::string_view name) const { return find(name, Kind::text).text; }
bool Config::truth(std::string_view name) const { return find(name, Kind::truth).text == "true"; }

std::int64_t Config::number(std::string_view name) const {
  return static_cast<std::int64_t>(*measure(Kind::number, find(name, Kind::number).text));
}

Micros Config::duration(std::string_view name) const {
  return static_cast<Micros>(*measure(Kind::duration, find(name, Kind::duration).text));
}

std::int64_t Config::bytes(std::string_view name) const {
  return static_cast<std::int64_t>(*measure(Kind::bytes, find(name, Kind::bytes).text));
}

double Config::real(std::string_view name) const {
  return *measure(Kind::real, find(name, Kind::real).text);
}

std::vector<std::string> Config::list(std::string_view name) const {
  const std::string text = find(name, Kind::list).text;
  // A TOML list keeps its items apart by newlines; the environment and flags by commas.
  const char separator = text.find('\n') == std::string::npos ? ',' : '\n';
  std::vector<std::string> items;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    if (end > at) items.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return items;
}

std::string Config::shown(const Setting& setting) const {
  const bool secret = setting.name == "database.url" || setting.name == "smtp.password";
  if (secret && !text(setting.name).empty()) return "(set)";
  switch (setting.kind) {
    case Kind::text:
      return text(setting.name);
    case Kind::number:
      return std::to_string(number(setting.name));
    case Kind::truth:
      return truth(setting.name) ? "true" : "false";
    case Kind::duration:
      return std::to_string(duration(setting.name) / 1000) + "ms";
    case Kind::bytes:
      return std::to_string(bytes(setting.name)) + "B";
    case Kind::real:
      return std::to_string(real(setting.name));
    case Kind::list:
      break;
  }
  std::string joined;
  for (const auto& item : list(setting.name)) joined += (joined.empty() ? "" : ",") + item;
  return joined;
}

std::string_view Config::origin(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : std::string_view(found->second.origin);
}

}  // namespace picsharz::app
