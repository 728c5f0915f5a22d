// What the fields beside an uploaded file may be.
//
// Threads:   pure functions.
// Failures:  invalid_request that names every field which is not right.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "features/photos/photo.h"

namespace picsharz::uploads {

struct UploadFields {
  std::string title;
  std::string description;
  std::string alt;
  std::vector<std::string> tags;
  photos::Visibility visibility = photos::Visibility::everyone;
};

// Fields of a form, in the order they came; only tags may come twice. `has_file`: the file came.
Result<UploadFields> check_fields(const std::vector<std::pair<std::string, std::string>>& form,
                                  bool has_file);

// "  #Old Harbour " -> "old-harbour"; "" where nothing is left. Letters beyond Latin-1, Greek and
// Cyrillic keep their case.
std::string normalize_tag(std::string_view typed);

// What a client calls its file, for its owner's eyes; "" where it is no readable text.
std::string clean_file_name(std::string_view sent);

}  // namespace picsharz::uploads
