// The draft of alt text that an owner is offered: see vision/alt_draft.h.
//
// Threads:   stateless; in the caller's transaction.
#pragma once

#include <string>

#include "base/viewer.h"
#include "db/database.h"
#include "features/photos/photo.h"

namespace picsharz::photos {

// "" for everybody but the owner, where the photo has alt text, and where nothing is known of it.
std::string alt_draft_for(db::Tx& tx, const Viewer& viewer, const Photo& photo);

}  // namespace picsharz::photos
