// Mail to a person.
//
// What:      services enqueue a "mail.send" job in their own transaction (the outbox); its handler
//            calls a Mailer. Nothing else waits for mail.
// Threads:   any thread.
// Failures:  send throws MailError where a later try may succeed, MailRefused where none will.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/page.h"
#include "db/database.h"

namespace picsharz::mail {

// A picture within a mail: of a photo of its reader's own. The outbox carries who and which; the
// rest is read when the mail is sent, where its reader may still see the photo.
struct Picture {
  PhotoId photo;
  AccountId reader;
  std::string jpeg{};  // "": the mail goes without it
  int width = 0;       // as shown: at most that of its place
  int height = 0;
  std::string alt{};
};

// Who knows photos.
class PictureSource {
 public:
  virtual ~PictureSource() = default;
  // Fills in what the reader may see now. Throws nothing but what the database throws.
  virtual void fill(Picture& picture) = 0;
};

struct Mail {
  std::string to;
  std::string subject;
  std::string text;
  std::string html;
  // Stable for one event: a second send of the same id is the same mail.
  std::string message_id;
  // An address that ends mails like this one for their reader, or "": a mail that cannot be
  // switched off.
  std::string unsubscribe{};
  // In the order of their places in `html` (mail/pictures.h).
  std::vector<Picture> pictures{};
};

// What a mail's head says beyond To, Subject and Message-ID, in this order: one click ends it
// (RFC 8058), and no machine answers it.
std::vector<std::pair<std::string, std::string>> headers_of(const Mail& mail);

// Nobody has taken the mail: the same may succeed later.
class MailError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The server does not answer, or does not let us in: other mails fare no better for now.
class MailServerDown : public MailError {
 public:
  using MailError::MailError;
};

// The same mail to the same address will never be taken.
class MailRefused : public std::runtime_error {
 public:
  enum class What { mail, address };
  MailRefused(What what, const std::string& reason) : std::runtime_error(reason), what_(what) {}
  bool address() const { return what_ == What::address; }

 private:
  What what_;
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  virtual void send(const Mail& mail) = 0;
};

struct KeptMail {
  MailId id;
  Mail mail;
  Micros created_at = 0;
};

// Without an SMTP server: keeps mails in the database, readable for the administrator. The newest
// 1,000 are kept, for 30 days.
class Mailbox final : public Mailer {
 public:
  Mailbox(db::Database& database, IdSource& ids, const Clock& clock);
  void send(const Mail& mail) override;
  Page<KeptMail> list(const PageRequest& page) const;  // newest first
  std::optional<KeptMail> find(MailId id) const;

 private:
  db::Database& database_;
  IdSource& ids_;
  const Clock& clock_;
};

// For tests: remembers, and fails as often as it is told to.
class FakeMailer final : public Mailer {
 public:
  void send(const Mail& mail) override;
  void fail_next(int times);
  // Refuses every mail to this address, as a server that knows nobody of this name.
  void refuse(std::string address);
  // Throws MailServerDown until it is told otherwise.
  void go_down(bool down);
  std::vector<Mail> sent() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Mail> sent_;
  std::string refused_;
  bool down_ = false;
  int failures_ = 0;
};

}  // namespace picsharz::mail
