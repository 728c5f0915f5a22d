// What an archive holds beside photos, taken over when they are there: collections, and where it
// was wished for people, likes and the profile.
//
// What:      each of it may be repeated and then changes nothing. People are known by their handles
//            here: somebody with another archive's handle may be somebody else, which is why it has
//            to be wished for. Likes and collections name a photo by its id and its owner's handle;
//            one's own are those that the import made of them.
// Threads:   thread-safe.
// Avatar:    goes the way of one that is uploaded: decoder, classifier. One that is refused is an
//            item with its reason, and the import goes on.
// Failures:  those of the database are thrown; what one of them cannot have is counted.
//            jobs::Postponed where the avatar has to wait for a disk or a decoder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "features/accounts/avatar_service.h"
#include "features/collections/collection_service.h"
#include "features/follows/follow_service.h"
#include "features/imports/import_archive_service.h"
#include "features/imports/import_store.h"
#include "features/likes/like_service.h"
#include "features/notifications/preference_service.h"

namespace picsharz::imports {

struct PeopleRooms {
  db::Database& database;
  accounts::AccountService& accounts;
  follows::FollowService& follows;
  likes::LikeService& likes;
  collections::CollectionService& collections;
  notifications::PreferenceService& preferences;
  accounts::AvatarService& avatars;
  storage::Spool& spool;
};

class ImportPeopleService {
 public:
  explicit ImportPeopleService(const PeopleRooms& rooms) : rooms_(rooms) {}

  // What was counted stands in the import, and in its row.
  void take(Import& import, const ImportArchiveService& archive);

 private:
  void take_collections(const Import& import, const ImportArchiveService& archive);
  void fill(const Import& import, collections::CollectionId id, const JsonTree& from,
            std::string_view old_handle);
  void take_people(Import& import, const ImportArchiveService& archive);
  void follow(Import& import, const std::string& handle);
  void take_likes(Import& import, const ImportArchiveService& archive);
  void take_profile(const Import& import, const ImportArchiveService& archive);
  void take_avatar(const Import& import, const ImportArchiveService& archive,
                   const std::string& file);
  bool has_avatar(const Import& import, const storage::SpoolFile& file);
  void take_settings(const Import& import, const JsonTree& settings);
  std::optional<PhotoId> referred(const Import& import, const JsonTree& reference,
                                  std::string_view old_handle);

  const PeopleRooms rooms_;
  ImportStore imports_;
};

}  // namespace picsharz::imports
