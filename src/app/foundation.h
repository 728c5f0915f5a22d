// What every command stands on: the database at this binary's schema, the clock, ids, jobs, mail.
//
// Ownership: owns all of it; collaborators hold references.
// Failures:  StartupError says what happened and what to do.
// Threads:   built on one thread; what it holds is thread-safe.
#pragma once

#include <memory>
#include <string>

#include "app/config.h"
#include "app/startup_error.h"
#include "base/clock.h"
#include "base/ids.h"
#include "crypto/crypto.h"
#include "crypto/password.h"
#include "db/database.h"
#include "features/accounts/account_mails.h"
#include "jobs/queue.h"
#include "mail/bounce_log.h"
#include "mail/mailer.h"
#include "mail/outbox.h"
#include "mail/smtp_mailer.h"

namespace picsharz::app {

// Opens the configured database without touching its schema.
std::unique_ptr<db::Database> open_database(const Config& config);
// "SQLite at data/picsharz.db" or "PostgreSQL", without any password.
std::string describe_database(const Config& config);
crypto::PasswordCost password_cost(const Config& config);
// Whether cookies go over an encrypted line only: a browser keeps none such of a plain address.
bool has_secure_cookies(const Config& config);

class Foundation {
 public:
  // `address`: where the web listens, for links; "" takes http.listen.
  explicit Foundation(const Config& config, std::string address = "");

  const Config& config;
  const std::string address;
  SystemClock clock;
  IdSource ids;
  const std::unique_ptr<db::Database> database;  // migrated
  const std::string secret;                      // 32 bytes, the same on every node
  const crypto::HmacKey key;                     // cursors, known devices, appeals
  const crypto::HmacKey media_key;               // media URLs
  jobs::Queue queue;
  mail::Outbox outbox;
  mail::Mailbox mailbox;
  mail::BounceLog bounces{ids, clock};
  const std::unique_ptr<mail::SmtpMailer> smtp;  // null where no mail server is set

  mail::Mailer& mailer() { return smtp ? static_cast<mail::Mailer&>(*smtp) : mailbox; }

  accounts::MailContext mail_context() const;
  crypto::PasswordCost password_cost() const;
  std::string mail_server() const;  // "mail.example.org:587", or "" where none is set
  std::string base_url() const;     // configured, or the address of http.listen
};

}  // namespace picsharz::app
