#include "features/backups/log_rebuild_service.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <ranges>

#include "base/log.h"
#include "db/database.h"

namespace picsharz::backups {

namespace {

namespace fs = std::filesystem;
using What = LogFile::What;

std::unexpected<Error> no_log() {
  return fail(ErrorKind::not_found, "no_log", "There is no log in this target.",
              "Restore a backup: picsharz restore FROM.");
}

// A moment that is read again is not before the one that was written.
std::string written(Micros at) { return format_time(at + 999); }

std::unexpected<Error> too_early(Micros first) {
  return fail(ErrorKind::not_found, "time_before_log",
              "The log of this target begins at " + written(first) + ".",
              "Name a later moment, or restore a backup of before: picsharz backup list.");
}

std::unexpected<Error> damaged(const std::string& what, std::optional<Micros> good) {
  return fail(ErrorKind::invalid, "log_damaged", "The log is damaged: " + what + ".",
              good ? "What was committed up to " + written(*good) +
                         " can be rebuilt: picsharz backup rebuild --at " + written(*good)
                   : "Restore a backup: picsharz restore FROM.");
}

// The steps of one base on their way into its file.
class Replay {
 public:
  Replay(const LogFile& base, std::optional<Micros> until, int file)
      : base_(base), until_(until), file_(file), shown_(base.at) {}

  bool wants(const LogFile& steps) const {
    return steps.generation == base_.generation && steps.last >= base_.first;
  }
  void apply(Vault& vault, const LogFile& segment) {
    over_ = over_ || is_later(segment.first, segment.since);
    if (over_) return;
    if (segment.first > std::max(next_, base_.first)) {
      throw Damaged("steps " + std::to_string(std::max(next_, base_.first)) + " to " +
                    std::to_string(segment.first - 1) + " are missing");
    }
    std::string text;
    const std::string found =
        vault.read(segment.key(), [&](std::string_view piece) { text += piece; });
    if (found != segment.sha256) throw Damaged("altered: " + segment.key());
    const auto steps = read_steps(text);
    if (!steps) throw Damaged("of another version: " + segment.key());
    for (const db::LogStep& step : *steps) {
      over_ = is_later(step.number, step.at);
      if (over_) return;
      if (step.number < base_.first) continue;
      db::apply_step(file_, step);
      last_ = step.number;
      shown_ = std::max(shown_, step.at);
    }
    next_ = segment.last + 1;
  }
  // Nothing before it is a database.
  bool whole() const { return last_ >= base_.last; }
  Micros shown() const { return shown_; }

 private:
  // Than what is wanted; without those that the base needs there is nothing.
  bool is_later(std::int64_t number, Micros at) const {
    return until_ && number > base_.last && at > *until_;
  }

  const LogFile& base_;
  const std::optional<Micros> until_;
  const int file_;
  Micros shown_;
  std::int64_t next_ = 1;
  std::int64_t last_ = 0;
  bool over_ = false;
};

// Looked through by SQLite: a sentence about what is wrong, or "".
std::string check(const std::string& path) {
  std::string said;
  const auto database = db::open_sqlite({.path = path});
  database->read([&](db::Tx& tx) {
    tx.each("PRAGMA integrity_check(3)",
            [&](const db::Row& row) { said.append(said.empty() ? "" : "; ").append(row.text(0)); });
  });
  return said == "ok" ? "" : said;
}

Result<Micros> replay(Vault& vault, const LogFile& base, const std::vector<LogFile>& files,
                      std::optional<Micros> until, const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) storage::throw_storage_error(errno, "backups: " + path);
  const FileHandle file(descriptor, 0);
  Replay replay(base, until, descriptor);
  try {
    for (const LogFile& each : files) {
      if (each.what == What::steps && replay.wants(each)) replay.apply(vault, each);
    }
    if (!replay.whole()) throw Damaged("the last steps that its base needs are missing");
  } catch (const Damaged& damage) {
    return damaged(damage.what(), replay.whole() ? std::optional(replay.shown()) : std::nullopt);
  }
  return replay.shown();
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                    : std::nullopt;
}

}  // namespace

std::optional<Micros> read_moment(std::string_view text) {
  if (text.ends_with('Z')) text.remove_suffix(1);
  Micros fraction = 0;
  if (text.size() == 23 && text[19] == '.') {
    const auto thousandths = number(text.substr(20));
    if (!thousandths) return std::nullopt;
    fraction = *thousandths * (second / 1'000);
    text = text.substr(0, 19);
  }
  const bool seconds = text.size() == 19 && text[16] == ':';
  if ((text.size() != 16 && !seconds) || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != ' ') || text[13] != ':') {
    return std::nullopt;
  }
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day_of = number(text.substr(8, 2));
  const auto hours = number(text.substr(11, 2));
  const auto minutes = number(text.substr(14, 2));
  const auto rest = seconds ? number(text.substr(17, 2)) : std::optional(0);
  if (!year || !month || !day_of || !hours || !minutes || !rest) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day_of))};
  if (!date.ok() || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59 || *rest < 0 ||
      *rest > 59) {
    return std::nullopt;
  }
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * day + *hours * hour + *minutes * minute + *rest * second + fraction;
}

// Of several bases the newest that fits; where it is damaged, the one before, with more to replay.
Result<Micros> rebuild(Vault& vault, std::optional<Micros> until, const std::string& path) {
  const auto files = log_files(vault);
  std::vector<LogFile> bases;
  std::ranges::copy_if(files, std::back_inserter(bases),
                       [](const LogFile& file) { return file.what == What::base; });
  if (bases.empty()) return no_log();
  std::ranges::sort(bases, std::greater(), &LogFile::at);
  if (until && bases.back().at > *until) return too_early(bases.back().at);
  std::string problem;
  for (const LogFile& base : bases) {
    if (until && base.at > *until) continue;
    try {
      vault.fetch(base.key(), base.sha256, path);
    } catch (const Damaged& damage) {
      log_warning("a base of the log is damaged", {{"problem", damage.what()}});
      problem = problem.empty() ? damage.what() : problem;
      continue;
    }
    const auto shown = replay(vault, base, files, until, path);
    if (!shown) return shown;
    const std::string wrong = check(path);
    if (wrong.empty()) return shown;
    return damaged("SQLite says: " + wrong, std::nullopt);
  }
  return damaged(problem, std::nullopt);
}

LoggedObjects::LoggedObjects(Vault& vault, std::string scratch)
    : vault_(vault), scratch_(std::move(scratch)) {
  for (const LogFile& file : log_files(vault)) {
    if (file.what != What::objects) continue;
    try {
      for (LoggedObject& each : read_objects(vault, file)) {
        // Whatever has its hash in its row is found by that.
        if (each.key.starts_with("avatars/")) hashes_[each.key] = std::move(each.sha256);
      }
    } catch (const Damaged& damage) {
      log_warning("a list of objects is damaged", {{"problem", damage.what()}});
    }
  }
}

std::shared_ptr<const FileHandle> LoggedObjects::open(std::string_view key) {
  const auto found = hashes_.find(key);
  if (found == hashes_.end()) return nullptr;
  const std::string path = scratch_ + "/object";
  try {
    vault_.fetch(vault_object_key(found->second), found->second, path);
  } catch (const Damaged& damage) {
    log_warning("an object is damaged", {{"problem", damage.what()}});
    return nullptr;
  }
  auto file = open_file(path);
  fs::remove(path);  // it lives as long as it is open
  return file;
}

void LoggedObjects::put(std::string_view, storage::SpoolFile&) {
  throw storage::StorageError("backups: nothing is put into a log");
}
void LoggedObjects::put_all(std::span<const storage::NewObject>) {
  throw storage::StorageError("backups: nothing is put into a log");
}
bool LoggedObjects::confirm(std::string_view) { return false; }
bool LoggedObjects::remove(std::string_view) { return false; }
void LoggedObjects::list(std::string_view,
                         const std::function<void(std::string_view, std::int64_t)>&) {}

}  // namespace picsharz::backups
