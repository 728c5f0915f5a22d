// What a person may write about a collection.
//
// Threads:   pure functions.
// Failures:  invalid_request that names every field which is not right.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "features/collections/collection.h"

namespace picsharz::collections {

// The body of a new one: a name; what is left out is empty, and everybody sees it.
Result<CollectionEdit> read_new(JsonObject& body);
// Of a PATCH: the fields that are there.
Result<CollectionEdit> read_edit(JsonObject& body);
// {"photos": [ids]}, each once.
Result<std::vector<PhotoId>> read_order(JsonObject& body);
// "1,2,3", of a page of photos at most.
Result<std::vector<PhotoId>> read_among(std::string_view list);

}  // namespace picsharz::collections
