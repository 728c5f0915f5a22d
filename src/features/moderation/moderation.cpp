#include "features/moderation/moderation.h"

#include <array>

namespace picsharz::moderation {

namespace {

constexpr std::array<std::string_view, 3> origins = {"classifier", "reports", "appeal"};
constexpr std::array<std::string_view, 7> actions = {"hold",    "approve", "keep_hidden", "remove",
                                                     "suspend", "undo",    "erase"};

}  // namespace

std::string_view origin_name(Origin origin) { return origins[static_cast<std::size_t>(origin)]; }
std::string_view action_name(Action action) { return actions[static_cast<std::size_t>(action)]; }

std::optional<Action> decision_of(std::string_view name) {
  for (const Action action :
       {Action::approve, Action::keep_hidden, Action::remove, Action::suspend}) {
    if (action_name(action) == name) return action;
  }
  return std::nullopt;
}

}  // namespace picsharz::moderation
