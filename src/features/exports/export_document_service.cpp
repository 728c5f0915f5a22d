#include "features/exports/export_document_service.h"

#include "base/json.h"
#include "features/exports/export_rules.h"
#include "features/notifications/notification_rules.h"

namespace picsharz::exports {

namespace {

constexpr int photos_at_once = 200;
constexpr int rows_at_once = 2'000;
constexpr std::string_view avatar_size = "320";

// What the archive's layout needs; the texts are written by then.
ExportedPhoto without_texts(ExportedPhoto exported) {
  photos::Photo photo;
  photo.id = exported.photo.id;
  photo.original = std::move(exported.photo.original);
  photo.file_name = std::move(exported.photo.file_name);
  photo.format = exported.photo.format;
  photo.bytes = exported.photo.bytes;
  photo.created_at = exported.photo.created_at;
  return {.photo = std::move(photo), .details = {}, .removed_labels = {}, .crc = exported.crc};
}

}  // namespace

void Document::write(std::string_view bytes) {
  file_->write(bytes);
  crc_.update(bytes);
}

void Document::element(std::string_view json) {
  write(some_ ? ",\n" : "\n");
  write(json);
  some_ = true;
}

void Document::end_list() {
  write(some_ ? "\n]" : "]");
  some_ = false;
}

Document ExportDocumentService::make(std::string_view name) {
  return {std::string(name), spool_.create()};
}

Documents ExportDocumentService::write(const accounts::Account& account, Micros now) {
  const auto preferences = preferences_.of(account.id);
  return database_.read([&](db::Tx& tx) {
    Documents documents;
    Document text = make("README.txt");
    text.write(readme(account, context_.instance, now));
    documents.files.push_back(std::move(text));
    write_profile(account, documents);
    write_photos(tx, account, documents);
    documents.files.push_back(write_collections(tx, account.id));
    documents.files.push_back(write_comments(tx, account.id));
    documents.files.push_back(write_likes(tx, account.id));
    documents.files.push_back(write_people(tx, account.id));
    documents.files.push_back(write_settings(preferences));
    std::string json;
    JsonWriter(json)
        .begin_object()
        .field("format", format_name)
        .field("version", format_version)
        .field("instance", context_.instance)
        .field("address", context_.base_url)
        .field("account", account.handle)
        .time_field("made_at", now)
        .field("photos", static_cast<std::int64_t>(documents.photos.size()))
        .field("left_out", documents.left_out)
        .end_object();
    Document about = make("export.json");
    about.write(json + "\n");
    documents.files.push_back(std::move(about));
    return documents;
  });
}

// The picture as it is kept here: the largest. Of what was uploaded there is no more.
void ExportDocumentService::write_profile(const accounts::Account& account, Documents& documents) {
  const auto picture =
      account.avatar.empty() ? nullptr : avatars_.open(account.avatar, avatar_size);
  Document profile = make("profile.json");
  profile.write(profile_json(account, picture != nullptr) + "\n");
  documents.files.push_back(std::move(profile));
  if (!picture) return;
  Document avatar = make(avatar_file);
  avatar.write(picture->read(0, static_cast<std::size_t>(picture->size())));
  documents.files.push_back(std::move(avatar));
}

void ExportDocumentService::write_photos(db::Tx& tx, const accounts::Account& account,
                                         Documents& documents) {
  Document list = make("photos.json");
  Document page = make("index.html");
  list.begin_list();
  page.write(page_begin(account, context_.instance));
  for (PhotoId last{};;) {
    auto photos = exports_.photos(tx, account.id, last, photos_at_once);
    if (photos.empty()) break;
    last = photos.back().photo.id;
    for (ExportedPhoto& each : photos) {
      list.element(photo_json(each));
      page.write(page_photo(each));
      if (each.crc) {
        documents.photos.push_back(without_texts(std::move(each)));
      } else {
        ++documents.left_out;
      }
    }
  }
  list.end_list();
  list.write("\n");
  page.write(page_end());
  documents.files.push_back(std::move(page));
  documents.files.push_back(std::move(list));
}

Document ExportDocumentService::write_likes(db::Tx& tx, AccountId account) {
  Document list = make("likes.json");
  list.begin_list();
  for (PhotoId last{};;) {
    const auto likes = exports_.likes(tx, account, last, rows_at_once);
    if (likes.empty()) break;
    last = likes.back().photo.id;
    for (const ExportedLike& like : likes) list.element(like_json(like));
  }
  list.end_list();
  list.write("\n");
  return list;
}

Document ExportDocumentService::write_comments(db::Tx& tx, AccountId account) {
  Document list = make("comments.json");
  list.begin_list();
  for (CommentId last{};;) {
    const auto comments = exports_.comments(tx, account, last, rows_at_once);
    if (comments.empty()) break;
    last = comments.back().id;
    for (const ExportedComment& comment : comments) list.element(comment_json(comment));
  }
  list.end_list();
  list.write("\n");
  return list;
}

Document ExportDocumentService::write_people(db::Tx& tx, AccountId account) {
  struct Part {
    Relationship how;
    std::string_view name;
  };
  constexpr Part parts[] = {
      {Relationship::following, "following"}, {Relationship::requested, "requested"},
      {Relationship::followers, "followers"}, {Relationship::requests, "requests"},
      {Relationship::blocks, "blocks"},       {Relationship::mutes, "mutes"}};
  Document lists = make("follows.json");
  std::string_view before = "{\"";
  for (const Part& part : parts) {
    lists.write(before);
    lists.write(part.name);
    lists.write("\":");
    lists.begin_list();
    for (AccountId last{};;) {
      const auto people = exports_.people(tx, account, part.how, last, rows_at_once);
      if (people.empty()) break;
      last = people.back().id;
      for (const ExportedPerson& person : people) lists.element(person_json(person));
    }
    lists.end_list();
    before = ",\n\"";
  }
  lists.write("}\n");
  return lists;
}

Document ExportDocumentService::write_collections(db::Tx& tx, AccountId account) {
  Document list = make("collections.json");
  list.begin_list();
  for (const ExportedCollection& each : exports_.collections(tx, account)) {
    list.element(collection_json(each, exports_.collected(tx, account, each.id)));
  }
  list.end_list();
  list.write("\n");
  return list;
}

Document ExportDocumentService::write_settings(const notifications::Preferences& preferences) {
  std::string json;
  JsonWriter out(json);
  out.begin_object().key("notifications").begin_array();
  for (const notifications::Kind kind : notifications::chosen_kinds) {
    const notifications::Choice& choice = preferences.of(kind);
    out.begin_object()
        .field("kind", notifications::kind_name(kind))
        .field("in_app", choice.in_app)
        .field("email", notifications::email_name(choice.email))
        .end_object();
  }
  out.end_array().field("digest_hour", preferences.digest_hour).end_object();
  Document settings = make("settings.json");
  settings.write(json + "\n");
  return settings;
}

}  // namespace picsharz::exports
