#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/backup_parts.h"
#include "app/cli.h"
#include "app/foundation.h"
#include "app/instance_routes.h"
#include "app/log_shipping.h"
#include "app/picture_formats.h"
#include "app/query_parts.h"
#include "app/smtp_config.h"
#include "app/startup_error.h"
#include "base/json.h"
#include "db/migrations.h"
#include "features/backups/keeping_service.h"
#include "features/backups/log_file_service.h"
#include "features/photos/original_store.h"
#include "image/sandbox.h"
#include "image/vips_pictures.h"
#include "jobs/queue.h"
#include "vision/classifier.h"

namespace picsharz::app {

namespace {

enum class Finding { good, degraded, bad };

struct Line {
  std::string_view part;
  Finding finding;
  std::string text;  // what is, and what to do
};

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

// open_database() makes what is not there: then a wrong data.dir would be filled, not found.
std::unique_ptr<db::Database> open_existing(const Config& config) {
  const auto file = std::filesystem::path(config.text("data.dir")) / "picsharz.db";
  std::error_code unknown;
  const bool there = std::filesystem::exists(file, unknown) || unknown;
  if (!there && describe_database(config).starts_with("SQLite")) {
    throw StartupError("There is no database at " + file.string() +
                       ".\npicsharz serve makes it; or data.dir names the wrong folder.");
  }
  return open_database(config);
}

Line look_at_database(const Config& config) {
  try {
    const auto database = open_existing(config);
    const auto state = db::schema_state(*database);
    if (state.current < state.latest) {
      return {"database", Finding::degraded,
              describe_database(config) + " is older than this program. Run: picsharz migrate"};
    }
    return {"database", Finding::good, describe_database(config) + ", up to date"};
  } catch (const StartupError& failure) {
    return {"database", Finding::bad, one_line(failure.what())};
  } catch (const std::exception& failure) {
    return {"database", Finding::bad,
            std::string(failure.what()) + " Check that it runs and that database.url is right."};
  }
}

Line look_at_disk(const Config& config) {
  std::error_code failure;
  const auto space = std::filesystem::space(config.text("data.dir"), failure);
  if (failure) {
    return {"disk", Finding::bad,
            "The data folder is not there: " + failure.message() +
                ". It is made by picsharz serve, or choose another with data.dir."};
  }
  const std::string free = std::to_string(space.available / 1'000'000'000) + " GB free";
  const bool low = space.available < space.capacity / 20;
  return {"disk", low ? Finding::degraded : Finding::good,
          low ? free + ", less than 5 %. Make room: uploads will be refused." : free};
}

// The least that OWASP asks of Argon2id with one lane.
Line look_at_passwords(const Config& config) {
  const crypto::PasswordCost least;
  const crypto::PasswordCost cost = password_cost(config);
  const std::string text = "Argon2id, " + std::to_string(cost.memory_bytes >> 20) + " MiB, " +
                           std::to_string(cost.passes) + " passes";
  if (cost.memory_bytes < least.memory_bytes || cost.passes < least.passes) {
    return {"passwords", Finding::degraded,
            text +
                ": less than 19 MiB and 2 passes are guessed too fast. Raise"
                " accounts.password_memory and accounts.password_passes."};
  }
  return {"passwords", Finding::good, text};
}

Line look_at_models(const Config& config) {
  const std::string configured = config.text("models.dir");
  const auto classifier = vision::open_classifier(
      {.directory = configured.empty()
                        ? (std::filesystem::path(config.text("data.dir")) / "models").string()
                        : configured,
       .runtime = "",
       .thresholds = {}});
  classifier->load();
  const std::string pack = classifier->describe();
  if (pack.starts_with("none")) return {"models", Finding::degraded, pack};
  const bool rich = pack.starts_with("rich");
  return {"models", Finding::good,
          pack + (rich ? "" : "; the rich pack names more: run tools/models/prepare.py again")};
}

Line look_at_decoders(const Config& config) {
  const image::Sandbox sandbox = image::available_sandbox();
  const std::string accepted = "; accepted: " + image::format_list(accepted_formats(config));
  if (!sandbox.complete()) {
    return {"decoders", Finding::degraded, image::describe(sandbox) + accepted};
  }
  if (!image::has_heif_loader()) {
    return {"decoders", Finding::degraded,
            "libvips has no loader of AVIF and HEIC (vips-heif.so): both are refused. Install "
            "libvips as Debian has it" +
                accepted};
  }
  return {"decoders", Finding::good, image::describe(sandbox) + accepted};
}

Line look_at_queries(const Config& config) {
  const QueryState state = query_state(config);
  return {"queries", state.good ? Finding::good : Finding::degraded, state.text};
}

Line look_at_web(const Config& config) {
  const std::string url = config.text("instance.base_url");
  if (has_secure_cookies(config)) return {"web", Finding::good, url};
  return {"web", Finding::degraded,
          "instance.base_url is not an https address: cookies are not marked Secure, and links in "
          "mails lead to " +
              (url.empty() ? "http://" + config.text("http.listen") : url) +
              ". Fine on one's own machine; set it before others come."};
}

Line look_at_mail(const Config& config) {
  const std::string server = describe_smtp(config);
  if (server.empty()) {
    return {"mail", Finding::good,
            "no mail server is set (smtp.host): mails stay in the administrator's mailbox"};
  }
  const SystemClock clock;
  const auto wrong = open_smtp(config, clock)->probe();
  if (!wrong) return {"mail", Finding::good, server + " answers"};
  return {"mail", Finding::degraded,
          server + ": " + *wrong + ". Mails wait until it answers; check the settings of [smtp]."};
}

Line look_at_originals(const Config& config) {
  try {
    const auto database = open_existing(config);
    const auto damaged =
        database->read([](db::Tx& tx) { return photos::OriginalStore().count_damaged(tx); });
    if (damaged == 0) return {"originals", Finding::good, "none is known to be damaged"};
    return {"originals", Finding::bad,
            std::to_string(damaged) +
                " are damaged. Run picsharz verify, which names them, and "
                "restore them from a backup."};
  } catch (const std::exception&) {  // the line of the database says why
    return {"originals", Finding::degraded, "not known while the database cannot be asked"};
  }
}

Line look_at_jobs(const Config& config) {
  try {
    const auto database = open_existing(config);
    const SystemClock clock;
    IdSource ids(clock, 0);
    const jobs::Queue queue(*database, ids, clock);
    const auto stats = database->read([&](db::Tx& tx) { return queue.stats(tx); });
    if (stats.dead == 0) return {"jobs", Finding::good, "none has given up"};
    return {
        "jobs", Finding::degraded,
        std::to_string(stats.dead) +
            " gave up, and what they were to do is not done. /admin/jobs says why, and lets them "
            "try again."};
  } catch (const std::exception&) {
    return {"jobs", Finding::degraded, "not known while the database cannot be asked"};
  }
}

// The newest first.
std::vector<backups::BackupRow> full_backups(const Config& config) {
  const auto database = open_existing(config);
  auto rows = database->read([](db::Tx& tx) { return backups::BackupStore().list(tx); });
  std::erase_if(rows,
                [](const backups::BackupRow& row) { return row.kind != backups::Kind::full; });
  std::ranges::stable_sort(rows, std::ranges::greater(), &backups::BackupRow::asked_at);
  return rows;
}

// Made while a clock was ahead, or this one is behind: takes them out, for they say nothing of now.
// "": there is none.
std::string take_those_ahead(std::vector<backups::BackupRow>& rows, Micros now) {
  const auto first = std::ranges::find_if_not(
      rows, [&](const backups::BackupRow& row) { return backups::is_ahead(row.asked_at, now); });
  if (first == rows.begin()) return "";
  std::string text = rows.front().id + " is of the future. Is this host's clock right? Else " +
                     "remove that backup once there is a newer one.";
  rows.erase(rows.begin(), first);
  return text;
}

// What is wrong with the last one that nobody works on any more; "": nothing.
std::string wrong_with_last(const std::vector<backups::BackupRow>& rows) {
  const auto last = std::ranges::find_if(rows, [](const backups::BackupRow& row) {
    return row.state != backups::State::waiting && row.state != backups::State::running;
  });
  if (last == rows.end() || last->state == backups::State::proved) return "";
  const std::string why = last->problem.empty() ? "" : " (" + last->problem + ")";
  if (last->state == backups::State::failed) {
    return "the last one, " + last->id + ", failed" + why + ". Run picsharz backup.";
  }
  return "the last one, " + last->id + ", is not proved" + why + ". Run picsharz backup prove " +
         last->id + ", and make another one.";
}

Line look_at_backups(const Config& config) {
  try {
    auto rows = full_backups(config);
    const Micros now = SystemClock().now();
    const std::string ahead = take_those_ahead(rows, now);
    if (std::string wrong = wrong_with_last(rows); !wrong.empty()) {
      return {"backups", Finding::degraded, std::move(wrong)};
    }
    const Micros every = config.duration("backups.every");
    const auto good = std::ranges::find(rows, backups::State::proved, &backups::BackupRow::state);
    std::string text = good == rows.end()
                           ? "none is proved yet"
                           : "the last proved one is of " + format_time(good->asked_at);
    if (!ahead.empty()) return {"backups", Finding::degraded, text + "; " + ahead};
    if (every == 0) {
      return {"backups", Finding::good, "are made when somebody asks for one; " + text};
    }
    const auto first = open_existing(config)->read(
        [](db::Tx& tx) { return backups::BackupStore().first_account(tx); });
    const Micros since = good == rows.end() ? first.value_or(now) : good->asked_at;
    if (now - since <= 2 * every + hour) return {"backups", Finding::good, std::move(text)};
    return {"backups", Finding::degraded, text + ". Run picsharz backup, and see what it says."};
  } catch (const std::exception&) {
    return {"backups", Finding::degraded, "not known while the database cannot be asked"};
  }
}

// The last proved backup, where the folder has none of those that are proved; "": all is well.
// Versions before gave one that was made elsewhere (--to) a row, too.
std::string missing_backup(const Config& config, const std::string& folder) {
  std::string missing;
  try {
    for (const backups::BackupRow& row : full_backups(config)) {
      if (row.state != backups::State::proved) continue;
      std::error_code failure;
      const auto manifest = std::filesystem::path(folder) / row.id / "manifest.json";
      if (std::filesystem::exists(manifest, failure)) return "";
      if (missing.empty()) missing = row.id;
    }
  } catch (const std::exception&) {  // the line of the database says why
    return "";
  }
  return missing;
}

// Where backups lie: rows say nothing of a disk that is not there any more.
Line look_at_target(const Config& config) {
  const Micros every = config.duration("backups.every");
  const std::string folder = backup_directory(config);
  try {
    const std::string secret = backup_secret(config);
    const auto marked = backups::marked_secret_of(folder);
    if (marked && *marked != backups::secret_mark(backups::vault_key(secret))) {
      return {"target", Finding::bad,
              folder +
                  " was begun with another secret of backups, or without one: no backup can be "
                  "made. Set backups.secret_file as it was, or name a new folder with "
                  "backups.directory: a new secret needs a new one."};
    }
  } catch (const StartupError& failure) {
    return {"target", Finding::bad, one_line(failure.what())};
  }
  const std::string missing = missing_backup(config, folder);
  std::error_code failure;
  const bool there = std::filesystem::exists(folder, failure);
  if (!missing.empty()) {
    return {"target", every > 0 ? Finding::bad : Finding::degraded,
            "the backup " + missing + " is proved, and is not in " + folder +
                (there ? "" : ", which is not there") +
                ". Is the right disk mounted? Else run picsharz backup."};
  }
  if (!there) return {"target", Finding::good, folder + " is made with the first backup"};
  if (!std::filesystem::is_directory(folder, failure) ||
      ::access(folder.c_str(), W_OK | X_OK) != 0) {
    return {"target", Finding::bad,
            folder +
                " is no folder that can be written: no backup can be made. Give it to this "
                "user, or name another with backups.directory."};
  }
  if (!backups::has_room(folder)) {
    return {"target", Finding::degraded,
            "less than a tenth of the disk of " + folder +
                " is free, and backups leave that alone: the next one fails. Make room there, or "
                "name another with backups.directory."};
  }
  return {"target", Finding::good, folder};
}

// Half a minute is promised, and a minute is kept: behind two of them somebody has to look.
Line look_at_log(const Config& config) {
  if (!ships_log(config)) {
    return {"log", Finding::good, "is not copied (SQLite's alone, with backups.log_every)"};
  }
  const auto at = backups::shipped_at(backup_directory(config));
  const Micros late = 2 * std::max(minute, config.duration("backups.log_every"));
  const std::string text = at ? "what was committed by " + format_time(*at) + " is copied"
                              : "nothing of it is copied yet";
  const Micros now = SystemClock().now();
  const bool well = at && now - *at <= late && !backups::is_ahead(*at, now);
  if (well) return {"log", Finding::good, text};
  return {"log", Finding::degraded,
          text +
              ". Does picsharz serve run? Its log says why it does not copy: a full disk, or a "
              "folder that cannot be written."};
}

// What a check logs goes to standard error meanwhile: standard output has the findings alone.
class LogAside {
 public:
  LogAside() : out_(::dup(STDOUT_FILENO)) {
    if (out_ >= 0) ::dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  ~LogAside() {
    if (out_ < 0) return;
    std::fflush(stdout);
    ::dup2(out_, STDOUT_FILENO);
    ::close(out_);
  }
  LogAside(const LogAside&) = delete;
  LogAside& operator=(const LogAside&) = delete;

 private:
  const int out_;
};

struct Look {
  std::string_view part;
  Line (*look)(const Config&);
};

constexpr std::array looks = {Look{"database", look_at_database},
                              Look{"disk", look_at_disk},
                              Look{"originals", look_at_originals},
                              Look{"jobs", look_at_jobs},
                              Look{"backups", look_at_backups},
                              Look{"target", look_at_target},
                              Look{"log", look_at_log},
                              Look{"models", look_at_models},
                              Look{"decoders", look_at_decoders},
                              Look{"passwords", look_at_passwords},
                              Look{"mail", look_at_mail},
                              Look{"web", look_at_web},
                              Look{"queries", look_at_queries}};

// A setting that one of them cannot read is a finding, and the others say theirs nevertheless.
std::vector<Line> look_at_all(const Config& config) {
  const LogAside aside;
  std::vector<Line> lines;
  for (const auto& [part, look] : looks) {
    try {
      lines.push_back(look(config));
    } catch (const StartupError& failure) {
      lines.push_back({part, Finding::bad, one_line(failure.what())});
    } catch (const std::exception& failure) {
      lines.push_back({part, Finding::bad,
                       "it cannot be looked at: " + one_line(failure.what()) +
                           " Put that right, and run picsharz doctor again."});
    }
  }
  return lines;
}

std::string_view word(Finding finding) {
  return finding == Finding::good ? "ok" : finding == Finding::degraded ? "degraded" : "bad";
}

}  // namespace

int run_doctor(const Invocation& invocation) {
  const std::vector<Line> lines = look_at_all(invocation.config);
  Finding worst = Finding::good;
  std::string json;
  JsonWriter out(json);
  out.begin_object().field("version", version()).key("checks").begin_array();
  for (const auto& line : lines) {
    worst = std::max(worst, line.finding);
    out.begin_object().field("part", line.part).field("state", word(line.finding));
    out.field("text", line.text).end_object();
    if (!invocation.has("--json")) {
      std::printf("%-9s %-9s %s\n", std::string(line.part).c_str(),
                  std::string(word(line.finding)).c_str(), line.text.c_str());
    }
  }
  out.end_array().end_object();
  if (invocation.has("--json")) std::printf("%s\n", json.c_str());
  return worst == Finding::good ? done : worst == Finding::degraded ? degraded : failed;
}

}  // namespace picsharz::app
