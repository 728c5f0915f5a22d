#include "features/notifications/notification_rules.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace picsharz::notifications {

namespace {

constexpr std::array<std::string_view, 8> kind_names = {
    "follow",  "follow_request", "follow_approved", "like",
    "comment", "reply",          "mention",         "decision"};
constexpr std::array<std::string_view, 3> email_names = {"never", "digest", "at_once"};

}  // namespace

std::string_view kind_name(Kind kind) { return kind_names.at(static_cast<std::size_t>(kind) - 1); }

std::optional<Kind> chosen_kind_of(std::string_view name) {
  for (const Kind kind : chosen_kinds) {
    if (kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string_view email_name(Email email) { return email_names.at(static_cast<std::size_t>(email)); }

std::optional<Email> email_of(std::string_view name) {
  const auto found = std::ranges::find(email_names, name);
  if (found == email_names.end()) return std::nullopt;
  return static_cast<Email>(found - email_names.begin());
}

Preferences default_preferences() {
  Preferences preferences;
  preferences.digest_hour = digest_hour_default;
  for (const Kind kind : {Kind::follow, Kind::follow_request, Kind::mention}) {
    preferences.of(kind).email = Email::at_once;
  }
  return preferences;
}

Micros next_digest(Micros now, int hour_of_day) {
  const Micros today = now - now % day + hour_of_day * hour;
  return today > now ? today : today + day;
}

std::vector<News> gathered(const std::vector<activity::Activity>& activities) {
  using Key = std::tuple<std::int64_t, int, std::int64_t>;
  std::map<Key, News> found;
  for (const activity::Activity& each : activities) {
    const auto kind = static_cast<Kind>(each.kind);
    News& news = found[{each.account.value, static_cast<int>(kind), each.photo.value}];
    news.account = each.account;
    news.kind = kind;
    news.photo = each.photo;
    const auto known = std::ranges::find(news.actors, each.actor, &Actor::id);
    if (known != news.actors.end()) {
      known->comment = each.comment;
    } else {
      news.actors.push_back({.id = each.actor, .handle = {}, .name = {}, .comment = each.comment});
    }
  }
  std::vector<News> all;
  all.reserve(found.size());
  for (auto& [key, news] : found) all.push_back(std::move(news));
  return all;
}

}  // namespace picsharz::notifications
