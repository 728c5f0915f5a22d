// The small picture of a photo that a mail to its owner shows.
//
// What:      made when the mail is sent: of the 320 rendition, as a JPEG, by a decoder process.
// Only a
//            published photo of the reader's own, read through the one predicate in that moment;
//            what was taken away meanwhile is not in the mail.
// Threads:   thread-safe; waits for a decoder.
// Failures:  a picture that cannot be made, for whatever reason, leaves the mail without one: a
//            mail does not wait for it. Those of the database are thrown.
#pragma once

#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/photo_store.h"
#include "image/decoder_pool.h"
#include "mail/mailer.h"
#include "storage/object_store.h"

namespace picsharz::photos {

class MailPictureService final : public mail::PictureSource {
 public:
  MailPictureService(db::Database& database, storage::ObjectStore& store,
                     image::ExtraEncoder& encoder)
      : database_(database), store_(store), encoder_(encoder) {}

  void fill(mail::Picture& picture) override;
  // For somebody else who looks at the mail, and may see less than its reader.
  void fill_for(const Viewer& viewer, mail::Picture& picture);

 private:
  void make(const MailRow& row, mail::Picture& picture);

  db::Database& database_;
  storage::ObjectStore& store_;
  image::ExtraEncoder& encoder_;
  PhotoStore photos_;
};

}  // namespace picsharz::photos
