// The files of an archive that hold no photo: how a row is written in them (docs/export.md).
//
// Threads:   pure functions.
#pragma once

#include <string>
#include <string_view>

#include "features/accounts/account.h"
#include "features/exports/export.h"
#include "features/photos/photo.h"

namespace picsharz::exports {

// "photos/123-harbour.jpg"
std::string photo_path(const photos::Photo& photo);
// The name of the archive itself: "picsharz-mei-2026-11-28.zip".
std::string archive_name(std::string_view handle, Micros made_at);

std::string photo_json(const ExportedPhoto& photo);
std::string like_json(const ExportedLike& like);
std::string comment_json(const ExportedComment& comment);
std::string person_json(const ExportedPerson& person);
std::string collection_json(const ExportedCollection& collection,
                            const std::vector<PhotoReference>& photos);
inline constexpr std::string_view avatar_file = "avatar.webp";
std::string profile_json(const accounts::Account& account, bool has_avatar);

// A page to read it with, in any browser, without a server: beginning, each photo, end.
std::string page_begin(const accounts::Account& account, std::string_view instance);
std::string page_photo(const ExportedPhoto& photo);
std::string page_end();
std::string readme(const accounts::Account& account, std::string_view instance, Micros now);

}  // namespace picsharz::exports
