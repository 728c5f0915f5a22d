// What a person may write about a photo.
//
// Threads:   pure functions.
// Failures:  invalid_request that names every field which is not right.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "features/photos/photo_edit.h"

namespace picsharz::photos {

// The body of a PATCH: the fields that are there, trimmed.
Result<PhotoEdit> read_edit(JsonObject& body);

// "  #Old Harbour " -> "old-harbour"; "" where nothing is left. Letters beyond Latin-1, Greek and
// Cyrillic keep their case.
std::string normalize_tag(std::string_view typed);

}  // namespace picsharz::photos
