#include "features/admin/kept_mail_service.h"

#include "crypto/crypto.h"
#include "mail/pictures.h"

namespace picsharz::admin {

Page<mail::KeptMail> KeptMailService::list(const PageRequest& page) const {
  Page<mail::KeptMail> found = mailbox_.list(page);
  for (mail::KeptMail& kept : found.items) {
    kept.mail.html = mail::without_pictures(kept.mail.html);
  }
  return found;
}

std::optional<std::string> KeptMailService::html(const Viewer& viewer, MailId id) {
  auto kept = mailbox_.find(id);
  if (!kept) return std::nullopt;
  auto& pictures = kept->mail.pictures;
  for (mail::Picture& each : pictures) pictures_.fill_for(viewer, each);
  return mail::with_pictures(kept->mail.html, pictures, [&](std::size_t index) {
    return "data:image/jpeg;base64," + crypto::base64(pictures[index].jpeg);
  });
}

}  // namespace picsharz::admin
