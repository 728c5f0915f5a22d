#include "features/notifications/unsubscribe_links.h"

namespace picsharz::notifications {

namespace {

constexpr std::size_t signature_bytes = 16;

// Numbers, because rules may rename a kind and mails stay in inboxes for years. 0: the daily mail.
std::string named(const Subscription& subscription) {
  const int kind = subscription.kind ? static_cast<int>(*subscription.kind) : 0;
  return subscription.account.str() + "." + std::to_string(kind);
}

}  // namespace

std::string UnsubscribeLinks::token(const Subscription& subscription) const {
  const std::string name = named(subscription);
  const auto signature = key_.sign("unsubscribe:" + name);
  return name + "." + crypto::base64url(crypto::view(signature).substr(0, signature_bytes));
}

std::optional<Subscription> UnsubscribeLinks::read(std::string_view given) const {
  const auto first = given.find('.');
  const auto account = AccountId::parse(given.substr(0, first));
  if (!account || first + 2 >= given.size() || given[first + 2] != '.') return std::nullopt;
  const int kind = given[first + 1] - '0';
  if (kind < 0 || kind > static_cast<int>(chosen_kinds.size())) return std::nullopt;
  Subscription found{*account, std::nullopt};
  if (kind > 0) found.kind = static_cast<Kind>(kind);
  if (!crypto::equal(token(found), given)) return std::nullopt;
  return found;
}

}  // namespace picsharz::notifications
