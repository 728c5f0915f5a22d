// Mails that were given up, and addresses that take none.
//
// What:      a bounce is a row: which mail, to whom, what the server said. An address that is
//            refused again and again gets only what somebody asked for (a code, a link), until it
//            takes a mail. The newest 1,000 bounces are kept, for 30 days.
// Threads:   thread-safe.
// Failures:  those of the database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/page.h"
#include "db/database.h"
#include "mail/mailer.h"

namespace picsharz::mail {

enum class BounceCause {
  address = 0,  // the server knows no such address
  mail = 1,     // it will not take this mail
  time = 2,     // nobody took it for days
};

struct Bounce {
  MailId id;
  std::string message_id;
  std::string to;
  std::string subject;
  BounceCause cause = BounceCause::address;
  std::string reason;         // what the server said
  std::int64_t refusals = 0;  // of the address, in a row
  Micros created_at = 0;
};

std::string_view cause_name(BounceCause cause);  // "address"

class BounceLog {
 public:
  BounceLog(IdSource& ids, const Clock& clock) : ids_(ids), clock_(clock) {}

  void record(db::Tx& tx, const Mail& mail, BounceCause cause, std::string_view reason);
  // The address took a mail.
  void taken(db::Tx& tx, std::string_view address);
  // Whether it gets only what somebody asked for.
  bool is_refusing(db::Tx& tx, std::string_view address) const;
  // What is known of an address whose owner is gone.
  void forget(db::Tx& tx, std::string_view address);
  Page<Bounce> list(db::Tx& tx, const PageRequest& page) const;  // newest first

 private:
  IdSource& ids_;
  const Clock& clock_;
};

}  // namespace picsharz::mail
