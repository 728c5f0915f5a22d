#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>

#include "app/cli.h"
#include "app/foundation.h"
#include "base/json.h"
#include "features/accounts/account_json.h"
#include "features/accounts/account_service.h"
#include "features/accounts/password_service.h"
#include "features/accounts/signup_service.h"
#include "features/departures/departure_service.h"
#include "features/sessions/role_service.h"
#include "features/sessions/totp_service.h"

namespace picsharz::app {

namespace {

int refuse(const Error& error) { return complain(error.message + " " + error.action); }

// Without showing what is typed.
std::string ask_password() {
  termios before{};
  const bool terminal = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before) == 0;
  if (terminal) {
    std::fprintf(stderr, "Password: ");
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  std::string password;
  std::getline(std::cin, password);
  if (terminal) {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    std::fprintf(stderr, "\n");
  }
  return password;
}

std::optional<std::string> read_password(const Invocation& invocation) {
  const std::string file = invocation.get("--password-file");
  if (file.empty() || file == "-") return ask_password();
  std::ifstream stream(file);
  std::string password;
  if (!std::getline(stream, password)) return std::nullopt;
  return password;
}

void print_account(const accounts::Account& account) {
  std::printf("%-31s %-14s %-10s %s\n", account.handle.c_str(),
              std::string(accounts::role_name(account.role)).c_str(),
              std::string(accounts::state_name(account.state)).c_str(), account.name.c_str());
}

}  // namespace

int run_account_create(const Invocation& invocation) {
  const auto password = read_password(invocation);
  if (!password) return complain("The password file cannot be read. Check --password-file.");
  Foundation foundation(invocation.config);
  accounts::SignupService signups(
      *foundation.database, foundation.ids, foundation.clock, foundation.queue, foundation.outbox,
      {.mail = foundation.mail_context(), .cost = foundation.password_cost()});
  const std::string country = invocation.get("--country");
  const auto account =
      signups.create({.handle = invocation.get("--handle"),
                      .name = invocation.get("--name").empty() ? invocation.get("--handle")
                                                               : invocation.get("--name"),
                      .email = invocation.get("--email"),
                      .password = *password,
                      .country = country.empty() ? "SG" : country},
                     invocation.has("--admin") ? Role::administrator : Role::member);
  if (!account) return refuse(account.error());
  if (invocation.has("--json")) {
    std::printf("%s\n", accounts::own_account_json(*account).c_str());
  } else {
    print_account(*account);
  }
  return done;
}

int run_account_list(const Invocation& invocation) {
  Foundation foundation(invocation.config);
  accounts::AccountService service(*foundation.database);
  PageRequest request{.after = std::nullopt, .limit = 100};
  std::string json = "[";
  for (bool more = true; more;) {
    const auto page = service.list(request);
    for (const auto& account : page.items) {
      if (!invocation.has("--json")) {
        print_account(account);
        continue;
      }
      if (json.size() > 1) json += ",";
      json += accounts::own_account_json(account);
    }
    request.after = page.next;
    more = page.next.has_value();
  }
  if (invocation.has("--json")) std::printf("%s]\n", json.c_str());
  return done;
}

int run_account_role(const Invocation& invocation) {
  const auto role = accounts::role_of(invocation.arguments.at(1));
  if (!role) {
    complain("A role is member, moderator or administrator.");
    return usage;
  }
  Foundation foundation(invocation.config);
  accounts::AccountService people(*foundation.database);
  const auto account =
      sessions::RoleService(*foundation.database, people).set(invocation.arguments.at(0), *role);
  if (!account) return refuse(account.error());
  if (invocation.has("--json")) {
    std::printf("%s\n", accounts::own_account_json(*account).c_str());
  } else {
    print_account(*account);
  }
  return done;
}

int run_account_totp_off(const Invocation& invocation) {
  Foundation foundation(invocation.config);
  accounts::AccountService people(*foundation.database);
  accounts::PasswordService passwords(
      *foundation.database, foundation.clock, foundation.queue, foundation.outbox, foundation.key,
      {.mail = foundation.mail_context(), .cost = foundation.password_cost()});
  sessions::TotpService totps(*foundation.database, foundation.clock, foundation.outbox, passwords,
                              foundation.mail_context());
  const std::string& handle = invocation.arguments.at(0);
  const auto account =
      foundation.database->read([&](db::Tx& tx) { return people.active(tx, handle); });
  if (!account) return complain("There is no account " + handle + ". Check its handle.");
  const bool removed = totps.remove(*account);
  if (invocation.has("--json")) {
    std::printf("{\"handle\":\"%s\",\"removed\":%s}\n", account->handle.c_str(),
                removed ? "true" : "false");
  } else {
    std::printf("%s\n",
                removed ? "Switched off. A mail tells its owner." : "No authenticator was set up.");
  }
  return done;
}

namespace {

// What both commands about deleted accounts stand on.
struct Departing {
  explicit Departing(const Config& config) : foundation(config) {}

  Foundation foundation;
  accounts::PasswordService passwords{
      *foundation.database,
      foundation.clock,
      foundation.queue,
      foundation.outbox,
      foundation.key,
      {.mail = foundation.mail_context(), .cost = foundation.password_cost()}};
  sessions::TotpService totps{*foundation.database, foundation.clock, foundation.outbox, passwords,
                              foundation.mail_context()};
  departures::DepartureService departures{
      *foundation.database,
      foundation.clock,
      foundation.queue,
      foundation.outbox,
      passwords,
      totps,
      {.mail = foundation.mail_context(),
       .grace = foundation.config.number("accounts.deletion_grace_days") * day}};
};

int no_such_account(const std::string& handle) {
  return complain("There is no such account " + handle + ". Check its handle.");
}

}  // namespace

int run_account_delete(const Invocation& invocation) {
  Departing departing(invocation.config);
  const std::string& handle = invocation.arguments.at(0);
  const auto left = departing.departures.remove(handle, invocation.has("--now"));
  if (!left) {
    return left.error().kind == ErrorKind::not_found ? no_such_account(handle)
                                                     : refuse(left.error());
  }
  if (invocation.has("--json")) {
    std::string json;
    JsonWriter(json)
        .begin_object()
        .field("id", left->account)
        .time_field("erased_at", left->erase_at)
        .end_object();
    std::printf("%s\n", json.c_str());
  } else if (invocation.has("--now")) {
    std::printf("Nobody sees it any more. A running server erases it now.\n");
  } else {
    std::printf(
        "Nobody sees it any more. It is erased after %s; until then `picsharz account"
        " restore` takes it back.\n",
        format_time(left->erase_at).c_str());
  }
  return done;
}

int run_account_restore(const Invocation& invocation) {
  Departing departing(invocation.config);
  const std::string& handle = invocation.arguments.at(0);
  const auto account = departing.departures.restore(handle);
  if (!account) {
    return complain("No account " + handle + " can be taken back. It was not deleted, or is " +
                    "erased already.");
  }
  if (invocation.has("--json")) {
    std::printf("%s\n", accounts::own_account_json(*account).c_str());
  } else {
    print_account(*account);
  }
  return done;
}

}  // namespace picsharz::app
