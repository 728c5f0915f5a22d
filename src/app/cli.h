// The command line: one table of commands, from which parsing, --help and later the completions and
// manual pages come.
//
// Exit:      0 done, 1 failed, 2 wrong usage, 3 done but degraded.
// Threads:   main's.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"

namespace picsharz::app {

enum ExitStatus { done = 0, failed = 1, usage = 2, degraded = 3 };

struct Option {
  std::string_view name;   // "--json"
  std::string_view value;  // "" for a switch, else what stands for it in the help: "NAME"
  std::string_view meaning;
};

struct Invocation {
  const Config& config;
  std::map<std::string, std::string, std::less<>> options;  // a switch is ""
  std::vector<std::string> arguments;
  std::string program;

  bool has(std::string_view option) const { return options.contains(option); }
  std::string get(std::string_view option) const {
    const auto found = options.find(option);
    return found == options.end() ? std::string() : found->second;
  }
};

struct Command {
  std::string_view name;  // "account create"
  std::string_view example;
  std::string_view meaning;
  std::span<const Option> options;
  std::string_view arguments;  // "HANDLE ROLE", "" for none
  int (*run)(const Invocation&);
};

std::span<const Command> commands();
int run_command_line(int count, char** words);

// Says on standard error what happened and what to do.
int complain(std::string_view what);

// The commands.
int run_serve(const Invocation& invocation);
int run_worker(const Invocation& invocation);
int run_migrate(const Invocation& invocation);
int run_account_create(const Invocation& invocation);
int run_account_list(const Invocation& invocation);
int run_account_role(const Invocation& invocation);
int run_account_totp_off(const Invocation& invocation);
int run_account_delete(const Invocation& invocation);
int run_account_restore(const Invocation& invocation);
int run_config_check(const Invocation& invocation);
int run_config_show(const Invocation& invocation);
int run_routes(const Invocation& invocation);
int run_doctor(const Invocation& invocation);
int run_backup(const Invocation& invocation);
int run_backup_list(const Invocation& invocation);
int run_backup_prove(const Invocation& invocation);
int run_backup_rebuild(const Invocation& invocation);
int run_restore(const Invocation& invocation);
int run_query(const Invocation& invocation);
int run_verify(const Invocation& invocation);
int run_reindex(const Invocation& invocation);
int run_moderation_replay(const Invocation& invocation);
int run_mail_test(const Invocation& invocation);
int run_mail_list(const Invocation& invocation);
int run_retag(const Invocation& invocation);
int run_cost(const Invocation& invocation);
int run_cost_prices(const Invocation& invocation);

}  // namespace picsharz::app
