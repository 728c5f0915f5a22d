// Sends mail by SMTP, with libcurl.
//
// What:      one message a transaction; connections are kept and used again. With
// Security::starttls
//            and tls a mail goes encrypted to a server whose certificate is good, or not at all.
// Failures:  MailServerDown: no connection, no greeting, a handshake or a log-in that fails, a
//            sender that is refused, silence: none of it is the mail's fault. MailRefused: the
//            server knows the address not (5xx to RCPT), or will not take this text (5xx after
//            DATA). MailError: whatever else it said (4xx).
//            A 5xx to RCPT that speaks of policy (5.7) is about us, not about the address, and is
//            tried again.
// Threads:   thread-safe; a thread that sends waits at most for Timeouts. stop() ends what waits.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "mail/mailer.h"
#include "mail/message.h"

namespace picsharz::mail {

enum class Security { none, starttls, tls };

struct SmtpSettings {
  std::string host;
  int port = 587;
  Security security = Security::starttls;
  std::string user;  // "": no log-in
  std::string password;
  std::string ca_file;  // "": what the system trusts
  Sender from;
  std::string greeting_name = "localhost";  // who we say we are (EHLO)
  Micros connect_timeout = 10 * second;
  Micros reply_timeout = 30 * second;  // of one answer
  Micros timeout = 2 * minute;         // of one mail
};

class SmtpMailer final : public Mailer {
 public:
  SmtpMailer(SmtpSettings settings, const Clock& clock);
  ~SmtpMailer() override;
  void send(const Mail& mail) override;
  // Connects and logs in, sends nothing. What is wrong, or nullopt.
  std::optional<std::string> probe();
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace picsharz::mail
