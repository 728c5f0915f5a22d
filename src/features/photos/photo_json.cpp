#include "features/photos/photo_json.h"

#include "features/accounts/account_json.h"
#include "image/renditions.h"

namespace picsharz::photos {

namespace {

bool is_for_all(const PhotoView& view) {
  return view.photo.state == PhotoState::published && view.owner_active && !view.owner_private &&
         view.photo.visibility == Visibility::everyone;
}

void write_urls(JsonWriter& out, const PhotoView& view, const Viewer& viewer,
                const MediaSigner& signer) {
  const Photo& photo = view.photo;
  out.key("urls").begin_object();
  const bool for_all = is_for_all(view);
  // A visitor has no account to sign for: what is not for all is not for him.
  if (has_pictures(photo.state) && (for_all || viewer.signed_in())) {
    std::string url;
    const auto write = [&](std::string_view address) {
      url.clear();
      signer.append_url(url, photo.id, address, photo.epoch,
                        for_all ? AccountId{} : viewer.account);
      out.field(address, url);
    };
    bool large = false;
    for (const std::string_view name : rendition_names(photo.renditions)) {
      const std::string_view address = rendition_address(name);
      large = large || address == large_rendition;
      write(address);
    }
    // Also before it is made: its first request asks for it.
    const bool developed = !photo.renditions.empty();
    if (developed && !large && image::has_large(photo.width, photo.height)) write(large_rendition);
  }
  out.end_object();
}

// What stands before the counts, which change with every like.
void write_first_fields(JsonWriter& out, const PhotoView& view, const Viewer& viewer,
                        const MediaSigner& signer) {
  const Photo& photo = view.photo;
  out.field("id", photo.id);
  out.key("owner");
  accounts::write_person(out, view.owner_handle, view.owner_name, view.owner_avatar);
  out.field("title", photo.title).field("description", photo.description).field("alt", photo.alt);
  out.key("tags").raw(photo.tags).key("labels").raw(photo.labels);
  out.field("visibility", visibility_name(photo.visibility));
  out.field("state", state_name(photo.state));
  if (viewer.account == photo.owner || viewer.at_least(Role::moderator)) {
    out.field("reason", photo.reason);
  } else {
    out.null_field("reason");
  }
  out.field("width", photo.width).field("height", photo.height);
  out.field("thumbhash", photo.thumbhash);
  write_urls(out, view, viewer, signer);
}

}  // namespace

void write_photo(JsonWriter& out, const PhotoView& view, const Viewer& viewer,
                 const MediaSigner& signer) {
  out.begin_object();
  write_photo_fields(out, view, viewer, signer);
  out.end_object();
}

void write_photo_fields(JsonWriter& out, const PhotoView& view, const Viewer& viewer,
                        const MediaSigner& signer) {
  write_first_fields(out, view, viewer, signer);
  out.field("likes", view.photo.likes).field("liked", view.liked);
  out.field("comments", view.photo.comments);
  out.time_field("created_at", view.photo.created_at);
}

std::optional<PhotoText> photo_text(const PhotoView& view, const MediaSigner& signer) {
  if (!is_for_all(view) || view.photo.reason) return std::nullopt;
  PhotoText text;
  text.good_until = signer.stable_until();
  JsonWriter before(text.before);
  before.begin_object();
  write_first_fields(before, view, {}, signer);
  before.key("likes");
  JsonWriter(text.after).time_field("created_at", view.photo.created_at).end_object();
  return text;
}

void write_photo(JsonWriter& out, const PhotoText& text, const PhotoCounts& counts) {
  out.raw(text.before);
  out.raw_more(std::to_string(counts.likes));
  out.raw_more(counts.liked ? R"(,"liked":true,"comments":)" : R"(,"liked":false,"comments":)");
  out.raw_more(std::to_string(counts.comments));
  out.raw_more(",");
  out.raw_more(text.after);
}

std::optional<std::string> thumbnail_url(const PhotoView& view, const Viewer& viewer,
                                         const MediaSigner& signer) {
  const Photo& photo = view.photo;
  const auto names = rendition_names(photo.renditions);
  if (!has_pictures(photo.state) || names.empty()) return std::nullopt;
  const bool for_all = is_for_all(view);
  if (!for_all && !viewer.signed_in()) return std::nullopt;
  std::string url;
  signer.append_url(url, photo.id, rendition_address(names.front()), photo.epoch,
                    for_all ? AccountId{} : viewer.account);
  return url;
}

}  // namespace picsharz::photos
