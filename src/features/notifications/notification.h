// What an account is told of, in the app and by e-mail. Plain structs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "features/photos/photo.h"

namespace picsharz::notifications {

using NotificationId = Id<struct NotificationTag>;

// The first seven are activities, with their numbers.
enum class Kind {
  follow = 1,
  follow_request = 2,
  follow_approved = 3,
  like = 4,
  comment = 5,
  reply = 6,
  mention = 7,
  decision = 8,  // of moderation, about one's own photo or comment
};

// Those about which people choose; decisions are always told.
inline constexpr std::array chosen_kinds = {
    Kind::follow,  Kind::follow_request, Kind::follow_approved, Kind::like,
    Kind::comment, Kind::reply,          Kind::mention};

enum class Email { never = 0, digest = 1, at_once = 2 };

struct Choice {
  bool in_app = true;
  Email email = Email::digest;

  bool nowhere() const { return !in_app && email == Email::never; }
};

struct Preferences {
  std::array<Choice, chosen_kinds.size()> choices;  // in the order of chosen_kinds
  int digest_hour = 0;                              // of the day, in UTC

  Choice& of(Kind kind) { return choices.at(static_cast<std::size_t>(kind) - 1); }
  const Choice& of(Kind kind) const { return choices.at(static_cast<std::size_t>(kind) - 1); }
};

struct PreferenceChange {
  std::optional<bool> in_app;
  std::optional<Email> email;
};

// Somebody who stands behind a notification.
struct Actor {
  AccountId id;
  std::string handle;
  std::string name;
  CommentId comment{};
  std::string avatar{};
};

struct People {
  std::vector<Actor> newest;  // the newest few, newest first
  std::int64_t count = 0;     // of all
};

// What a moderator decided about a photo, or about a comment under it.
struct Ruling {
  std::string outcome;    // shown, hidden, removed or suspended
  bool appealed = false;  // it answers an appeal
  CommentId comment{};
};

struct Notification {
  NotificationId id;
  AccountId account;
  Kind kind = Kind::follow;
  PhotoId photo_id{};                      // 0: of no photo
  std::optional<photos::PhotoView> photo;  // as the account sees it
  People people;
  std::optional<std::string> excerpt;  // of the newest comment
  Ruling ruling;                       // of a decision
  bool unread = true;
  Micros updated_at = 0;
  Micros told_at = 0;  // of who came until then the account knows, or has a mail
  std::int64_t mails = 0;
};

// Everything of one transaction that goes into one notification.
struct News {
  AccountId account;
  Kind kind = Kind::follow;
  PhotoId photo{};
  std::vector<Actor> actors{};  // each once; ids and comments only

  std::int64_t topic() const { return photo.value; }
};

// Who a mail goes to.
struct Recipient {
  AccountId id;
  std::string email;
  std::string name;
  std::string language{"en"};
};

}  // namespace picsharz::notifications
