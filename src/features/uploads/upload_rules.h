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
#include "features/photos/photo_edit_rules.h"
#include "features/uploads/upload.h"

namespace picsharz::uploads {

// Fields of a form, in the order they came; only tags may come twice. `has_file`: the file came.
Result<UploadFields> check_fields(const std::vector<std::pair<std::string, std::string>>& form,
                                  bool has_file);

using photos::normalize_tag;

// What a client calls its file, for its owner's eyes; "" where it is no readable text.
std::string clean_file_name(std::string_view sent);

}  // namespace picsharz::uploads
