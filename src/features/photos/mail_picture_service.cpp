#include "features/photos/mail_picture_service.h"

#include <exception>

#include "base/log.h"
#include "image/probe.h"

namespace picsharz::photos {

namespace {

constexpr std::size_t jpeg_max = 200'000;  // of 320 pixels; a mail with a few of them is small

}  // namespace

void MailPictureService::fill(mail::Picture& picture) {
  const auto row = database_.read(
      [&](db::Tx& tx) { return photos_.mail_picture(tx, picture.photo, picture.reader); });
  if (row) make(*row, picture);
}

void MailPictureService::fill_for(const Viewer& viewer, mail::Picture& picture) {
  const auto row = database_.read([&](db::Tx& tx) -> std::optional<MailRow> {
    if (!photos_.is_listed(tx, picture.photo, viewer)) return std::nullopt;
    return photos_.mail_picture(tx, picture.photo, picture.reader);
  });
  if (row) make(*row, picture);
}

void MailPictureService::make(const MailRow& row, mail::Picture& picture) {
  const auto names = rendition_names(row.renditions);
  if (names.empty()) return;
  try {
    const auto file = store_.open(rendition_key(row.original, names.front()));
    if (!file) return;
    const auto probe = image::probe(*file);
    if (!probe) return;
    auto made = encoder_.encode(file->descriptor(), file->size(), *probe, image::Extra::mail);
    if (!made || made->empty() || made->front().bytes.size() > jpeg_max) return;
    picture.jpeg = std::move(made->front().bytes);
    picture.width = made->front().width;
    picture.height = made->front().height;
    picture.alt = row.alt.empty() ? row.title : row.alt;
  } catch (const std::exception& failure) {
    log_warning("a mail goes without its picture",
                {{"photo", picture.photo.value}, {"reason", failure.what()}});
  }
}

}  // namespace picsharz::photos
