// An account: a person whose e-mail address is proved. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/viewer.h"

namespace picsharz::accounts {

enum class AccountState { active = 0, suspended = 1, deleted = 2 };

// What a person agreed to at sign-up.
struct Acceptance {
  std::string terms_version;
  Micros accepted_at = 0;        // 0: nothing was asked
  std::int64_t minimum_age = 0;  // that the person said to have reached
};

struct Account {
  AccountId id;
  std::string handle;
  std::string email;  // its owner's and administrators' to see
  std::string name;
  std::string bio;
  std::string country;          // ISO 3166-1 alpha-2
  std::string language = "en";  // of its mails
  Role role = Role::member;
  AccountState state = AccountState::active;
  bool is_private = false;
  bool show_camera = false;      // what new photos begin with
  bool allow_download = false;   // the same
  bool comments_allowed = true;  // the same
  std::int64_t photos = 0;       // published, public ones
  std::int64_t followers = 0;
  std::int64_t following = 0;
  Micros created_at = 0;
  Acceptance accepted{};  // its owner's to see
  std::string avatar{};   // names its pictures; "": none
};

// What a person types to sign up.
struct SignUp {
  std::string handle;
  std::string name;
  std::string email;
  std::string password;
  std::string country;
  std::string invitation{};  // the token of one; "": none
  bool accept_terms = false;
  bool confirm_age = false;
  std::string language = "en";  // or what a browser says of it: an Accept-Language header
};

struct ProfileChange {
  std::optional<std::string> handle;
  std::optional<std::string> name;
  std::optional<std::string> bio;
  std::optional<std::string> country;
  std::optional<std::string> language;
  std::optional<bool> is_private;
  std::optional<bool> show_camera;
  std::optional<bool> allow_download;
  std::optional<bool> comments_allowed;
};

std::string_view role_name(Role role);  // "member"
std::optional<Role> role_of(std::string_view name);
std::string_view state_name(AccountState state);  // "active"

}  // namespace picsharz::accounts
