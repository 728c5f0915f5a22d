#include "features/accounts/account_json.h"

namespace picsharz::accounts {

void write_avatar(JsonWriter& out, std::string_view avatar) {
  out.key("avatar");
  if (avatar.empty()) {
    out.null();
  } else {
    out.value(std::string("/media/avatars/").append(avatar).append("/128"));
  }
}

void write_person(JsonWriter& out, std::string_view handle, std::string_view name,
                  std::string_view avatar) {
  out.begin_object().field("handle", handle).field("name", name);
  write_avatar(out, avatar);
  out.end_object();
}

void write_profile_fields(JsonWriter& out, const Account& account, Shown shown) {
  const bool whole = shown == Shown::all || !account.is_private;
  out.field("id", account.id).field("handle", account.handle).field("name", account.name);
  write_avatar(out, account.avatar);
  out.field("bio", whole ? account.bio : "").key("country");
  if (whole) {
    out.value(account.country);
  } else {
    out.null();
  }
  out.field("private", account.is_private);
  out.key("counts")
      .begin_object()
      .field("photos", account.photos)
      .field("followers", account.followers)
      .field("following", account.following)
      .end_object();
  out.time_field("created_at", account.created_at);
}

std::string account_json(const Account& account, Shown shown) {
  std::string body;
  JsonWriter out(body);
  out.begin_object();
  write_profile_fields(out, account, shown);
  out.end_object();
  return body;
}

namespace {

void write_quota(JsonWriter& out, std::string_view name, const Quota& quota) {
  out.key(name).begin_object().field("used", quota.used).field("limit", quota.limit).end_object();
}

}  // namespace

std::string own_account_json(const Account& account, const std::optional<Quotas>& quotas) {
  std::string body;
  JsonWriter out(body);
  out.begin_object();
  write_profile_fields(out, account, Shown::all);
  out.field("email", account.email).field("role", role_name(account.role));
  out.key("terms");
  if (account.accepted.accepted_at == 0) {
    out.null();
  } else {
    out.begin_object()
        .field("version", account.accepted.terms_version)
        .time_field("accepted_at", account.accepted.accepted_at)
        .field("minimum_age", account.accepted.minimum_age)
        .end_object();
  }
  out.key("settings")
      .begin_object()
      .field("private", account.is_private)
      .field("show_camera", account.show_camera)
      .field("allow_download", account.allow_download)
      .field("comments_allowed", account.comments_allowed)
      .field("language", account.language)
      .end_object();
  if (quotas) {
    out.key("quotas").begin_object();
    write_quota(out, "bytes", quotas->bytes);
    write_quota(out, "photos_a_day", quotas->photos_a_day);
    out.end_object();
  }
  out.end_object();
  return body;
}

}  // namespace picsharz::accounts
