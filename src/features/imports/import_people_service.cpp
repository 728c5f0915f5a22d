#include "features/imports/import_people_service.h"

#include <future>
#include <map>
#include <memory>
#include <ranges>

#include "base/limits.h"
#include "features/imports/archive_rules.h"
#include "features/notifications/notification_rules.h"
#include "jobs/worker.h"
#include "mail/texts.h"

namespace picsharz::imports {

namespace {

constexpr int collections_at_once = 100;
constexpr std::string_view avatar_size = "320";  // which an archive has
constexpr Micros avatar_wait = 10 * second;

Viewer viewer_of(const Import& import) { return {.account = import.account}; }

std::string handle_of(const ImportArchiveService& archive) {
  return archive.document("export.json")["account"].text();
}

// Of Instagram: the value, or where it has none what stands as a title.
std::string instagram_handle(const JsonTree& relation) {
  for (const JsonTree& data : relation["string_list_data"].items()) {
    if (!data["value"].text().empty()) return data["value"].text();
  }
  return relation["title"].text();
}

std::optional<std::string> if_any(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

void ImportPeopleService::take(Import& import, const ImportArchiveService& archive) {
  import.people = import.people_unknown = import.likes = import.likes_unknown = 0;
  import.comments_left = 0;
  take_collections(import, archive);
  if (import.wish.people) {
    take_people(import, archive);
    take_likes(import, archive);
  }
  if (import.wish.profile) take_profile(import, archive);
  (void)archive.elements("comments.json", [&](const JsonTree&) {
    ++import.comments_left;
    return true;
  });
  rooms_.database.write([&](db::Tx& tx) { imports_.set_tally(tx, import); });
}

std::optional<PhotoId> ImportPeopleService::referred(const Import& import,
                                                     const JsonTree& reference,
                                                     std::string_view old_handle) {
  const std::string id = reference["id"].text();
  const std::string owner = reference["owner"].text();
  return rooms_.database.read([&](db::Tx& tx) -> std::optional<PhotoId> {
    if (owner == old_handle) return imports_.photo_of(tx, import.id, id);
    const auto photo = PhotoId::parse(id);
    if (!photo || !imports_.is_visible(tx, import.account, *photo, owner)) return std::nullopt;
    return photo;
  });
}

// One of the same name that no other of the archive stands for is that one already.
void ImportPeopleService::take_collections(const Import& import,
                                           const ImportArchiveService& archive) {
  const Viewer viewer = viewer_of(import);
  const auto me = rooms_.accounts.own(viewer);
  if (!me) return;
  const std::string old_handle = handle_of(archive);
  std::map<std::string, std::vector<collections::CollectionId>> own;  // of a name, newest first
  PageRequest request{.after = std::nullopt, .limit = collections_at_once};
  for (bool more = true; more;) {
    const auto page = rooms_.collections.of_owner(viewer, me->handle, request);
    if (!page) return;
    for (const auto& view : page->items) {
      own[view.collection.name].push_back(view.collection.id);
    }
    request.after = page->next;
    more = page->next.has_value();
  }
  (void)archive.elements("collections.json", [&](const JsonTree& each) {
    if (each["saved"].truth().value_or(false)) {
      // What is saved last stands first.
      for (const JsonTree& reference : std::views::reverse(each["photos"].items())) {
        const auto photo = referred(import, reference, old_handle);
        if (photo) (void)rooms_.collections.save(viewer, *photo, true);
      }
      return true;
    }
    const std::string name = clean_text(each["name"].text(), collections::name_max);
    auto id = collections::CollectionId();
    if (const auto known = own.find(name); known != own.end() && !known->second.empty()) {
      id = known->second.back();
      known->second.pop_back();
    } else if (!name.empty()) {
      const auto made = rooms_.collections.create(
          viewer,
          {.name = name,
           .description = clean_text(each["description"].text(), collections::description_max),
           .visibility = photos::visibility_of(each["visibility"].text())
                             .value_or(photos::Visibility::only_me)});
      if (made) id = made->collection.id;
    }
    if (id) fill(import, id, each, old_handle);
    return true;
  });
}

void ImportPeopleService::fill(const Import& import, collections::CollectionId id,
                               const JsonTree& from, std::string_view old_handle) {
  for (const JsonTree& reference : from["photos"].items()) {
    const auto photo = referred(import, reference, old_handle);
    if (photo) (void)rooms_.collections.add(viewer_of(import), id, *photo);
  }
}

void ImportPeopleService::follow(Import& import, const std::string& handle) {
  ++(rooms_.follows.follow(viewer_of(import), handle) ? import.people : import.people_unknown);
}

void ImportPeopleService::take_people(Import& import, const ImportArchiveService& archive) {
  const Viewer viewer = viewer_of(import);
  if (archive.kind() == ArchiveKind::instagram) {
    for (const std::string& name : archive.names_ending("following.json")) {
      const JsonTree lists = archive.document(name);
      for (const JsonTree& each : lists["relationships_following"].items()) {
        follow(import, instagram_handle(each));
      }
    }
    return;
  }
  const JsonTree lists = archive.document("follows.json");
  for (const char* list : {"following", "requested"}) {
    for (const JsonTree& each : lists[list].items()) follow(import, each["handle"].text());
  }
  for (const JsonTree& each : lists["blocks"].items()) {
    const bool done = rooms_.follows.block(viewer, each["handle"].text()).has_value();
    ++(done ? import.people : import.people_unknown);
  }
  for (const JsonTree& each : lists["mutes"].items()) {
    const bool done = rooms_.follows.mute(viewer, each["handle"].text()).has_value();
    ++(done ? import.people : import.people_unknown);
  }
}

void ImportPeopleService::take_likes(Import& import, const ImportArchiveService& archive) {
  const std::string old_handle = handle_of(archive);
  (void)archive.elements("likes.json", [&](const JsonTree& each) {
    const auto photo = referred(import, each["photo"], old_handle);
    bool done = false;
    if (photo) {
      const auto answered = std::make_shared<std::promise<bool>>();
      auto answer = answered->get_future();
      rooms_.likes.set(
          viewer_of(import), *photo, true,
          [answered](const std::exception_ptr& failure, Result<likes::LikeState> state) {
            failure ? answered->set_exception(failure) : answered->set_value(state.has_value());
          });
      done = answer.get();
    }
    ++(done ? import.likes : import.likes_unknown);
    return true;
  });
}

void ImportPeopleService::take_profile(const Import& import, const ImportArchiveService& archive) {
  accounts::ProfileChange change;
  if (archive.kind() == ArchiveKind::instagram) {
    for (const std::string& name : archive.names_ending("personal_information.json")) {
      const JsonTree person = archive.document(name);
      for (const JsonTree& each : person["profile_user"].items()) {
        const JsonTree& said = each["string_map_data"];
        change.name = if_any(clean_text(mended(said["Name"]["value"].text()), limits::name_max));
        change.bio = if_any(clean_text(mended(said["Bio"]["value"].text()), limits::bio_max));
      }
    }
  } else {
    const JsonTree profile = archive.document("profile.json");
    change.name = if_any(clean_text(profile["name"].text(), limits::name_max));
    change.bio = clean_text(profile["bio"].text(), limits::bio_max);
    change.country = if_any(profile["country"].text());
    const std::string language = profile["language"].text();
    if (mail::is_language(language)) change.language = language;
    change.is_private = profile["private"].truth();
    change.show_camera = profile["show_camera"].truth();
    change.allow_download = profile["allow_download"].truth();
    change.comments_allowed = profile["comments_allowed"].truth();
    take_settings(import, archive.document("settings.json"));
    take_avatar(import, archive, profile["avatar"].text());
  }
  if (rooms_.accounts.change_profile(viewer_of(import), change)) return;
  change.country.reset();  // one that is not known here
  (void)rooms_.accounts.change_profile(viewer_of(import), change);
}

void ImportPeopleService::take_avatar(const Import& import, const ImportArchiveService& archive,
                                      const std::string& file) {
  if (file.empty()) return;
  const auto spooled = rooms_.spool.create();
  Result<void> done = archive.unpack(file, accounts::avatar_file, *spooled);
  if (done && !has_avatar(import, *spooled)) {
    const auto put = rooms_.avatars.put(viewer_of(import), *spooled);
    if (!put) done = std::unexpected(put.error());
  }
  if (done) return;
  const Error& why = done.error();
  if (why.kind == ErrorKind::unavailable || why.kind == ErrorKind::storage_full) {
    throw jobs::Postponed(why.code, avatar_wait);
  }
  const ImportItem item{.number = 0,
                        .file = clean_text(file, 1'000),
                        .outcome = Outcome::refused,
                        .reason = why.code,
                        .detail = why.message};
  rooms_.database.write([&](db::Tx& tx) { imports_.note_avatar(tx, import.id, item); });
}

// Byte for byte: what is imported once more changes nothing.
bool ImportPeopleService::has_avatar(const Import& import, const storage::SpoolFile& file) {
  const auto me = rooms_.accounts.own(viewer_of(import));
  if (!me || me->avatar.empty()) return false;
  const auto kept = rooms_.avatars.open(me->avatar, avatar_size);
  if (!kept || kept->size() != file.size()) return false;
  const auto size = static_cast<std::size_t>(file.size());
  return kept->read(0, size) == file.read(0, size);
}

void ImportPeopleService::take_settings(const Import& import, const JsonTree& settings) {
  for (const JsonTree& each : settings["notifications"].items()) {
    const auto kind = notifications::chosen_kind_of(each["kind"].text());
    if (!kind) continue;
    rooms_.preferences.change(
        import.account, *kind,
        {.in_app = each["in_app"].truth(), .email = notifications::email_of(each["email"].text())});
  }
  const auto hour = settings["digest_hour"].number();
  if (hour && *hour >= 0 && *hour < 24) {
    rooms_.preferences.set_digest_hour(import.account, static_cast<int>(*hour));
  }
}

}  // namespace picsharz::imports
