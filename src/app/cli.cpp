#include "app/cli.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "app/foundation.h"
#include "app/instance_routes.h"
#include "app/page_opener.h"
#include "base/log.h"
#include "confinement/child_process.h"
#include "image/decoder_pool.h"
#include "warehouse/warehouse_main.h"

extern char** environ;

namespace picsharz::app {

namespace {

constexpr Option json_option = {"--json", "", "print JSON"};

constexpr Option serve_options[] = {
    {"--no-jobs", "", "only the web; a worker runs elsewhere"},
};
constexpr Option migrate_options[] = {
    {"--dry-run", "", "only say what would be applied"},
    json_option,
};
constexpr Option account_create_options[] = {
    {"--handle", "HANDLE", "3 to 30 of a-z, 0-9 and _"},
    {"--name", "NAME", "the name that others see"},
    {"--email", "ADDRESS", "taken as proved"},
    {"--country", "CODE", "two letters; default SG"},
    {"--admin", "", "make an administrator"},
    {"--password-file", "FILE", "its first line; - is standard input"},
    json_option,
};
constexpr Option account_delete_options[] = {
    {"--now", "", "erase it at once: nobody can take it back"},
    json_option,
};
constexpr Option list_options[] = {json_option};
constexpr Option show_options[] = {
    {"--origin", "", "say where each value comes from"},
    json_option,
};

constexpr Option retag_options[] = {
    {"--status", "", "only say how far it is"},
    json_option,
};
constexpr Option replay_options[] = {
    {"--thresholds", "G,E,S", "gate, explicit, suggestive; default: as configured"},
    json_option,
};
constexpr Option verify_options[] = {
    {"--rate", "MIB", "read at most so many MiB a second"},
    json_option,
};

constexpr Option cost_options[] = {
    {"--month", "YYYY-MM", "default: the one that it is"},
    {"--projection", "", "what a month would cost, beside the original's bill"},
    {"--assume", "NAME=VALUE,...", "other assumptions for the projection, which lists all"},
    {"--format", "FORMAT", "text, csv or json; default text"},
    json_option,
};
constexpr Option cost_prices_options[] = {
    {"--format", "FORMAT", "text, csv or json; default text"},
    json_option,
};

constexpr Option reindex_options[] = {
    {"--resume", "", "go on where an earlier one was ended"},
};

constexpr Option backup_options[] = {
    {"--full", "", "read and copy again what lies in the target already"},
    {"--archive", "", "figures without people and photos, to be kept for ever"},
    {"--format", "FORMAT", "parquet, json or csv; default: as configured"},
    {"--to", "DIR", "another target than the configured one"},
    {"--begin", "", "begin anew at a target that is another one, on purpose"},
    json_option,
};
constexpr Option backup_list_options[] = {
    {"--to", "DIR", "another target than the configured one"},
    json_option,
};
constexpr Option rebuild_options[] = {
    {"--at", "TIME", "a moment, as 2026-11-29T05:00:00Z; default: the last that there is"},
    {"--to", "DIR", "another target than the configured one"},
    json_option,
};
constexpr Option restore_options[] = {
    {"--at", "TIME", "a moment of SQLite's log, as 2026-11-29T05:00:00Z, made a backup first"},
    {"--data", "DIR", "the data folder to fill; default: the configured one"},
    {"--database", "URL", "the empty PostgreSQL database to fill; default: as configured"},
    {"--journal", "DIR", "a target that knows later deletions; the configured one is asked anyway"},
    json_option,
};

constexpr Option query_words[] = {
    {"--backup", "FOLDER", "a backup's folder, or an id; default: the newest proved one"},
    {"--format", "FORMAT", "table, csv, json (an object a line) or parquet; default: table"},
    {"--output", "FILE", "where csv, json and parquet go; default: standard output"},
    json_option,
};

constexpr Command table[] = {
    {"serve", "picsharz serve", "serve the site and do its jobs", serve_options, "", run_serve},
    {"worker",
     "picsharz worker",
     "only do the jobs of a site served elsewhere",
     {},
     "",
     run_worker},
    {"migrate", "picsharz migrate --dry-run", "bring the database to this version", migrate_options,
     "", run_migrate},
    {"account create",
     "picsharz account create --admin --handle mei --name 'Mei Tan' --email mei@example.org",
     "make an account; the password is asked for", account_create_options, "", run_account_create},
    {"account list", "picsharz account list", "list the accounts", list_options, "",
     run_account_list},
    {"account role", "picsharz account role mei moderator",
     "make an account member, moderator or administrator", list_options, "HANDLE ROLE",
     run_account_role},
    {"account totp-off", "picsharz account totp-off mei",
     "open an account whose authenticator and recovery codes are lost", list_options, "HANDLE",
     run_account_totp_off},
    {"account delete", "picsharz account delete mei",
     "hide an account at once and erase it after the days of grace; a mail tells its owner",
     account_delete_options, "HANDLE", run_account_delete},
    {"account restore", "picsharz account restore mei",
     "take a deleted account back before it is erased", list_options, "HANDLE",
     run_account_restore},
    {"config check",
     "picsharz config check",
     "say whether the configuration is right",
     {},
     "",
     run_config_check},
    {"config show", "picsharz config show --origin", "print every setting", show_options, "",
     run_config_show},
    {"routes", "picsharz routes --json", "list the addresses of the API and who may use them",
     list_options, "", run_routes},
    {"doctor", "picsharz doctor", "say what is wrong and what to do", list_options, "", run_doctor},
    {"backup", "picsharz backup --to /mnt/other-disk",
     "make a backup and prove it; a server may run beside it", backup_options, "", run_backup},
    {"backup list", "picsharz backup list", "list the backups and their proofs",
     backup_list_options, "", run_backup_list},
    {"backup prove", "picsharz backup prove 20261129t001500z",
     "restore a backup into a scratch instance and compare it", backup_list_options, "ID",
     run_backup_prove},
    {"backup rebuild", "picsharz backup rebuild --at 2026-11-29T05:00:00Z --to /mnt/other-disk",
     "make a backup of any moment of the last days from SQLite's log, and prove it",
     rebuild_options, "", run_backup_rebuild},
    {"restore", "picsharz restore /mnt/other-disk --data /var/lib/picsharz",
     "put a backup onto an empty host; SQLite and PostgreSQL take each other's", restore_options,
     "FROM", run_restore},
    {"query", "picsharz query 'select count(*) from photos'",
     "ask a backup a question in SQL; the running site is never asked", query_words, "SQL",
     run_query},
    {"verify", "picsharz verify --rate 20",
     "read every stored photo and the search index, and repair what can be", verify_options, "",
     run_verify},
    {"reindex", "picsharz reindex", "make the search index anew; a server may run beside it",
     reindex_options, "", run_reindex},
    {"retag", "picsharz retag --status", "label all photos again, in the background", retag_options,
     "", run_retag},
    {"mail test", "picsharz mail test you@example.org",
     "send one mail now, and say what the mail server answers", list_options, "ADDRESS",
     run_mail_test},
    {"mail list", "picsharz mail list", "say which mails wait and which came back", list_options,
     "", run_mail_list},
    {"cost", "picsharz cost --projection --assume members=100000,cache_hits=60",
     "say what a month cost, here and as the original's services would bill it", cost_options, "",
     run_cost},
    {"cost prices", "picsharz cost prices --format csv",
     "list the prices of both books, and who changed which", cost_prices_options, "",
     run_cost_prices},
    {"moderation replay", "picsharz moderation replay --thresholds 0.2,0.9,0.5",
     "try thresholds on what the classifier said of all photos; changes nothing", replay_options,
     "", run_moderation_replay},
};

constexpr Option global_options[] = {
    {"--config", "FILE", "default /etc/picsharz/picsharz.toml"},
    {"--set", "SECTION.KEY=VALUE", "override a setting; also PICSHARZ_SECTION__KEY"},
    {"--help", "", "explain a command"},
    {"--version", "", "print the version"},
};

void print_options(std::span<const Option> options) {
  for (const auto& option : options) {
    std::string left = "  " + std::string(option.name);
    if (!option.value.empty()) left += " " + std::string(option.value);
    std::printf("%-30s %s\n", left.c_str(), std::string(option.meaning).c_str());
  }
}

void print_help() {
  std::printf("Example: picsharz serve\n\nA community for photos, in one program.\n\nCommands:\n");
  for (const auto& command : table) {
    std::printf("  %-18s %s\n", std::string(command.name).c_str(),
                std::string(command.meaning).c_str());
  }
  std::printf("\nOptions:\n");
  print_options(global_options);
}

void print_help_of(const Command& command) {
  std::printf("Example: %s\n\n%s: %s\n\nUsage: picsharz %s%s%s [options]\n\nOptions:\n",
              std::string(command.example).c_str(), std::string(command.name).c_str(),
              std::string(command.meaning).c_str(), std::string(command.name).c_str(),
              command.arguments.empty() ? "" : " ", std::string(command.arguments).c_str());
  print_options(command.options);
  print_options(global_options);
}

int wrong_usage(std::string_view what, std::string_view command) {
  std::fprintf(stderr, "%s\nSee: picsharz %s%s--help\n", std::string(what).c_str(),
               std::string(command).c_str(), command.empty() ? "" : " ");
  return usage;
}

const Option* find_option(std::span<const Option> options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &Option::name);
  return found == options.end() ? nullptr : &*found;
}

// The words of a command line, sorted out.
struct Words {
  const Command* command = nullptr;
  std::map<std::string, std::string, std::less<>> options;
  std::vector<std::string> settings;  // --set
  std::vector<std::string> arguments;
  std::string error;
};

// Takes the command's one or two words off the front.
const Command* take_command(std::vector<std::string>& words) {
  for (const std::size_t length : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < length) continue;
    const std::string name = length == 2 ? words[0] + " " + words[1] : words[0];
    const auto found = std::ranges::find(table, name, &Command::name);
    if (found == std::end(table)) continue;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(length));
    return found;
  }
  return nullptr;
}

Words parse(std::vector<std::string> words) {
  Words parsed;
  // Options may stand before the command too: find it behind them.
  auto first = std::ranges::find_if(words, [](const auto& w) { return !w.starts_with('-'); });
  while (first != words.begin() && first != words.end() &&
         (*(first - 1) == "--config" || *(first - 1) == "--set")) {
    first = std::find_if(first + 1, words.end(), [](const auto& w) { return !w.starts_with('-'); });
  }
  std::vector<std::string> before(words.begin(), first);
  std::vector<std::string> rest(first, words.end());
  parsed.command = take_command(rest);
  if (parsed.command == nullptr && !rest.empty()) {
    parsed.error = "There is no command \"" + rest[0] + "\".";
    return parsed;
  }
  before.insert(before.end(), rest.begin(), rest.end());
  const std::span<const Option> own =
      parsed.command == nullptr ? std::span<const Option>() : parsed.command->options;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const std::string& word = before[i];
    if (!word.starts_with("--")) {
      parsed.arguments.push_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = find_option(own, name);
    if (option == nullptr) option = find_option(global_options, name);
    if (option == nullptr) return parsed.error = "There is no option " + name + ".", parsed;
    std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (!option->value.empty() && equals == std::string::npos) {
      if (++i == before.size()) return parsed.error = name + " needs a value.", parsed;
      value = before[i];
    }
    if (name == "--set") {
      parsed.settings.push_back(value);
    } else if (name == "--data" || name == "--database") {
      // The same as two settings, under the names that one looks for in an emergency.
      parsed.settings.push_back((name == "--data" ? "data.dir=" : "database.url=") + value);
    } else {
      parsed.options[name] = value;
    }
  }
  return parsed;
}

int run_parsed(const Words& words, const std::string& program) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  const auto file = words.options.find("--config");
  const auto config =
      Config::load(file == words.options.end() ? "" : file->second, environment, words.settings);
  if (!config) {
    for (const auto& error : config.error()) {
      std::fprintf(stderr, "%s: %s\n", error.where.c_str(), error.what.c_str());
    }
    return usage;
  }
  const std::string level = config->text("log.level");
  set_log_level(level == "debug"     ? LogLevel::debug
                : level == "warning" ? LogLevel::warning
                : level == "error"   ? LogLevel::error
                                     : LogLevel::info);
  set_log_terminal(::isatty(STDOUT_FILENO) == 1);
  return words.command->run({*config, words.options, words.arguments, program});
}

std::size_t expected_arguments(const Command& command) {
  if (command.arguments.empty()) return 0;
  return 1 + static_cast<std::size_t>(std::ranges::count(command.arguments, ' '));
}

}  // namespace

std::span<const Command> commands() { return table; }

int complain(std::string_view what) {
  std::fprintf(stderr, "%s\n", std::string(what).c_str());
  return failed;
}

int run_command_line(int count, char** words) {
  // ONNX Runtime would report to its maker; said before any thread reads the environment.
  ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  // Hidden: the process that decodes pictures, started by this very program.
  if (count == 2 && std::string_view(words[1]) == "decoder") {
    image::decoder_main(confinement::child_socket);
  }
  // Hidden: the process that has DuckDB in it.
  if (count == 2 && std::string_view(words[1]) == "warehouse") {
    warehouse::warehouse_main(confinement::child_socket);
  }
  // Hidden: the process that opens pages of a restored backup.
  if (count == 2 && std::string_view(words[1]) == pages_command) {
    page_opener_main(confinement::child_socket);
  }

  const Words parsed = parse(std::vector<std::string>(words + 1, words + count));
  if (!parsed.error.empty())
    return wrong_usage(parsed.error, parsed.command ? parsed.command->name : "");
  if (parsed.options.contains("--version")) {
    std::printf("picsharz %s\n", std::string(version()).c_str());
    return done;
  }
  if (parsed.command == nullptr) {
    print_help();
    return parsed.options.contains("--help") ? done : usage;
  }
  if (parsed.options.contains("--help")) return print_help_of(*parsed.command), done;
  if (parsed.arguments.size() != expected_arguments(*parsed.command)) {
    return wrong_usage("This command takes other arguments.", parsed.command->name);
  }
  try {
    return run_parsed(parsed, words[0]);
  } catch (const StartupError& failure) {
    return complain(failure.what());
  } catch (const std::exception& failure) {
    return complain(std::string("It failed: ") + failure.what() + "\nRun picsharz doctor.");
  }
}

}  // namespace picsharz::app
