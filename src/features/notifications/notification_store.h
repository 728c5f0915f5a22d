// Rows of notifications and of the people behind them. No rules, no clock.
//
// What:      what is shown, counted or mailed is looked at through notification_truth.h.
// Threads:   stateless; every method works in the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/page.h"
#include "db/database.h"
#include "features/accounts/account_store.h"
#include "features/notifications/notification.h"

namespace picsharz::notifications {

// A notification as it begins, or what it becomes when more people join.
struct NewNotification {
  NotificationId id;
  AccountId account;
  Kind kind = Kind::follow;
  std::int64_t topic = 0;
  std::optional<PhotoId> photo{};
  Ruling ruling{};
  bool in_app = true;
  std::int64_t size = 0;  // who joins now
  Micros now = 0;
  std::optional<Micros> mail_at{};  // of the first mail
  Micros mail_gap = 0;              // between the last mail and the next
  bool digest = false;
};

// What is due at which time: whoever changes that first sends it.
template <class T>
struct Due {
  T id{};
  Micros at = 0;
};

class NotificationStore {
 public:
  // --- what is new

  // Whom of these the account is to hear of: what they did stands, all are there, the photo may be
  // seen, and it was not told already since `since`.
  std::vector<Actor> heard(db::Tx& tx, const News& news, Micros since);
  // One that was read and began before `before`, or that `most` people joined, takes no more.
  void close(db::Tx& tx, const News& news, Micros before, int most);
  struct Put {
    NotificationId id;
    Micros told_at = 0;
  };
  // The one that takes people, or a new one.
  Put put(db::Tx& tx, const NewNotification& notification);
  void put_actors(db::Tx& tx, NotificationId id, const std::vector<Actor>& actors, Micros now);
  // All but the newest `kept` of an account go.
  void forget_oldest(db::Tx& tx, AccountId account, int kept);
  // Up to `most` that began and were last added to before `before`; how many.
  int forget_old(db::Tx& tx, NotificationId began, Micros before, int most);
  // To every process whose pages show something of the account: its count changed.
  void announce(db::Tx& tx, AccountId account);

  // --- what is shown

  std::vector<Notification> list(db::Tx& tx, AccountId account, const PageRequest& page);
  // Those behind it that are heard of and came after `since`.
  People people(db::Tx& tx, NotificationId id, Micros since, int newest);
  std::optional<std::string> excerpt(db::Tx& tx, CommentId comment);
  // Of these, those that the account may see; in no order.
  std::vector<photos::PhotoView> photos(db::Tx& tx, AccountId account,
                                        std::span<const PhotoId> ids);
  int unread(db::Tx& tx, AccountId account, int most);
  // An own one; shown or not.
  bool exists(db::Tx& tx, AccountId account, NotificationId id);
  // That one, or it and all that stand below it in the list; how many were unread.
  int read(db::Tx& tx, AccountId account, NotificationId id, bool and_older, Micros now);

  // --- what is mailed

  std::vector<Due<NotificationId>> due_mails(db::Tx& tx, Micros now, int most);
  // With what stands behind it, where it is still unread, shown or for mails only.
  std::optional<Notification> find_unread(db::Tx& tx, NotificationId id);
  // False: another process has it.
  bool take_mail(db::Tx& tx, const Due<NotificationId>& due);
  void set_mailed(db::Tx& tx, NotificationId id, Micros now);
  // Of an active account.
  std::optional<Recipient> recipient(db::Tx& tx, AccountId account);
  // What the daily mail tells, newest first.
  std::vector<Notification> for_digest(db::Tx& tx, AccountId account, int most);
  void set_digested(db::Tx& tx, AccountId account, Micros now);

 private:
  accounts::AccountStore accounts_;
};

}  // namespace picsharz::notifications
