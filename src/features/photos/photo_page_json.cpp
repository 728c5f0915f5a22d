#include "features/photos/photo_page_json.h"

#include "features/photos/photo_json.h"

namespace picsharz::photos {

namespace {

void text_or_null(JsonWriter& out, std::string_view name, const std::string& text) {
  if (text.empty()) {
    out.null_field(name);
  } else {
    out.field(name, text);
  }
}

// What everybody may see who sees the photo, as far as its owner shows it.
void write_shown(JsonWriter& out, const PhotoDetails& details, bool with_camera) {
  const PhotoMetadata& said = details.metadata;
  text_or_null(out, "place", details.place);
  if (with_camera && !said.camera.empty()) {
    out.key("camera").raw(said.camera);
  } else {
    out.null_field("camera");
  }
  out.field("taken_at", with_camera ? said.taken_at : std::nullopt);
  text_or_null(out, "copyright", with_camera ? said.copyright : std::string());
  out.field("allow_download", details.allow_download);
  out.field("comments_allowed", details.comments_allowed);
}

void write_own(JsonWriter& out, const PhotoPage& page) {
  const Photo& photo = page.view.photo;
  const PhotoDetails& details = page.details;
  const PhotoMetadata& said = details.metadata;
  out.key("own").begin_object();
  out.field("show_camera", details.show_camera);
  text_or_null(out, "file_name", photo.file_name);
  out.field("bytes", photo.bytes);
  text_or_null(out, "alt_draft", page.alt_draft);
  text_or_null(out, "artist", said.artist);
  text_or_null(out, "caption", said.caption);
  out.key("keywords").raw(said.keywords);
  if (said.latitude && said.longitude) {
    out.key("position").begin_object();
    out.field("latitude", *said.latitude).field("longitude", *said.longitude).end_object();
  } else {
    out.null_field("position");
  }
  out.end_object();
}

}  // namespace

void write_photo_page(JsonWriter& out, const PhotoPage& page, const Viewer& viewer,
                      const MediaSigner& signer) {
  const bool own = viewer.signed_in() && viewer.account == page.view.photo.owner;
  out.begin_object();
  write_photo_fields(out, page.view, viewer, signer);
  write_shown(out, page.details, own || page.details.show_camera);
  if (own) {
    write_own(out, page);
  } else {
    out.null_field("own");
  }
  out.end_object();
}

}  // namespace picsharz::photos
