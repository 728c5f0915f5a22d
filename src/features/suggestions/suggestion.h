// Whom somebody may want to follow, and why. Plain structs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "features/accounts/account.h"

namespace picsharz::suggestions {

// The strongest first.
enum class ReasonKind {
  followed_by = 0,  // by people whom the viewer follows
  liked = 1,        // the viewer liked their photos
  label = 2,        // their photos show what is in photos that the viewer liked
  active = 3,       // they uploaded lately
};

struct Reason {
  ReasonKind kind = ReasonKind::active;
  std::int64_t count = 0;  // followed_by: of people; else of photos
  std::string handle{};    // followed_by: one of these people
  std::string name{};
  std::string label{};  // label: which
};

struct Suggestion {
  accounts::Account account;
  Reason reason;
};

// What one source says of an account.
struct Hint {
  AccountId account;
  std::int64_t count = 0;
  AccountId by{};       // followed_by: one of those who follow
  std::string label{};  // label: which
};

// All sources, each in an order of its own.
struct Hints {
  std::vector<Hint> followed_by;
  std::vector<Hint> liked;
  std::vector<Hint> label;
  std::vector<Hint> active;
};

}  // namespace picsharz::suggestions
