// A mail of the mailbox as its reader would see it: with the pictures that are in it.
//
// What:      the mailbox holds no bytes of photos. Pictures are made when an administrator looks,
//            and only those that both of them may see: a mailbox is no way to look at what was
//            shared with few, which would have to be recorded.
// Threads:   thread-safe.
// Failures:  those of the database are thrown.
#pragma once

#include <optional>
#include <string>

#include "base/viewer.h"
#include "features/photos/mail_picture_service.h"
#include "mail/mailer.h"

namespace picsharz::admin {

class KeptMailService {
 public:
  KeptMailService(const mail::Mailbox& mailbox, photos::MailPictureService& pictures)
      : mailbox_(mailbox), pictures_(pictures) {}

  Page<mail::KeptMail> list(const PageRequest& page) const;  // without pictures
  // nullopt where there is no such mail.
  std::optional<std::string> html(const Viewer& viewer, MailId id);

 private:
  const mail::Mailbox& mailbox_;
  photos::MailPictureService& pictures_;
};

}  // namespace picsharz::admin
