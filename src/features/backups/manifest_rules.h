// A manifest, a proof and the journal of deletions as the text of their files, and back.
//
// Threads:   pure functions.
// Failures:  nullopt: the text is not one of ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/backups/backup.h"

namespace picsharz::backups {

std::string text_of(const Manifest& manifest);
std::optional<Manifest> read_manifest(std::string_view text);

std::string text_of(const Proof& proof);
std::optional<Proof> read_proof(std::string_view text);

std::string text_of(const std::vector<Deletion>& deletions);
std::optional<std::vector<Deletion>> read_deletions(std::string_view text);

// "photo_tags" -> "photo-tags": keys of objects know no underscore.
std::string file_name(std::string_view table);

}  // namespace picsharz::backups
