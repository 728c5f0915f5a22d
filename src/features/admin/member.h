// A member as administrators see one, and what they did to them. Plain structs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "features/accounts/account.h"

namespace picsharz::admin {

using AdminActionId = Id<struct AdminActionTag>;

struct Member {
  AccountId id;
  std::string handle;
  std::string name;
  std::string email;
  std::string country;
  Role role = Role::member;
  accounts::AccountState state = accounts::AccountState::active;
  Micros created_at = 0;
  std::int64_t photos = 0;            // in whatever state
  std::int64_t bytes = 0;             // of originals, with what open uploads have reserved
  std::optional<std::int64_t> quota;  // of their own; nullopt: what everybody has
  std::int64_t sessions = 0;
  Micros seen_at = 0;  // when a session was used last, 0: none is known
};

// Which members a list holds. What is not given does not choose.
struct MemberFilter {
  // A part of the handle, the name or the address; case does not count, nor, at the beginning of
  // a word of the handle or name, do diacritics.
  std::string text;
  std::optional<Role> role;
  std::optional<accounts::AccountState> state;
};

// Numbers are in the database: never renumber. Those from 5 on are about no account.
enum class ActionKind {
  role = 0,
  suspend = 1,
  reinstate = 2,
  quota = 3,
  sessions = 4,
  backup_asked = 5,
  backup_removed = 6,
  backup_downloaded = 7,
  question = 8,
  job_retried = 9,
  mails_read = 10,
  storage_checked = 11,
  popular_ranked = 12,
};

// One line of the log. The people are named as they are called now, "" once they are gone.
struct Action {
  AdminActionId id;
  AccountId actor;
  AccountId account;
  ActionKind kind = ActionKind::role;
  // "moderator", bytes or "" for what everybody has, how many sessions and, where there were any,
  // how many tokens: "2 1"; a backup's id, and its tables where those were read; a job's id; a
  // mail's id, or "" for all.
  std::string detail;
  std::string reason;
  Micros created_at = 0;
  std::string actor_handle{};
  std::string account_handle{};
};

}  // namespace picsharz::admin
