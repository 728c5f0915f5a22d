#include "features/accounts/account_json.h"

namespace picsharz::accounts {

void write_profile_fields(JsonWriter& out, const Account& account) {
  out.field("id", account.id)
      .field("handle", account.handle)
      .field("name", account.name)
      .null_field("avatar")
      .field("bio", account.bio)
      .field("country", account.country)
      .field("private", account.is_private);
  out.key("counts")
      .begin_object()
      .field("photos", account.photos)
      .field("followers", account.followers)
      .field("following", account.following)
      .end_object();
  out.time_field("created_at", account.created_at);
}

std::string account_json(const Account& account) {
  std::string body;
  JsonWriter out(body);
  out.begin_object();
  write_profile_fields(out, account);
  out.end_object();
  return body;
}

std::string own_account_json(const Account& account) {
  std::string body;
  JsonWriter out(body);
  out.begin_object();
  write_profile_fields(out, account);
  out.field("email", account.email).field("role", role_name(account.role));
  out.key("settings")
      .begin_object()
      .field("private", account.is_private)
      .field("show_camera", account.show_camera)
      .field("allow_download", account.allow_download)
      .field("comments_allowed", account.comments_allowed)
      .field("language", account.language)
      .end_object();
  out.end_object();
  return body;
}

}  // namespace picsharz::accounts
